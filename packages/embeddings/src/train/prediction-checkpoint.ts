/** What a stopped training of skip-gram or CBOW goes on from: both matrices, and where each thread was. */
import { ElmanError, type JsonValue, loadCheckpoint, ndArray, type Run, saveCheckpoint } from '@elman/core'
import { z } from 'zod'
import type { TrainedMatrices } from './embedding-method.ts'

const threadState = z.object({
  /** Epochs finished, and the integer of the corpus file that is read next. */
  epoch: z.int().min(0),
  position: z.int().min(0),
  /** Words of the text done, all epochs together. */
  words: z.int().min(0),
  /** The generator's 64 bits. */
  random: z.string().regex(/^\d+$/),
  /** Sums of the job record: pairs, their loss, and words that were not thinned out. */
  pairs: z.number(),
  loss: z.number(),
  kept: z.number(),
  /** The sums at the end of each epoch. */
  ends: z.array(z.object({ loss: z.number(), pairs: z.number() })),
})

const stateSchema = z.object({
  threads: z.array(threadState).min(1),
  /** Seconds trained so far. */
  seconds: z.number(),
  words: z.int().min(1),
  dimensions: z.int().min(1),
  stride: z.int().min(1),
})

/** All that a checkpoint holds besides the matrices. */
export type PredictionState = z.infer<typeof stateSchema>

/** A checkpoint that was read. */
export interface PredictionCheckpoint {
  readonly state: PredictionState
  readonly input: Float32Array
  readonly output: Float32Array
}

/** Saves a checkpoint; its step is the number of words done. */
export async function savePrediction(
  run: Run,
  state: PredictionState,
  { input, output }: { readonly input: Float32Array; readonly output: Float32Array },
): Promise<void> {
  const rows = (matrix: Float32Array) =>
    ndArray('float32', [matrix.length / state.stride, state.stride], matrix)
  const done = state.threads.reduce((sum, { words }) => sum + words, 0)
  const arrays = { model: { input: rows(input), output: rows(output) } }
  await saveCheckpoint(run, done, { arrays, state }, { keep: 1 })
}

/**
 * Reads the latest checkpoint of a run.
 *
 * @throws `CHECKPOINT_NONE`, `CHECKPOINT_DAMAGED`; `EMBEDDING_CHECKPOINT_INVALID` when it is of another method.
 */
export async function loadPrediction(run: Pick<Run, 'path'>): Promise<PredictionCheckpoint> {
  const { arrays, state, path } = await loadCheckpoint(run)
  const parsed = stateSchema.safeParse(state as JsonValue)
  const input = arrays.model?.get('input')?.data
  const output = arrays.model?.get('output')?.data
  if (parsed.success && input instanceof Float32Array && output instanceof Float32Array)
    return { state: parsed.data, input, output }
  throw new ElmanError('EMBEDDING_CHECKPOINT_INVALID', {
    message: 'the checkpoint is not one of a skip-gram or CBOW training',
    found: parsed.success ? 'no matrices "input" and "output"' : z.prettifyError(parsed.error),
    where: path,
    hint: 'give the folder of a run made by method word2vec or fasttext',
  })
}

/** The matrices of a run, to go on from with more text. @throws as {@link loadPrediction} */
export async function loadMatrices(run: Pick<Run, 'path'>): Promise<TrainedMatrices> {
  const { state, input, output } = await loadPrediction(run)
  const { words, dimensions, stride } = state
  return { words, dimensions, stride, input, output }
}
