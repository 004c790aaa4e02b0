/** The state that a training begins in: first values, those of a model before, or those of a checkpoint. */
import { ElmanError, random } from '@elman/core'
import { writeJob } from '../kernels/training/job.ts'
import type { TrainingMemory } from '../kernels/training/training-memory.ts'
import type { EmbeddingTask, TrainedMatrices } from './embedding-method.ts'
import { fillRandomRows } from './initial-rows.ts'
import type { PredictionCheckpoint } from './prediction-checkpoint.ts'
import type { PredictionConfig } from './word2vec-config.ts'

/** Input rows random, output rows zero; rows of a model to go on from in their places. */
export function initialise(
  memory: TrainingMemory,
  { seed, from, vocabulary }: Pick<EmbeddingTask, 'seed' | 'from' | 'vocabulary'>,
  { dimensions, initialWidth }: Pick<PredictionConfig, 'dimensions' | 'initialWidth'>,
): void {
  const key = random.key(seed)
  fillRandomRows(memory.input, {
    ...{ stride: memory.stride, dimensions, width: initialWidth / dimensions },
    key: random.foldIn(key, 'input'),
  })
  memory.output.fill(0)
  if (from !== undefined) copyKnown(memory, from, vocabulary.words.count)
  memory.workers.forEach(({ job }, worker) => {
    const [high, low] = random.foldIn(random.foldIn(key, 'threads'), worker)
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
    writeJob(memory.memory, job, { random: bits, pairs: 0, loss: 0, words: 0 })
  })
}

/** Words keep their places; rows of sub-words move behind the words that are new. */
function copyKnown({ stride, input, output }: TrainingMemory, from: TrainedMatrices, words: number): void {
  const known = from.input.subarray(0, from.words * stride)
  const subwords = from.input.subarray(from.words * stride)
  const fits =
    from.stride === stride &&
    from.words <= words &&
    subwords.length === input.length - words * stride &&
    from.output.length <= output.length
  if (!fits)
    throw mismatch(
      'rows of the model',
      `dimensions and sub-words as now: ${input.length / stride} rows of ${stride}`,
      `${from.input.length / from.stride} rows of ${from.stride}`,
      'go on with the dimensions and sub-words that the model has',
    )
  input.set(known)
  input.set(subwords, words * stride)
  output.set(from.output)
}

/** Everything as it was when the checkpoint was written. @throws `EMBEDDING_RESUME_MISMATCH` */
export function restore(
  memory: TrainingMemory,
  { state, input, output }: PredictionCheckpoint,
  workers: number,
): void {
  const { threads } = state
  if (threads.length !== workers)
    throw mismatch(
      'threads',
      String(threads.length),
      String(workers),
      'resume with as many as it was begun with',
    )
  if (input.length !== memory.input.length || output.length !== memory.output.length)
    throw mismatch(
      'numbers in the matrices',
      `${memory.input.length} and ${memory.output.length}`,
      `${input.length} and ${output.length}`,
      'the vocabulary or the options in the folder were changed: start anew',
    )
  memory.input.set(input)
  memory.output.set(output)
  threads.forEach(({ random: bits, pairs, loss, kept }, worker) => {
    writeJob(memory.memory, memory.workers[worker]!.job, { random: BigInt(bits), pairs, loss, words: kept })
  })
}

function mismatch(what: string, expected: string, found: string, hint: string): ElmanError {
  return new ElmanError('EMBEDDING_RESUME_MISMATCH', {
    message: `what was trained before does not fit this training: ${what}`,
    expected,
    found,
    hint,
  })
}
