import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
// @ts-expect-error a plain script without types
import { compile, fileOf, sourceOf } from '../../../tools/build-kernels.mjs'
import { readJob, writeJob } from './job.ts'
import { instantiate, trainingModule } from './kernel.ts'
import { referenceContribute, referenceFlush, referenceRefresh, referenceTrain } from './reference-train.ts'
import { inputShares, outputShares } from './round-shares.ts'
import { madeUpSubwords, specOf, startedMemory, zipfCorpus } from './training-cases.ts'
import type { TrainingMemory } from './training-memory.ts'
import type { TrainingSpec } from './training-spec.ts'

const WORDS = 300
const BUCKETS = 40
const { ids, counts } = zipfCorpus(WORDS, 1000)
const subwords = { subwords: madeUpSubwords(WORDS, BUCKETS), inputRows: WORDS + BUCKETS }
const module = trainingModule()
const hierarchical = { loss: 'hierarchical-softmax', outputRows: WORDS - 1 } as const
const MIDDLE = ids.indexOf(-1, ids.length / 2) + 1
const HALVES = [
  { part: ids.subarray(0, MIDDLE), rate: 0.05 },
  { part: ids.subarray(MIDDLE), rate: 0.03 },
]

/** Trains on the corpus in two batches, at two rates, by all workers in turn. */
function train(memory: TrainingMemory, one: (worker: number, count: number, rate: number) => void): void {
  for (const [index, { job }] of memory.workers.entries()) {
    writeJob(memory.memory, job, { random: 0x0123_4567_89ab_cdefn + BigInt(index) })
  }
  for (const { part, rate } of HALVES) {
    for (const [index, worker] of memory.workers.entries()) {
      worker.ids.set(part)
      one(index, part.length, rate)
    }
  }
}

/** Memories after the kernel's training and the twin's. */
function both(options: Partial<TrainingSpec>): { kernel: TrainingMemory; twin: TrainingMemory } {
  const spec = specOf(counts, options)
  const kernel = startedMemory(spec)
  const twin = startedMemory(spec)
  const exports = instantiate(module, kernel.memory)
  train(kernel, (worker, count, rate) => exports.train(kernel.workers[worker]!.job, count, rate))
  train(twin, (worker, count, rate) => referenceTrain(twin, twin.workers[worker]!, count, rate))
  for (const { job } of kernel.workers) exports.flush(job)
  for (const worker of twin.workers) referenceFlush(twin, worker)
  return { kernel, twin }
}

/** Index of the first float that differs in its bits, −1 if none does. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  const left = new Uint32Array(a.buffer, a.byteOffset, a.length)
  const right = new Uint32Array(b.buffer, b.byteOffset, b.length)
  return left.findIndex((bits, index) => bits !== right[index])
}

const variants: Record<string, Partial<TrainingSpec>> = {
  'skip-gram': {},
  'skip-gram of 100 dimensions': { dimensions: 100 },
  'skip-gram of 10 dimensions': { dimensions: 10 },
  'skip-gram of 4 dimensions, window 1': { dimensions: 4, window: 1 },
  'skip-gram of 1 dimension': { dimensions: 1 },
  'skip-gram without a shrinking window': { shrinkWindow: false, window: 3 },
  'skip-gram without subsampling': { sample: 0 },
  'skip-gram with negatives drawn evenly': { negativeExponent: 0 },
  ...Object.fromEntries(
    [0, 1, 2, 3, 4, 6, 7, 10, 13].map(negative => [`skip-gram with ${negative} negatives`, { negative }]),
  ),
  'skip-gram from the centre': { predicts: 'context' },
  'skip-gram with shared negatives': { negativeSharing: 'window' },
  'skip-gram from the centre with shared negatives': { negativeSharing: 'window', predicts: 'context' },
  'skip-gram with 10 shared negatives': { negativeSharing: 'window', negative: 10 },
  'skip-gram with frozen rows': { frozenRows: 50 },
  'skip-gram with 7 negatives and frozen rows': { frozenRows: 50, negative: 7 },
  'skip-gram, hierarchical': hierarchical,
  'skip-gram, hierarchical, from the centre': { ...hierarchical, predicts: 'context', dimensions: 30 },
  'skip-gram of sub-words': subwords,
  'skip-gram of sub-words from the centre': { ...subwords, predicts: 'context' },
  'skip-gram of sub-words with shared negatives': {
    ...{ ...subwords, predicts: 'context', negativeSharing: 'window', negative: 7 },
  },
  'skip-gram of sub-words with frozen rows': { ...subwords, predicts: 'context', frozenRows: 100 },
  'skip-gram of sub-words, hierarchical': { ...subwords, ...hierarchical, predicts: 'context' },
  cbow: { architecture: 'cbow' },
  'cbow of 100 dimensions': { architecture: 'cbow', dimensions: 100, window: 8 },
  'cbow by sums': { architecture: 'cbow', cbowMean: false },
  'cbow with 10 negatives': { architecture: 'cbow', negative: 10 },
  'cbow with shared negatives': { architecture: 'cbow', negativeSharing: 'window' },
  'cbow, hierarchical': { architecture: 'cbow', ...hierarchical },
  'cbow with frozen rows': { architecture: 'cbow', frozenRows: 50 },
  'cbow of sub-words': { architecture: 'cbow', ...subwords },
  'cbow of sub-words by sums, hierarchical': {
    architecture: 'cbow',
    ...subwords,
    ...hierarchical,
    cbowMean: false,
  },
  'two workers without copies': { workers: 2, hotRows: 0 },
  'two workers with copies of hot rows': { workers: 2, hotRows: 20, exchangeInterval: 7 },
  'two workers with copies of all rows': { workers: 2, hotRows: 1000, exchangeInterval: 100 },
  'cbow of sub-words by two workers': { architecture: 'cbow', ...subwords, workers: 2, hotRows: 310 },
  'three workers, negatives by turns': {
    workers: 3,
    negativeParts: 3,
    negativeTurn: 1000,
    exchangeInterval: 30,
  },
  'two workers, hierarchical': { workers: 2, ...hierarchical, hotRows: 20, exchangeInterval: 50 },
}

test.each(Object.entries(variants))('%s: kernel and twin end with the same bits', (_, options) => {
  const { kernel, twin } = both(options)
  expect(firstDifference(kernel.input, twin.input)).toBe(-1)
  expect(firstDifference(kernel.output, twin.output)).toBe(-1)
  for (const [index, { job }] of kernel.workers.entries()) {
    const state = readJob(kernel.memory, job)
    expect(state).toEqual(readJob(twin.memory, twin.workers[index]!.job))
    expect(state.pairs).toBeGreaterThan(2000)
    expect(state.loss / state.pairs).toBeGreaterThan(0.1)
  }
  expect(kernel.input.every(Number.isFinite)).toBe(true)
})

test.each([
  ['skip-gram', {}],
  ['skip-gram of sub-words', subwords],
  ['cbow, hierarchical', { architecture: 'cbow', ...hierarchical }],
] as const)('%s in rounds: kernel and twin end with the same bits', (_, options) => {
  const spec = specOf(counts, { ...options, workers: 3, roundWords: ids.length / 2 })
  const kernel = startedMemory(spec)
  const twin = startedMemory(spec)
  const exports = instantiate(module, kernel.memory)
  for (const { part, rate } of HALVES) {
    for (const [index, worker] of kernel.workers.entries()) {
      const other = twin.workers[index]!
      exports.refresh(worker.job)
      referenceRefresh(twin, other)
      worker.ids.set(part)
      other.ids.set(part)
      exports.train(worker.job, part.length, rate)
      referenceTrain(twin, other, part.length, rate)
    }
    for (let turn = 0; turn < 3; turn++) {
      for (const [index, worker] of kernel.workers.entries()) {
        exports.contribute(worker.job, (index + turn) % 3, 3)
        referenceContribute(twin, twin.workers[index]!, (index + turn) % 3, 3)
      }
    }
  }
  expect(firstDifference(kernel.input, twin.input)).toBe(-1)
  expect(firstDifference(kernel.output, twin.output)).toBe(-1)
  expect(firstDifference(kernel.input, startedMemory(spec).input)).toBeGreaterThanOrEqual(0)
})

test('in a round rare rows count in full, the most frequent by their mean, and nothing beyond', () => {
  const spec = specOf(counts, { workers: 4, roundWords: 1e6 })
  const shares = outputShares(spec, undefined)
  expect(shares[0]).toBeCloseTo(1 / 4, 3)
  expect(
    shares.every(
      (share, row) => share >= 1 / 4 && share <= 1 && (row === 0 || share >= shares[row - 1]! - 0.05),
    ),
  ).toBe(true)
  expect(inputShares({ ...spec, roundWords: 1 }).at(-1)).toBeCloseTo(1, 3)
})

test('a batch in two halves is the batch', () => {
  const whole = startedMemory(specOf(counts, {}))
  const halves = startedMemory(specOf(counts, {}))
  whole.workers[0]!.ids.set(ids)
  instantiate(module, whole.memory).train(whole.workers[0]!.job, ids.length, 0.05)
  const { train } = instantiate(module, halves.memory)
  for (const { part } of HALVES) {
    halves.workers[0]!.ids.set(part)
    train(halves.workers[0]!.job, part.length, 0.05)
  }
  expect(firstDifference(whole.input, halves.input)).toBe(-1)
  expect(readJob(whole.memory, whole.workers[0]!.job)).toEqual(readJob(halves.memory, halves.workers[0]!.job))
})

test('frozen rows stay as they were, others and all output rows move', () => {
  for (const options of [
    {},
    { architecture: 'cbow' as const },
    { ...subwords, predicts: 'context' as const },
  ]) {
    const before = startedMemory(specOf(counts, { ...options, frozenRows: 50 }))
    const { kernel } = both({ ...options, frozenRows: 50 })
    const bound = 50 * kernel.stride
    expect(kernel.input.subarray(0, bound)).toEqual(before.input.subarray(0, bound))
    expect(firstDifference(kernel.input.subarray(bound), before.input.subarray(bound))).toBe(0)
    expect(firstDifference(kernel.output, before.output)).toBe(0)
  }
})

test('copies of hot rows train what one memory would: nothing is lost, nothing counted twice', () => {
  // Workers take turns and exchange at the end of each: then the copies make no difference but for rounding.
  const plain = both({ workers: 2, hotRows: 0 }).kernel
  const spec = specOf(counts, { workers: 2, hotRows: 30, exchangeInterval: 11 })
  const memory = startedMemory(spec)
  const kernel = instantiate(module, memory.memory)
  train(memory, (worker, count, rate) => {
    kernel.train(memory.workers[worker]!.job, count, rate)
    for (const { job } of memory.workers) kernel.flush(job)
  })
  const farthest = (from: TrainingMemory) =>
    memory.input.reduce((most, value, k) => Math.max(most, Math.abs(value - from.input[k]!)), 0)
  expect(farthest(startedMemory(spec))).toBeGreaterThan(0.3)
  expect(farthest(plain)).toBeLessThan(0.003)
})

test('the numbers beyond the dimensions stay zero', () => {
  const { kernel } = both({ dimensions: 10 })
  expect(kernel.stride).toBe(12)
  expect(kernel.input.filter((_, k) => k % 12 >= 10).every(value => value === 0)).toBe(true)
})

test('the bytes shipped are what the source compiles to', async () => {
  const text = readFileSync(fileOf('training'), 'utf8')
  expect(text === sourceOf('training', await compile('training'))).toBe(true)
})
