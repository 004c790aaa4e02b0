import {
  type Backend,
  type Executable,
  isTensor,
  leavesOf,
  mean,
  type Parameters,
  reshape,
  sum,
  type Tensor,
  type TensorParameters,
  trace,
  valueAndGrad,
} from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import { parameterTypes, targetLosses } from '../language-model/evaluate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'
import type { EvaluatorSetup } from './text-evaluator.ts'

/** What one call of the gradient covers. */
export interface SegmentShape {
  readonly batch: number
  readonly time: number
  /** Of what the gradient is taken: the losses' mean (Krause et al.) or their sum (one step a token). */
  readonly reduction: 'mean' | 'sum'
}

/**
 * Compiles losses and gradients of a segment, without dropout: parameters, state, ids, targets to the losses
 * (time · batch), a gradient for each parameter, and the state after. The gradient goes back to the segment's start.
 */
export async function compileSegmentGradient(
  backend: Backend,
  model: LanguageModel,
  { batch, time, reduction }: SegmentShape,
  { dtype = 'float32', threads }: EvaluatorSetup,
): Promise<Executable> {
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const { graph } = trace(
    (parameters, state, input, target) => {
      const loss = (inner: TensorParameters): [Tensor, { losses: Tensor; state: SequenceState }] => {
        const context = { mode: 'evaluate' } as const
        const read = targetLosses(model, inner, input, target, state as SequenceState, context)
        const losses = reshape(read.losses, [-1])
        return [reduction === 'mean' ? mean(losses) : sum(losses), { losses, state: read.state }]
      }
      const [[, { losses, state: after }], gradients] = valueAndGrad(loss, { hasAux: true })(
        parameters as TensorParameters,
      )
      return [losses, leavesOf<Tensor>(gradients, isTensor), after]
    },
    parameterTypes(model, dtype),
    model.initialState(batch, dtype) as Parameters,
    ids,
    ids,
  )
  return backend.compile(graph, {
    name: 'segment-gradient',
    ...(threads === undefined ? {} : { threads }),
  })
}
