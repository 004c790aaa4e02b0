/**
 * Training of word2vec and fastText: rows in shared memory, threads that run the kernel over the encoded corpus, and
 * checkpoints from which a single thread goes on to the same bits.
 */
import { checkpointSteps, ElmanError } from '@elman/core'
import { shardCorpus } from '../corpus/encoded-corpus.ts'
import { JOB_BYTES, readJob } from '../kernels/training/job.ts'
import { trainingModule } from '../kernels/training/kernel.ts'
import {
  createTrainingMemory,
  type TrainingMemory,
  trainingMemoryBytes,
} from '../kernels/training/training-memory.ts'
import type { TrainingSpec } from '../kernels/training/training-spec.ts'
import { buildSubwordTable, type SubwordTable } from '../subwords/subword-table.ts'
import type { EmbeddingTask } from './embedding-method.ts'
import { type EpochEnd, type EpochLoss, epochLosses } from './epoch-losses.ts'
import { loadPrediction, type PredictionState, savePrediction } from './prediction-checkpoint.ts'
import { initialise, restore } from './prediction-start.ts'
import { startTrainingPool, type TrainingPosition } from './training-pool.ts'
import { watchTraining } from './training-watch.ts'
import type { PredictionConfig } from './word2vec-config.ts'

/** Integers of a batch: the words of some sentences and their ends; more than the longest sentence has. */
const BATCH_IDS = 12_288
/** Words of all threads together in a round: what a thread does not know of the others' work. */
const ROUND_WORDS = 196_608
/** Memory up to which several threads train in rounds; beyond they share rows. */
const ROUND_BYTES = 2 ** 31

/** A training that has ended or was stopped. */
export interface PredictionResult {
  readonly finished: boolean
  readonly memory: TrainingMemory
  readonly epochs: readonly EpochLoss[]
  /** Words of the text trained on, all epochs together. */
  readonly words: number
  /** Seconds of training, earlier processes included. */
  readonly seconds: number
  /** Words a second of this process. */
  readonly wordsPerSecond: number
  /** Whether the same call gives the same bits. */
  readonly deterministic: boolean
}

/**
 * Trains until the end, or until the signal says stop; either way the run's folder then holds a checkpoint.
 *
 * @throws `EMBEDDING_DIVERGED` when the vectors are no longer finite; `EMBEDDING_RESUME_MISMATCH` when what was trained before
 * does not fit; what the memory and the checkpoints throw.
 */
export async function trainPrediction(
  task: EmbeddingTask,
  config: PredictionConfig,
): Promise<PredictionResult> {
  const { vocabulary, corpus, run, workers, signal } = task
  const subwords = config.subwords && buildSubwordTable(vocabulary.words, config.subwords)
  const { memory, batchIds, rounds } = trainingMemory(task, config, subwords)
  const jobs = memory.workers.map(({ job }) => job)
  const before = (await checkpointSteps(run)).length > 0 ? await loadPrediction(run) : undefined
  if (before === undefined) initialise(memory, task, config)
  else restore(memory, before, workers)
  const ends: EpochEnd[][] = jobs.map((_, worker) => [...(before?.state.threads[worker]?.ends ?? [])])
  const threads = (await shardCorpus(corpus, workers)).map((shard, worker) => {
    const { epoch, position, words } = before?.state.threads[worker] ?? {
      ...{ epoch: 0, position: shard.begin, words: 0 },
    }
    const { job, idsAddress } = memory.workers[worker]!
    return { job, idsAddress, shard, start: { epoch, position }, words }
  })
  const totalWords = corpus.tokens * config.epochs
  const rates = { first: config.learningRate, last: config.finalLearningRate }
  const begin = performance.now()
  const seconds = () => (performance.now() - begin) / 1000
  const pool = startTrainingPool(
    {
      ...{ module: trainingModule(), memory: memory.memory, jobBytes: JOB_BYTES, batchIds },
      ...{ path: corpus.path, epochs: config.epochs, totalWords, rates, rounds },
    },
    threads,
    (worker, epoch, job) => {
      const { loss, pairs } = readJob({ buffer: job.buffer }, 0)
      ends[worker]![epoch - 1] = { loss, pairs }
    },
  )
  const sums = () => {
    const records = jobs.map(job => readJob(memory.memory, job))
    const loss = records.reduce((sum, record) => sum + record.loss, 0)
    return { loss, pairs: records.reduce((sum, record) => sum + record.pairs, 0) }
  }
  const save = async (positions: readonly TrainingPosition[]) => {
    if (!(allFinite(memory.input) && allFinite(memory.output))) {
      pool.stop()
      throw diverged(epochLosses(ends).length + 1)
    }
    const words = pool.words()
    const state: PredictionState = {
      threads: positions.map((position, worker) => {
        const { random, pairs, loss, words: kept } = readJob(memory.memory, jobs[worker]!)
        return {
          ...{ ...position, words: words[worker]!, random: String(random), pairs, loss, kept },
          ends: [...ends[worker]!],
        }
      }),
      ...{ seconds: (before?.state.seconds ?? 0) + seconds(), words: vocabulary.words.count },
      ...{ dimensions: config.dimensions, stride: memory.stride },
    }
    if (task.checkpointSeconds !== undefined) await savePrediction(run, state, memory)
  }
  await watchTraining(pool, {
    ...{ totalWords, epochs: config.epochs, sums, save, signal },
    ...{ checkpointSeconds: task.checkpointSeconds ?? Number.POSITIVE_INFINITY, onProgress: task.onProgress },
    rateAfter: words => Math.max(rates.last, rates.first + ((rates.last - rates.first) * words) / totalWords),
  })
  const trained = seconds()
  await save(await pool.done)
  const words = sum(pool.words())
  const epochs = epochLosses(ends)
  return {
    ...{ memory, epochs, words, deterministic: workers === 1 || rounds },
    finished: epochs.length === config.epochs,
    seconds: (before?.state.seconds ?? 0) + trained,
    wordsPerSecond: Math.round((words - sum(threads.map(thread => thread.words))) / Math.max(trained, 1e-3)),
  }
}

/** Room for the matrices, tables and jobs. */
function trainingMemory(
  { vocabulary, maximumSentence, workers, from }: EmbeddingTask,
  config: PredictionConfig,
  subwords: SubwordTable | undefined,
): { readonly memory: TrainingMemory; readonly batchIds: number; readonly rounds: boolean } {
  const { words, counts } = vocabulary
  const { architecture, dimensions, window, shrinkWindow, negative, negativeExponent } = config
  if (from !== undefined && config.objective === 'hierarchical-softmax' && from.words < words.count)
    throw new ElmanError('EMBEDDING_CANNOT_EXTEND', {
      message: `a model trained with hierarchical softmax cannot take ${words.count - from.words} new words`,
      hint: 'its output rows belong to the nodes of a tree of the old words: train anew, or with negative sampling',
    })
  const spec: TrainingSpec = {
    ...{ counts, architecture, dimensions, window, shrinkWindow, negative, negativeExponent, workers },
    ...{ negativeSharing: config.negativeSharing, sample: config.sample, cbowMean: config.cbowMean },
    ...{ loss: config.objective, predicts: config.predicts, batchIds: BATCH_IDS },
    inputRows: words.count + (config.subwords?.buckets ?? 0),
    outputRows: words.count,
    frozenRows: config.freezeKnown ? (from?.words ?? 0) : 0,
    ...(subwords === undefined ? {} : { subwords }),
  }
  const shared = () => ({ memory: createTrainingMemory(spec), batchIds: BATCH_IDS, rounds: false })
  const { threads } = config
  if (workers === 1 || threads === 'shared' || (threads === 'auto' && workers > 2)) return shared()
  // A round is one batch of each thread, which must hold the longest sentence.
  const batchIds = Math.max(Math.floor(ROUND_WORDS / workers), maximumSentence + 1)
  const inRounds = { ...spec, batchIds, roundWords: batchIds }
  if (threads === 'auto' && trainingMemoryBytes(inRounds) > ROUND_BYTES) return shared()
  return { memory: createTrainingMemory(inRounds), batchIds, rounds: true }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** Whether all numbers of a matrix are finite: zero times anything else is not zero. */
function allFinite(matrix: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < matrix.length; i++) sum += 0 * matrix[i]!
  return sum === 0
}

function diverged(epoch: number): ElmanError {
  return new ElmanError('EMBEDDING_DIVERGED', {
    message: `the vectors are no longer numbers, in epoch ${epoch}`,
    hint: 'take a lower learning rate; the last checkpoint holds the matrices as they were before',
  })
}
