/** From what a model makes of a text to its logits, losses and log-probabilities, by any softmax. */
import { childContext, type LayerContext, reshape, type Tensor, type TensorParameters } from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import type { HiddenStates, LanguageModel } from '../language-model/language-model.ts'
import type { SoftmaxInput, SoftmaxLayer } from './softmax-layer.ts'

/** What the softmax of a model needs of a pass over a text. */
export interface TextPass {
  readonly hidden: HiddenStates
  /** Word vectors (vocabulary, embedding). */
  readonly table: Tensor
  /** State after the last id. */
  readonly state: SequenceState
  /** (time · batch, vocabulary) to add to the logits. */
  readonly direct?: Tensor | undefined
}

/** The pass of a model up to its softmax. */
export type Pass = (
  parameters: TensorParameters,
  ids: Tensor,
  state: SequenceState,
  context: LayerContext,
) => TextPass

/** The methods of a language model that a softmax gives it, from the model's pass over a text. */
export function withSoftmax(
  layer: SoftmaxLayer,
  pass: Pass,
): Pick<LanguageModel, 'apply' | 'trainingLoss' | 'logProbabilities' | 'softmaxRankBound'> {
  const inputOf = ({ hidden, table, direct }: TextPass, context: LayerContext): SoftmaxInput => ({
    ...{ features: hidden.dropped, table, direct, context: childContext(context, 'softmax') },
  })
  const apply: LanguageModel['apply'] = (parameters, ids, state, context) => {
    const read = pass(parameters, ids, state, context)
    const { hidden, state: after } = read
    return { logits: layer.logits(parameters, inputOf(read, context)), state: after, hidden }
  }
  const { losses, label } = layer
  const trainingLoss: LanguageModel['trainingLoss'] =
    losses === undefined
      ? undefined
      : (parameters, ids, targets, state, context) => {
          const read = pass(parameters, ids, state, context)
          const each = losses(parameters, inputOf(read, context), reshape(targets, [-1]))
          return { losses: each, state: read.state, hidden: read.hidden, label }
        }
  const logProbabilities: LanguageModel['logProbabilities'] = (...args) => {
    const { logits, ...rest } = apply(...args)
    return { logProbabilities: logits, ...rest }
  }
  return {
    softmaxRankBound: layer.softmaxRankBound,
    apply,
    ...(trainingLoss && { trainingLoss }),
    ...(layer.normalized && { logProbabilities }),
  }
}
