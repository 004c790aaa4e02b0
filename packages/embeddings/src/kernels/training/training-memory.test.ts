import { expect, test } from 'vitest'
import { JOB_BYTES, readJob, readJobBytes, writeJob } from './job.ts'
import { specOf } from './training-cases.ts'
import { createTrainingMemory, trainingMemoryBytes } from './training-memory.ts'
import type { TrainingSpec } from './training-spec.ts'

const counts = Float64Array.of(5, 4, 3)
const create = (options: Partial<TrainingSpec>) => () => createTrainingMemory(specOf(counts, options))

test('the state of a job is read as it was written, and each worker draws its own numbers', () => {
  const { memory, workers } = createTrainingMemory(specOf(counts, { workers: 2 }))
  const [first, second] = workers.map(worker => worker.job)
  expect(readJob(memory, first!).random).not.toBe(readJob(memory, second!).random)
  const state = { random: 0xfedc_ba98_7654_3210n, pairs: 3, loss: 4.5, words: 6 }
  writeJob(memory, first!, state)
  expect(readJob(memory, first!)).toEqual(state)
  expect(readJobBytes(new Uint8Array(memory.buffer, first!, JOB_BYTES).slice())).toEqual(state)
  expect(readJob(memory, second!).pairs).toBe(0)
})

test('rows are padded to four numbers', () => {
  const { stride, input, output } = createTrainingMemory(specOf(counts, { dimensions: 5, outputRows: 4 }))
  expect([stride, input.length, output.length]).toEqual([8, 24, 32])
})

test('matrices beyond 4 GiB are refused with the numbers', () => {
  const large = { dimensions: 300, inputRows: 3_000_000, outputRows: 1_000_000 }
  expect(trainingMemoryBytes(specOf(counts, large))).toBeGreaterThan(4.8e9)
  expect(create(large)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_MEMORY_LIMIT  the matrices do not fit in the memory that training can address
      expected at most 4294967296 bytes (4 GiB)
      found    4800146432 bytes: 4000000 rows (3000000 input, 1000000 output) × 300 numbers × 4 bytes, and tables
      Raise minimumCount or set maximumSize for fewer words, or use fewer buckets of sub-words
      Or train vectors of at most 268 dimensions]
  `)
})

test.each<[string, Partial<TrainingSpec>]>([
  ['dimensions', { dimensions: 0 }],
  ['window', { window: 1.5 }],
  ['output rows', { outputRows: 2 }],
  ['sample', { sample: Number.NaN }],
])('a specification with wrong %s is refused', (_, options) => {
  expect(create(options)).toThrowErrorMatchingSnapshot()
})

test('counts have to be positive, and some', () => {
  expect(create({ counts: Float64Array.of(3, 0, 1) })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TRAINING_COUNTS  word 1 has no count
      expected a positive count for each word
      found    0]
  `)
  expect(
    create({ counts: new Float64Array(), inputRows: 1, outputRows: 1 }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TRAINING_COUNTS  there are no words to train
      expected a positive count for each word
      found    an empty vocabulary]
  `)
})

test('sub-words have to be rows of the input matrix, one a word at least', () => {
  const subwords = (offsets: number[], rows: number[]) =>
    create({ inputRows: 5, subwords: { offsets: Uint32Array.from(offsets), rows: Int32Array.from(rows) } })
  expect(subwords([0, 1, 2, 4], [0, 1, 2, 4])).not.toThrow()
  expect(subwords([0, 1, 2, 4], [0, 1, 2, 5])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TRAINING_SUBWORDS  row 5 at 3 is not one of the input matrix
      expected rows below 5 for 3 words, at least one each]
  `)
  expect(subwords([0, 1, 1, 4], [0, 1, 2, 4])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TRAINING_SUBWORDS  word 1 has no rows
      expected rows below 5 for 3 words, at least one each]
  `)
  expect(subwords([0, 1, 2], [0, 1])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TRAINING_SUBWORDS  the table of sub-words has 3 offsets
      expected rows below 5 for 3 words, at least one each]
  `)
})
