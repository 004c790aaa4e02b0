import { mkdtemp, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ElmanError } from '@elman/core'
import type { CooccurrenceFile } from '../cooccurrence/cooccurrence-file.ts'
import { GLOVE_RECORD_BYTES } from '../kernels/glove/glove-kernel.ts'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { type GloveTask, readGloveCheckpoint, writeGloveCheckpoint } from './glove-checkpoint.ts'
import {
  createGloveMemory,
  type GloveMemory,
  type GlovePart,
  gloveMatrix,
  initialiseGlove,
} from './glove-model.ts'
import { createGlovePool } from './glove-pool.ts'
import { writeGloveRecords } from './glove-records.ts'
import { completeGloveSettings, type GloveSettings } from './glove-settings.ts'

/** The words that ids stand for. */
export interface GloveVocabulary {
  readonly words: WordTable
  readonly counts?: Float64Array
}

/** Settings of the model (see {@link gloveSettings}) and of the work. */
export interface TrainGloveOptions extends Partial<GloveSettings> {
  /** Threads; 1 unless given. The same number gives the same bits every time, another number other ones. */
  readonly workers?: number
  /** `sum` (default): w + w̃. `words`: w. `both`: w, and w̃ beside them as `contexts`. */
  readonly output?: 'sum' | 'words' | 'both'
  /** Whether a row `<unk>` follows, the mean of the 100 rarest words, as in the C tool (default false). */
  readonly unknownRow?: boolean
  /** Where the model is put after each iteration, and gone on from if one is there. */
  readonly checkpointFolder?: string
  /** Where the shuffled records are put while it works, 16 bytes each (default: beside the co-occurrences). */
  readonly workFolder?: string
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

/** How a training went. */
export interface GloveReport {
  readonly settings: GloveSettings
  /** Mean of ½ f(X) (w·w̃ + b + b̃ − log X)² over the records, for each iteration, as it was while training. */
  readonly costs: readonly number[]
  readonly records: number
  /** Records a second in the iterations of this process; 0 if there was none. */
  readonly recordsPerSecond: number
  /** Iterations that a checkpoint had done before. */
  readonly resumedAfter: number
  readonly workers: number
}

/** A trained model. */
export interface TrainedGlove {
  readonly vectors: WordVectors
  /** The words' vectors as contexts, with `output: 'both'`. */
  readonly contexts?: WordVectors
  readonly report: GloveReport
}

/**
 * Trains GloVe vectors (Pennington, Socher and Manning 2014) on counted co-occurrences, as the C tool does: AdaGrad
 * whose sums hold the squares of the gradients times the rate, biases with a rate of 1, one order of the records for all
 * iterations; but in float32, which keeps the cost within 1 % of float64.
 *
 * @throws `EMBEDDING_GLOVE_DIVERGED` at the first cost that is not finite; `EMBEDDING_GLOVE_INVALID`,
 *   `EMBEDDING_GLOVE_TOO_LARGE`, `EMBEDDING_GLOVE_CHECKPOINT_OTHER`, `EMBEDDING_GLOVE_CHECKPOINT_DAMAGED`.
 */
export async function trainGlove(
  cooccurrences: CooccurrenceFile,
  vocabulary: GloveVocabulary,
  options: TrainGloveOptions = {},
): Promise<TrainedGlove> {
  const { workers = 1, checkpointFolder, signal } = options
  const settings = completeGloveSettings(options)
  checkInputs(cooccurrences, vocabulary, options)
  const { words, records } = cooccurrences
  const memory = createGloveMemory(words, settings.dimensions, workers)
  const task: GloveTask = { words, cooccurrences: cooccurrences.sha256, settings }
  const known =
    checkpointFolder === undefined ? undefined : await readGloveCheckpoint(checkpointFolder, task, memory)
  if (known === undefined) initialiseGlove(memory, settings)
  const costs = known ?? []
  const resumedAfter = costs.length
  const seconds =
    costs.length < settings.iterations
      ? await iterate(cooccurrences, vocabulary, memory, task, costs, options)
      : 0
  signal?.throwIfAborted()
  const iterations = costs.length - resumedAfter
  const report: GloveReport = {
    ...{ settings, costs, records, resumedAfter, workers },
    recordsPerSecond: seconds > 0 ? (records * iterations) / seconds : 0,
  }
  const { output = 'sum' } = options
  const take = (part: GlovePart) => vectorsOf(vocabulary, memory, part, options.unknownRow ?? false)
  const vectors = take(output === 'sum' ? 'sum' : 'words')
  return { vectors, report, ...(output === 'both' ? { contexts: take('contexts') } : {}) }
}

/** Trains the iterations that are left; adds to `costs`. Gives the seconds they took. */
async function iterate(
  cooccurrences: CooccurrenceFile,
  vocabulary: GloveVocabulary,
  memory: GloveMemory,
  task: GloveTask,
  costs: number[],
  { workFolder, checkpointFolder, onProgress, signal }: TrainGloveOptions,
): Promise<number> {
  const { settings } = task
  const { records } = cooccurrences
  const folder = await mkdtemp(join(workFolder ?? dirname(cooccurrences.path), '.glove-'))
  let seconds = 0
  try {
    const parts = memory.workers.length
    const written = await writeGloveRecords(
      cooccurrences,
      folder,
      { ...settings, parts },
      { onProgress, signal },
    )
    const pool = createGlovePool(memory, written, settings)
    try {
      const total = records * settings.iterations
      const report = createProgressMeter('train', 'records', total, onProgress)
      const costViews = memory.workers.map(({ cost }) => new Float64Array(memory.memory.buffer, cost, 1))
      const costSoFar = () => costViews.reduce((sum, view) => sum + view[0]!, 0)
      report(records * costs.length)
      while (costs.length < settings.iterations) {
        for (const view of costViews) view[0] = 0
        const begin = performance.now()
        const before = costs.length
        const tell = (done: number) =>
          report(records * before + done, {
            epoch: before + 1,
            epochs: settings.iterations,
            loss: costSoFar() / Math.max(1, done),
            learningRate: settings.rate,
          })
        const failed = await pool.iterate(tell, signal)
        seconds += (performance.now() - begin) / 1000
        if (failed >= 0) throw await diverged(written.path, failed, before + 1, vocabulary, settings)
        costs.push(costSoFar() / records)
        if (checkpointFolder !== undefined) await writeGloveCheckpoint(checkpointFolder, task, memory, costs)
      }
    } finally {
      await pool.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return seconds
}

function vectorsOf(
  { words, counts }: GloveVocabulary,
  memory: GloveMemory,
  part: GlovePart,
  unknownRow: boolean,
): WordVectors {
  const { dimensions } = memory.layout
  const matrix = gloveMatrix(memory, part)
  if (!unknownRow)
    return new WordVectors({ words, dimensions, matrix, ...(counts === undefined ? {} : { counts }) })
  const longer = new Float32Array(matrix.length + dimensions)
  longer.set(matrix)
  const rare = Math.min(100, words.count)
  for (let i = 0; i < dimensions; i++) {
    let sum = 0
    for (let word = words.count - rare; word < words.count; word++) sum += matrix[word * dimensions + i]!
    longer[matrix.length + i] = sum / rare
  }
  const table = WordTable.of([])
  for (let word = 0; word < words.count; word++) {
    const bytes = words.bytesAt(word)
    table.addBytes(bytes, 0, bytes.length)
  }
  table.add(UNKNOWN)
  return new WordVectors({ words: table, dimensions, matrix: longer })
}

const UNKNOWN = '<unk>'
const MOST_WORKERS = 256

function checkInputs(
  { words, records }: CooccurrenceFile,
  vocabulary: GloveVocabulary,
  { workers = 1, unknownRow = false }: TrainGloveOptions,
): void {
  const fail = (message: string, expected: string, found: unknown) => {
    throw new ElmanError('EMBEDDING_GLOVE_INVALID', { message, expected, found: String(found) })
  }
  if (vocabulary.words.count !== words)
    fail('the vocabulary is not the one whose words were counted', `${words} words`, vocabulary.words.count)
  if (records === 0) fail('there are no co-occurrences', 'at least one pair', 'none')
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS)
    fail('workers must be a whole number', `1 to ${MOST_WORKERS}`, workers)
  if (unknownRow && vocabulary.words.has(UNKNOWN))
    fail(`the vocabulary has a word ${UNKNOWN} of its own`, 'unknownRow: false', true)
}

async function diverged(
  path: string,
  record: number,
  iteration: number,
  { words }: GloveVocabulary,
  { rate }: GloveSettings,
): Promise<ElmanError> {
  const bytes = Buffer.alloc(GLOVE_RECORD_BYTES)
  const file = await open(path, 'r')
  await file.read(bytes, 0, bytes.length, record * GLOVE_RECORD_BYTES)
  await file.close()
  const pair = `"${words.at(bytes.readInt32LE(0))}" and "${words.at(bytes.readInt32LE(4))}"`
  return new ElmanError('EMBEDDING_GLOVE_DIVERGED', {
    message: `the cost is not finite in iteration ${iteration}, at record ${record} (${pair})`,
    found: `log X ${bytes.readFloatLE(8)}, f(X) ${bytes.readFloatLE(12)}, rate ${rate}`,
    hint: 'use a lower rate or clip',
  })
}
