/** Losses and gradients of a segment of text as compiled graphs: to be collected, or to change the parameters. */
import {
  type Backend,
  type Executable,
  isFloat,
  isTensor,
  isTensorType,
  leavesOf,
  mean,
  type Parameters,
  reshape,
  sum,
  type Tensor,
  type TensorParameters,
  type TensorType,
  trace,
  valueAndGrad,
} from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import { parameterTypes, targetLosses } from '../language-model/evaluate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'
import type { UpdateRule } from './dynamic-rules.ts'
import type { EvaluatorSetup } from './text-evaluator.ts'

/** What one call of the gradient covers. */
export interface SegmentShape {
  readonly batch: number
  readonly time: number
  /** Of what the gradient is taken: the losses' mean (Krause et al.) or their sum (one step a token). */
  readonly reduction: 'mean' | 'sum'
}

/** The gradient goes back to the segment's start, without dropout. */
function segmentGradient(
  model: LanguageModel,
  reduction: SegmentShape['reduction'],
  parameters: TensorParameters,
  state: SequenceState,
  input: Tensor,
  target: Tensor,
) {
  const loss = (inner: TensorParameters): [Tensor, { losses: Tensor; after: SequenceState }] => {
    const read = targetLosses(model, inner, input, target, state, { mode: 'evaluate' })
    const losses = reshape(read.losses, [-1])
    return [reduction === 'mean' ? mean(losses) : sum(losses), { losses, after: read.state }]
  }
  const [[, aux], gradients] = valueAndGrad(loss, { hasAux: true })(parameters)
  return { ...aux, gradients: leavesOf<Tensor>(gradients, isTensor) }
}

/**
 * Compiles losses and gradients: parameters, state, ids, targets to the losses (time · batch), a gradient for each
 * parameter, and the state after.
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
      const given = [parameters as TensorParameters, state as SequenceState, input, target] as const
      const { losses, gradients, after } = segmentGradient(model, reduction, ...given)
      return [losses, gradients, after]
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

/**
 * Compiles losses and an update: parameters, state, ids, targets, and the rule's arrays (one of each kind for each
 * parameter that is of floats, kind by kind), to the losses before the update, the new values of the parameters of
 * floats, and the state after.
 */
export async function compileSegmentUpdate(
  backend: Backend,
  model: LanguageModel,
  { batch, time, reduction }: SegmentShape,
  rule: UpdateRule,
  { dtype = 'float32', threads }: EvaluatorSetup,
): Promise<Executable> {
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const types = parameterTypes(model, dtype)
  const floats = leavesOf<TensorType>(types, isTensorType).filter(type => isFloat(type.dtype))
  const { graph } = trace(
    (parameters, state, input, target, arrays) => {
      const given = [parameters as TensorParameters, state as SequenceState, input, target] as const
      const { losses, gradients, after } = segmentGradient(model, reduction, ...given)
      const leaves = leavesOf<Tensor>(parameters, isTensor)
      const learning = leaves.flatMap((value, leaf) =>
        isFloat(value.dtype) ? [[value, gradients[leaf]!]] : [],
      )
      const values = learning.map(([value, gradient], place) =>
        rule.update(value!, gradient!, arrays.map(kind => kind[place]!) as Tensor[]),
      )
      return [losses, values, after]
    },
    types,
    model.initialState(batch, dtype) as Parameters,
    ids,
    ids,
    rule.arrays.map(() => floats),
  )
  return backend.compile(graph, {
    name: 'segment-update',
    ...(threads === undefined ? {} : { threads }),
  })
}
