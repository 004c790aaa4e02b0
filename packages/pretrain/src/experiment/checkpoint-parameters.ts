import { arrangeArrays, type Checkpoint, type Optimizer, type Parameters } from '@elman/core'

/**
 * The parameters of a checkpoint that evaluation uses: the averages where the optimiser keeps some.
 *
 * @param like - Parameters of the model, for their arrangement and types.
 * @throws `CHECKPOINT_OTHER_MODEL`
 */
export function checkpointParameters(
  checkpoint: Checkpoint,
  optimizer: Optimizer,
  like: Parameters,
): Parameters {
  const arrange = (part: string, wanted: Parameters) =>
    arrangeArrays(wanted, checkpoint.arrays[part] ?? new Map(), `${checkpoint.path}, ${part}`)
  const parameters = arrange('parameters', like)
  if (optimizer.evaluationParameters === undefined) return parameters
  return optimizer.evaluationParameters(parameters, arrange('optimizer', optimizer.init(like)))
}
