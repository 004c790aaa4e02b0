/** One memory for all that training touches: tables, the two matrices, and a job with its lists for each worker. */

import { ElmanError } from '@elman/core'
import { type WasmMemory, wasmMemory } from '../web-assembly.ts'
import { type HuffmanPaths, huffmanPaths } from './huffman.ts'
import { JOB_BYTES, type JobFields, writeJob, writeJobFields } from './job.ts'
import { fillKeepThresholds } from './keep-thresholds.ts'
import { fillNegativeParts, negativeParts, partCapacity } from './negative-parts.ts'
import { inputShares, outputShares } from './round-shares.ts'
import { fillSigmoidTable, SIGMOID_BINS } from './sigmoid-table.ts'
import { checkTrainingSpec, EXCHANGE_INTERVAL, HOT_ROWS, type TrainingSpec, TURN } from './training-spec.ts'

const PAGE = 65_536
/** What a 32-bit address reaches. */
const MAXIMUM_BYTES = 65_536 * PAGE
/** Nothing is put below: address 0 means "none". */
const FIRST_ADDRESS = 64

/** The part of a training memory that belongs to one worker. */
export interface TrainingWorker {
  /** Address of its job. */
  readonly job: number
  /** Address of {@link TrainingWorker.ids}. */
  readonly idsAddress: number
  /** Where the host puts the sentences of a batch: word indices, −1 after each sentence. */
  readonly ids: Int32Array
}

/** Memory of a training, ready but for the first values of the matrices: all rows are zero. */
export interface TrainingMemory {
  /** Shared: it can be sent to worker threads. */
  readonly memory: WasmMemory
  /** Floats from one row to the next: dimensions rounded up to a multiple of 4; those beyond stay zero. */
  readonly stride: number
  /** (inputRows, stride): the word vectors. */
  readonly input: Float32Array
  /** (outputRows, stride) */
  readonly output: Float32Array
  readonly workers: readonly TrainingWorker[]
}

/** Hands out addresses one after the other. */
interface Layout {
  take(bytes: number): number
  readonly bytes: number
}

function createLayout(): Layout {
  let next = FIRST_ADDRESS
  return {
    take(bytes) {
      const address = next
      next += Math.ceil(bytes / 64) * 64
      return address
    },
    get bytes() {
      return next
    },
  }
}

/** Where everything lies, without a memory yet. */
function layOut(spec: TrainingSpec, paths: HuffmanPaths | undefined) {
  const words = spec.counts.length
  const stride = Math.ceil(spec.dimensions / 4) * 4
  const row = stride * 4
  const layout = createLayout()
  const rounds = spec.roundWords !== undefined && spec.workers > 1
  const hot = spec.workers === 1 ? 0 : rounds ? Number.POSITIVE_INFINITY : (spec.hotRows ?? HOT_ROWS)
  const hotInputRows = Math.min(hot, spec.inputRows)
  const hotOutputRows = Math.min(hot, spec.outputRows, words)
  const parts = rounds ? 1 : negativeParts(spec)
  const aliasStride = partCapacity(words, hotOutputRows, parts) * 8
  const shared = {
    keep: layout.take(words * 4),
    sigmoid: layout.take(SIGMOID_BINS * 8),
    alias: paths ? 0 : layout.take(parts * aliasStride),
    aliasStride,
    partSizes: layout.take(parts * 4),
    progress: layout.take(4),
    pathOffsets: paths ? layout.take((words + 1) * 4) : 0,
    paths: paths ? layout.take(paths.steps.length * 4) : 0,
    subwordOffsets: spec.subwords ? layout.take((words + 1) * 4) : 0,
    subwordRows: spec.subwords ? layout.take(spec.subwords.rows.length * 4) : 0,
    input: layout.take(spec.inputRows * row),
    output: layout.take(spec.outputRows * row),
    inputShares: rounds ? layout.take(hotInputRows * 4) : 0,
    outputShares: rounds ? layout.take(hotOutputRows * 4) : 0,
  }
  const targets = Math.max(spec.negative + 1, paths?.longest ?? 0) * 4
  const sources = longestSources(spec) * 4
  const workers = Array.from({ length: spec.workers }, (_, worker) => {
    const job = layout.take(JOB_BYTES)
    const fields: JobFields = {
      ...shared,
      sinceMeeting: 2 ** 32 - 1,
      ...{ parts, part: 0, partTable: shared.alias, partSlots: words },
      ...{ worker, workers: spec.workers, turn: spec.negativeTurn ?? TURN },
      ids: layout.take(spec.batchIds * 4),
      sentence: layout.take(spec.batchIds * 4),
      targets: layout.take(targets),
      signs: layout.take(targets),
      negatives: layout.take(spec.negative * 4),
      sources: layout.take(sources),
      changes: layout.take(sources),
      sourcesEnd: 0,
      changesEnd: 0,
      hidden: layout.take(row),
      before: layout.take(row),
      change: layout.take(row),
      error: layout.take(row),
      discard: layout.take(row),
      hotInput: layout.take(hotInputRows * row),
      hotOutput: layout.take(hotOutputRows * row),
      baseInput: layout.take(hotInputRows * row),
      baseOutput: layout.take(hotOutputRows * row),
      hotInputRows,
      hotOutputRows,
      // In rounds nobody meets but when the host says so.
      interval: rounds ? 2 ** 32 - 1 : (spec.exchangeInterval ?? EXCHANGE_INTERVAL),
      frozenRows: spec.frozenRows ?? 0,
      stride: row,
      vocabulary: words,
      window: spec.window,
      negative: spec.negative,
      shrinkWindow: Number(spec.shrinkWindow),
      cbow: Number(spec.architecture === 'cbow'),
      cbowMean: Number(spec.cbowMean),
      hierarchical: Number(paths !== undefined),
      predictsContext: Number(spec.predicts === 'context'),
      sharedNegatives: Number(spec.negativeSharing === 'window' && !paths),
      subwords: Number(spec.subwords !== undefined),
    }
    return { job, fields }
  })
  return { shared, workers, stride, parts, hot: hotOutputRows, rounds, bytes: layout.bytes }
}

/** Most rows that one hidden row is made of. */
function longestSources(spec: TrainingSpec): number {
  let rows = 1
  const offsets = spec.subwords?.offsets
  for (let word = 0; offsets && word < spec.counts.length; word++) {
    rows = Math.max(rows, offsets[word + 1]! - offsets[word]!)
  }
  return spec.architecture === 'cbow' ? rows * 2 * spec.window : rows
}

/** Bytes that {@link createTrainingMemory} would take: mostly (inputRows + outputRows) × stride × 4. */
export function trainingMemoryBytes(spec: TrainingSpec): number {
  return layOut(spec, spec.loss === 'hierarchical-softmax' ? huffmanPaths(spec.counts) : undefined).bytes
}

/**
 * Allocates the memory of a training and fills its tables.
 *
 * @throws `EMBEDDING_MEMORY_LIMIT` when it would not fit in the 4 GiB that WebAssembly addresses; `EMBEDDING_MEMORY_REFUSED`
 * when the system does not give that much; what {@link checkTrainingSpec} throws.
 */
export function createTrainingMemory(spec: TrainingSpec): TrainingMemory {
  checkTrainingSpec(spec)
  const paths = spec.loss === 'hierarchical-softmax' ? huffmanPaths(spec.counts) : undefined
  const { shared, workers, stride, parts, hot, rounds, bytes } = layOut(spec, paths)
  const memory = allocateMemory(bytes, spec, stride)
  const words = spec.counts.length
  const { buffer } = memory
  fillKeepThresholds(new Uint32Array(buffer, shared.keep, words), spec.counts, spec.sample)
  fillSigmoidTable(new Float32Array(buffer, shared.sigmoid, SIGMOID_BINS * 2))
  if (paths) {
    new Uint32Array(buffer, shared.pathOffsets, words + 1).set(paths.offsets)
    new Uint32Array(buffer, shared.paths, paths.steps.length).set(paths.steps)
  } else {
    fillNegativeParts(buffer, shared, { hot, parts }, spec)
  }
  if (spec.subwords) {
    new Uint32Array(buffer, shared.subwordOffsets, words + 1).set(spec.subwords.offsets)
    new Int32Array(buffer, shared.subwordRows, spec.subwords.rows.length).set(spec.subwords.rows)
  }
  if (rounds) {
    new Float32Array(buffer, shared.inputShares, spec.inputRows).set(inputShares(spec))
    new Float32Array(buffer, shared.outputShares, hot).set(outputShares(spec, paths).subarray(0, hot))
  }
  for (const [index, { job, fields }] of workers.entries()) {
    writeJobFields(memory, job, fields)
    writeJob(memory, job, { random: BigInt(index + 1), pairs: 0, loss: 0, words: 0 })
  }
  return {
    memory,
    stride,
    input: new Float32Array(buffer, shared.input, spec.inputRows * stride),
    output: new Float32Array(buffer, shared.output, spec.outputRows * stride),
    workers: workers.map(({ job, fields }) => ({
      job,
      idsAddress: fields.ids,
      ids: new Int32Array(buffer, fields.ids, spec.batchIds),
    })),
  }
}

function allocateMemory(bytes: number, spec: TrainingSpec, stride: number): WasmMemory {
  const rows = spec.inputRows + spec.outputRows
  const where = `${rows} rows (${spec.inputRows} input, ${spec.outputRows} output) × ${stride} numbers × 4 bytes`
  if (bytes > MAXIMUM_BYTES) {
    const fewer = Math.floor((MAXIMUM_BYTES - (bytes - rows * stride * 4)) / rows / 16) * 4
    throw new ElmanError('EMBEDDING_MEMORY_LIMIT', {
      message: 'the matrices do not fit in the memory that training can address',
      expected: `at most ${MAXIMUM_BYTES} bytes (4 GiB)`,
      found: `${bytes} bytes: ${where}, and tables`,
      hint: [
        'Raise minimumCount or set maximumSize for fewer words, or use fewer buckets of sub-words',
        ...(fewer > 0 ? [`Or train vectors of at most ${fewer} dimensions`] : []),
      ],
    })
  }
  try {
    return wasmMemory(bytes)
  } catch (cause) {
    throw new ElmanError('EMBEDDING_MEMORY_REFUSED', {
      message: `the system gave no ${Math.ceil(bytes / 2 ** 20)} MiB for training`,
      found: where,
      hint: 'Close other programs, or train fewer words or dimensions',
      cause,
    })
  }
}
