import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledFolder } from '@elman/text'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CooccurrenceFile } from '../cooccurrence/cooccurrence-file.ts'
import { countCooccurrences } from '../cooccurrence/count-cooccurrences.ts'
import { WordTable } from '../words/word-table.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { createGloveMemory, initialiseGlove } from './glove-model.ts'
import { writeGloveRecords } from './glove-records.ts'
import { trainGlove } from './train-glove.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-glove-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The bundled Shakespeare, first 30,000 words, those that occur 3 times or more. */
function shakespeare() {
  const text = readFileSync(join(bundledFolder('tiny-shakespeare'), 'input.txt'), 'utf8').toLowerCase()
  const lines = text.split('\n').map(line => line.match(/[a-z']+/g) ?? [])
  const tokens = lines.flatMap(line => [...line, '\n']).slice(0, 30_000)
  const counts = new Map<string, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  const kept = [...counts].filter(([word, count]) => word !== '\n' && count >= 3)
  const words = WordTable.of(kept.sort((a, b) => b[1] - a[1]).map(([word]) => word))
  const ids = tokens.map(token => words.indexOf(token)).filter((id, at) => id >= 0 || tokens[at] === '\n')
  const path = join(folder, 'text.ids')
  writeFileSync(path, new Uint8Array(Int32Array.from(ids).buffer))
  return { words, corpus: { path, ids: ids.length } }
}

const { words, corpus } = shakespeare()
const vocabulary = { words }
const small = { dimensions: 20, iterations: 6, xMax: 10 }
let counts: CooccurrenceFile
beforeAll(async () => {
  counts = await countCooccurrences(corpus, words.count, { folder, window: 5 })
})

const hashOf = ({ matrix }: WordVectors) => createHash('sha256').update(matrix).digest('hex')
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: Error) => error.message.replaceAll(folder, '…').replaceAll('\\', '/'),
  )

test('one worker gives the same bits every time, another seed others', async () => {
  const [first, again] = [
    await trainGlove(counts, vocabulary, small),
    await trainGlove(counts, vocabulary, small),
  ]
  const other = await trainGlove(counts, vocabulary, { ...small, seed: 2 })
  expect(hashOf(again.vectors)).toBe(hashOf(first.vectors))
  expect(hashOf(other.vectors)).not.toBe(hashOf(first.vectors))
  expect(first.report).toMatchObject({ records: counts.records, resumedAfter: 0 })
  expect(first.report.costs).toEqual(first.report.costs.toSorted((a, b) => b - a))
  expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
})

test('float32 keeps the cost curve of float64 within 1 %', async () => {
  const options = { dimensions: 20, iterations: 15, xMax: 10 }
  const { report } = await trainGlove(counts, vocabulary, options)
  const work = mkdtempSync(join(folder, 'float64-'))
  const records = readFileSync(
    (await writeGloveRecords(counts, work, { xMax: 10, alpha: 0.75, seed: 1, parts: 1 })).path,
  )
  const memory = createGloveMemory(words.count, 20, 1)
  initialiseGlove(memory, { seed: 1 })
  const expected = costsInFloat64(memory.rows, memory.layout.row, records, 15)
  const far = report.costs.map((cost, at) => Math.abs(cost / expected[at]! - 1))
  expect(Math.max(...far)).toBeLessThan(0.01)
  expect(expected.at(-1)!).toBeLessThan(0.6 * expected[0]!)
})

/** The C tool's loop, in float64, from the same start and in the same order. */
function costsInFloat64(start: Float32Array, row: number, records: Buffer, iterations: number): number[] {
  const rows = Float64Array.from(start)
  const [dimensions, width, rate] = [20, 20, 0.05]
  const count = records.length / 16
  return Array.from({ length: iterations }, () => {
    let total = 0
    for (let at = 0; at < records.length; at += 16) {
      const w = records.readInt32LE(at) * row
      const c = (words.count + records.readInt32LE(at + 4)) * row
      const biases = [w + 2 * width, c + 2 * width] as const
      let difference = rows[biases[0]]! + rows[biases[1]]! - records.readFloatLE(at + 8)
      for (let i = 0; i < dimensions; i++) difference += rows[w + i]! * rows[c + i]!
      const weighted = difference * records.readFloatLE(at + 12)
      total += 0.5 * weighted * difference
      for (let i = 0; i < dimensions; i++) {
        const [wordStep, contextStep] = [weighted * rows[c + i]! * rate, weighted * rows[w + i]! * rate]
        rows[w + i]! -= wordStep / Math.sqrt(rows[w + width + i]!)
        rows[c + i]! -= contextStep / Math.sqrt(rows[c + width + i]!)
        rows[w + width + i]! += wordStep ** 2
        rows[c + width + i]! += contextStep ** 2
      }
      for (const bias of biases) {
        rows[bias]! -= weighted / Math.sqrt(rows[bias + 1]!)
        rows[bias + 1]! += weighted ** 2
      }
    }
    return total / count
  })
}

test('a training that is stopped anywhere and gone on with gives the bits of one that was not', async () => {
  const checkpointFolder = join(folder, 'checkpoint')
  const stop = new AbortController()
  const timer = setInterval(() => existsSync(join(checkpointFolder, 'glove.json')) && stop.abort(), 5)
  const endless = { ...small, iterations: 100_000, checkpointFolder, signal: stop.signal }
  expect(await errorOf(trainGlove(counts, vocabulary, endless))).toMatch(/aborted/)
  clearInterval(timer)
  const { costs } = JSON.parse(readFileSync(join(checkpointFolder, 'glove.json'), 'utf8')) as {
    costs: number[]
  }
  const iterations = costs.length + 3
  const resumed = await trainGlove(counts, vocabulary, { ...small, iterations, checkpointFolder })
  const whole = await trainGlove(counts, vocabulary, { ...small, iterations })
  expect(resumed.report.resumedAfter).toBe(costs.length)
  expect(resumed.report.costs).toEqual(whole.report.costs)
  expect(hashOf(resumed.vectors)).toBe(hashOf(whole.vectors))
  expect(readdirSync(checkpointFolder).sort()).toEqual([`glove-${iterations}.bin`, 'glove.json'])
  const done = await trainGlove(counts, vocabulary, { ...small, iterations, checkpointFolder })
  expect(hashOf(done.vectors)).toBe(hashOf(whole.vectors))
})

test.each([2, 3])('%i workers learn as one does, and to the same bits every time', async workers => {
  const [one, two, again] = [
    await trainGlove(counts, vocabulary, small),
    await trainGlove(counts, vocabulary, { ...small, workers }),
    await trainGlove(counts, vocabulary, { ...small, workers }),
  ]
  expect(hashOf(again.vectors)).toBe(hashOf(two.vectors))
  expect(Math.abs(two.report.costs.at(-1)! / one.report.costs.at(-1)! - 1)).toBeLessThan(0.05)
})

test('workers stop when they are told to', async () => {
  const signal = AbortSignal.timeout(300)
  const long = trainGlove(counts, vocabulary, { ...small, iterations: 100_000, workers: 2, signal })
  expect(await errorOf(long)).toMatch(/aborted/)
})

test('w + w̃ is the sum of w and its context; <unk> is the mean of the 100 rarest', async () => {
  const summed = await trainGlove(counts, vocabulary, { ...small, unknownRow: true })
  const both = await trainGlove(counts, vocabulary, { ...small, output: 'both' })
  const alone = await trainGlove(counts, vocabulary, { ...small, output: 'words' })
  const w = both.vectors.row(3)
  expect([...summed.vectors.row(3)]).toEqual([...w.map((x, i) => x + both.contexts!.row(3)[i]!)])
  expect([...alone.vectors.row(3)]).toEqual([...w])
  expect(alone.contexts).toBeUndefined()
  const { count, matrix } = summed.vectors
  expect([count, summed.vectors.wordAt(count - 1)]).toEqual([words.count + 1, '<unk>'])
  let sum = 0
  for (let word = words.count - 100; word < words.count; word++) sum += matrix[word * 20]!
  expect(summed.vectors.get('<unk>')![0]).toBeCloseTo(sum / 100, 6)
})

test('blocks hold all pairs, each with words and contexts of its own parts', async () => {
  const work = mkdtempSync(join(folder, 'blocks-'))
  const { path, bounds } = await writeGloveRecords(counts, work, { xMax: 10, alpha: 0.75, seed: 1, parts: 2 })
  const bytes = readFileSync(path)
  expect(bounds.at(-1)).toBe(counts.records)
  expect(bounds).toHaveLength(5)
  const part = (word: number) => Math.floor(word / 8) % 2
  for (let block = 0; block < 4; block++) {
    for (let record = bounds[block]!; record < bounds[block + 1]!; record++) {
      const [word, context] = [bytes.readInt32LE(record * 16), bytes.readInt32LE(record * 16 + 4)]
      if (part(word) * 2 + part(context) !== block)
        throw new Error(`record ${record} is not of block ${block}`)
    }
  }
})

test('records are the same pairs in another order, by the seed', async () => {
  const sorted = async (seed: number) => {
    const work = mkdtempSync(join(folder, 'order-'))
    const bytes = readFileSync(
      (await writeGloveRecords(counts, work, { xMax: 10, alpha: 0.75, seed, parts: 1 })).path,
    )
    const pairs = Array.from({ length: bytes.length / 16 }, (_, at) =>
      bytes.toString('hex', at * 16, at * 16 + 16),
    )
    return { pairs, order: pairs.join(), sorted: pairs.toSorted().join() }
  }
  const [first, again, other] = [await sorted(1), await sorted(1), await sorted(2)]
  expect(again.order).toBe(first.order)
  expect(other.order === first.order).toBe(false)
  expect(other.sorted).toBe(first.sorted)
  expect(first.pairs.length).toBe(counts.records)
  // By chance about as many neighbours stand in rising order as in falling order.
  const rising = first.pairs.filter((pair, at) => at > 0 && pair > first.pairs[at - 1]!).length
  expect(Math.abs(rising / counts.records - 0.5)).toBeLessThan(0.02)
})

test('what cannot be trained is said', async () => {
  const other = { words: WordTable.of(['a', 'b']) }
  expect(await errorOf(trainGlove(counts, other))).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_INVALID  the vocabulary is not the one whose words were counted
      expected 1007 words
      found    2"
  `)
  expect(await errorOf(trainGlove(counts, vocabulary, { dimensions: 0, alpha: 2 }))).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_INVALID  GloVe cannot be trained with these settings
      found    ✖ Too small: expected number to be >=1
      → at dimensions
    ✖ Too big: expected number to be <=1
      → at alpha"
  `)
  expect(await errorOf(trainGlove(counts, vocabulary, { workers: 0 }))).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_INVALID  workers must be a whole number
      expected 1 to 256
      found    0"
  `)
  expect(await errorOf(trainGlove({ ...counts, records: 0 }, vocabulary))).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_INVALID  there are no co-occurrences
      expected at least one pair
      found    none"
  `)
  const taken = { words: WordTable.of([...[...words].slice(1), '<unk>']) }
  expect(await errorOf(trainGlove(counts, taken, { unknownRow: true }))).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_INVALID  the vocabulary has a word <unk> of its own
      expected unknownRow: false
      found    true"
  `)
  const huge = { words: { count: 2_000_000 } as WordTable }
  expect(
    await errorOf(trainGlove({ ...counts, words: 2_000_000 }, huge, { dimensions: 300 })),
  ).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_TOO_LARGE  2000000 words of 300 dimensions do not fit into one memory
      expected at most 4 GiB
      found    9.0 GiB
      use fewer dimensions, or leave rare words out by a higher minimum count"
  `)
})

test('a cost that is not finite stops the training and names the place', async () => {
  const options = { ...small, rate: 1e30, clip: 1e30 }
  for (const workers of [1, 2]) {
    const message = await errorOf(trainGlove(counts, vocabulary, { ...options, workers }))
    expect(message).toMatch(
      /^EMBEDDING_GLOVE_DIVERGED {2}the cost is not finite in iteration 1, at record \d+ \("[a-z']+" and "[a-z']+"\)\n/,
    )
  }
})

test('a checkpoint of another training, or a damaged one, is refused', async () => {
  const checkpointFolder = join(folder, 'other')
  await trainGlove(counts, vocabulary, { ...small, iterations: 1, checkpointFolder })
  const other = trainGlove(counts, vocabulary, { ...small, rate: 0.1, seed: 4, checkpointFolder })
  expect(await errorOf(other)).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_CHECKPOINT_OTHER  the checkpoint in this folder is of another training
      expected rate 0.1, seed 4
      found    rate 0.05, seed 1
      in …/other
      use another folder, or go on with the options that the training began with"
  `)
  const state = join(checkpointFolder, 'glove-1.bin')
  const bytes = readFileSync(state)
  writeFileSync(state, bytes.subarray(0, 100))
  const damaged = errorOf(trainGlove(counts, vocabulary, { ...small, checkpointFolder }))
  expect(await damaged).toMatch(/^EMBEDDING_GLOVE_CHECKPOINT_DAMAGED {2}the checkpoint cannot be used\n/)
  writeFileSync(join(checkpointFolder, 'glove.json'), '{')
  expect(
    await errorOf(trainGlove(counts, vocabulary, { ...small, checkpointFolder })),
  ).toMatchInlineSnapshot(`
    "EMBEDDING_GLOVE_CHECKPOINT_DAMAGED  the checkpoint cannot be used
      expected what its description tells
      found    ✖ Invalid input: expected object, received undefined
      in …/other/glove.json
      remove the folder to begin again"
  `)
})
