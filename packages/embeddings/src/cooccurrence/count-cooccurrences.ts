import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, random, writeFileAtomically } from '@elman/core'
import { type EncodedCorpus, readIds } from '../corpus/encoded-corpus.ts'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { uniformStream } from '../random/uniform-stream.ts'
import { type CooccurrenceFile, sidecarOf } from './cooccurrence-file.ts'
import { mergeRuns } from './merge-runs.ts'
import { createPairAccumulator, type RowSource, type TakePair } from './pair-accumulator.ts'
import { createRecordBuffer, writeRun } from './record-writer.ts'
import { type WindowWeighting, windowWeights } from './window-weights.ts'

/** A text as int32 ids in a file, −1 after each sentence; `ids` is how many numbers it has. */
export type IdFile = Pick<EncodedCorpus, 'path' | 'ids'>

/** How to count, and where to. */
export interface CountCooccurrencesOptions {
  /** Folder for the result; made if it is not there. */
  readonly folder: string
  /** Name of the file of records in the folder (default `cooccurrences.bin`). */
  readonly name?: string
  /** Words to each side that are near (default 10). */
  readonly window?: number
  /** Default `harmonic`. */
  readonly weighting?: WindowWeighting
  /** Whether words to the right are contexts too (default true); else a word's pairs are (earlier word, word). */
  readonly symmetric?: boolean
  /** Sub-sampling of frequent words as in word2vec, before windows are taken (default 0: none); needs `counts`. */
  readonly sample?: number
  /** Occurrences of each word, for sub-sampling. */
  readonly counts?: Float64Array
  /** Seed of sub-sampling (default 1). */
  readonly seed?: number
  /** Memory for sums; pairs that do not fit go to the disk in sorted runs (default 1 GiB, least 1 MiB). */
  readonly memoryBytes?: number
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

const LEAST_MEMORY = 2 ** 20
const LARGEST_WINDOW = 1000

/**
 * Counts how often words occur near each other: for each word and each of its neighbours in the window, the weight of
 * their distance is added. As in GloVe, a neighbour of the same word counts in both directions, words outside of the
 * vocabulary are no distance, and windows do not reach over the end of a sentence.
 *
 * The same options give the same bytes, whatever the memory: weights are added as whole numbers (`windowWeights`). That
 * holds while the sum of a pair times the denominator is below 2⁵³.
 *
 * @param corpus - Ids below `words`, as `encodeCorpus` writes them.
 * @param words - Size of the vocabulary.
 * @throws `EMBEDDING_COUNTING_INVALID` for options out of range, `EMBEDDING_IDS_INVALID` for ids that are not words.
 */
export async function countCooccurrences(
  corpus: IdFile,
  words: number,
  options: CountCooccurrencesOptions,
): Promise<CooccurrenceFile> {
  const { window = 10, weighting = 'harmonic', symmetric = true, sample = 0, seed = 1 } = options
  const { folder, name = 'cooccurrences.bin', memoryBytes = 2 ** 30, onProgress, signal } = options
  checkOptions(words, window, memoryBytes, sample, options.counts)
  await mkdir(folder, { recursive: true })
  const runFolder = await mkdtemp(join(folder, '.runs-'))
  const { numerators, denominator } = windowWeights(window, weighting)
  const pairs = createPairAccumulator(words, symmetric, memoryBytes)
  const isKept = sample > 0 ? subsampling(options.counts!, sample, seed) : () => true
  const runs: string[] = []
  const spill = () => {
    const source = pairs.sorted()
    runs.push(join(runFolder, randomUUID()))
    writeRun(runs.at(-1)!, put => {
      for (let word = 0; word < words; word++) source.takeRow(word, put)
    })
    pairs.clear()
  }
  try {
    const report = createProgressMeter('count co-occurrences', 'words', corpus.ids, onProgress)
    let tokens = 0
    let read = 0
    // The last words of the sentence so far, the newest at (tokens of the sentence − 1) modulo window.
    const near = new Int32Array(window)
    let length = 0
    for await (const ids of readIds(corpus)) {
      signal?.throwIfAborted()
      for (const id of ids) {
        if (id < 0) {
          length = 0
          continue
        }
        if (id >= words) throw badIds(corpus, `ids below ${words}`, `${id}`)
        if (!isKept(id)) continue
        const reach = Math.min(length, window)
        let at = length % window
        for (let distance = 1; distance <= reach; distance++) {
          at = at === 0 ? window - 1 : at - 1
          pairs.add(near[at]!, id, numerators[distance]!)
        }
        near[length % window] = id
        length++
        tokens++
        if (pairs.isFull(window)) spill()
      }
      read += ids.length
      report(read)
    }
    if (read !== corpus.ids) throw badIds(corpus, `${corpus.ids} numbers`, `${read}`)
    if (runs.length > 0) spill()
    const merged = runs.length > 0 ? mergeRuns(runs, memoryBytes / 4) : undefined
    try {
      const path = join(folder, name)
      const rows = [pairs.dense, merged ?? pairs.sorted()]
      const totals = { records: 0, sum: 0 }
      const { sha256 } = await writeFileAtomically(
        path,
        recordsOf(rows, words, denominator, totals, onProgress, signal),
      )
      const file: CooccurrenceFile = {
        path,
        words,
        records: totals.records,
        tokens,
        total: totals.sum / denominator,
        counting: { window, weighting, symmetric, sample, seed },
        sha256,
      }
      await writeFileAtomically(`${path}.json`, sidecarOf(file))
      return file
    } finally {
      merged?.close()
    }
  } finally {
    await rm(runFolder, { recursive: true, force: true })
  }
}

/** The file's bytes, row by row; in a row the dense pairs come first, their contexts are the most frequent ones. */
async function* recordsOf(
  sources: readonly RowSource[],
  words: number,
  denominator: number,
  totals: { records: number; sum: number },
  onProgress: OnProgress | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const report = createProgressMeter('write co-occurrences', 'rows', words, onProgress)
  const ready: Uint8Array[] = []
  const buffer = createRecordBuffer(piece => ready.push(piece.slice()))
  const take: TakePair = (word, context, sum) => {
    totals.records++
    totals.sum += sum
    buffer.put(word + 1, context + 1, sum / denominator)
  }
  for (let word = 0; word < words; word++) {
    for (const source of sources) source.takeRow(word, take)
    if (ready.length === 0) continue
    signal?.throwIfAborted()
    yield* ready.splice(0)
    report(word + 1)
  }
  buffer.flush()
  yield* ready
  report(words)
}

/** Whether to keep an occurrence: with probability √(t/f) + t/f, as word2vec.c; draws follow the text. */
function subsampling(counts: Float64Array, sample: number, seed: number): (id: number) => boolean {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const keep = counts.map(count => Math.sqrt((sample * total) / count) + (sample * total) / count)
  const draw = uniformStream(random.foldIn(random.key(seed), 'sub-sampling'))
  return id => keep[id]! >= 1 || draw() < keep[id]!
}

function checkOptions(
  words: number,
  window: number,
  memoryBytes: number,
  sample: number,
  counts: Float64Array | undefined,
): void {
  const fail = (what: string, expected: string, found: unknown) => {
    throw new ElmanError('EMBEDDING_COUNTING_INVALID', { message: what, expected, found: String(found) })
  }
  const isWhole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most
  if (!isWhole(words, 1, 2 ** 31 - 2)) fail('the vocabulary has no usable size', '1 to 2³¹ − 2 words', words)
  if (!isWhole(window, 1, LARGEST_WINDOW))
    fail('window must be a whole number', `1 to ${LARGEST_WINDOW}`, window)
  if (!(memoryBytes >= LEAST_MEMORY))
    fail('memoryBytes is too small', `at least ${LEAST_MEMORY}`, memoryBytes)
  if (!(sample >= 0 && sample < 1)) fail('sample must be a share', '0 or more and below 1', sample)
  if (sample > 0 && counts?.length !== words)
    fail('sub-sampling needs the count of each word', `counts of ${words} words`, counts?.length ?? 'none')
}

function badIds({ path }: IdFile, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_IDS_INVALID', {
    message: 'the encoded corpus is not one of this vocabulary',
    expected,
    found,
    where: path,
    hint: 'encode the corpus again, with this vocabulary',
  })
}
