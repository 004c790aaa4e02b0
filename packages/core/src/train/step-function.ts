/** The functions that train steps are traced from: loss with gradients, clipping, update. Nothing here runs. */
import type { Tensor } from '../ir/scope.ts'
import { isTensor } from '../ir/scope.ts'
import type { TensorParameters } from '../nn/layer.ts'
import { add, cast, mul } from '../ops/elementwise.ts'
import { reshape } from '../ops/shape.ts'
import { type ClippedGradients, clipByGlobalNorm, gradientNorms } from '../optim/clipping.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { leavesWithPaths, withLeaves } from '../transform/tree.ts'
import type { Objective, TensorBatch } from './objective.ts'

/** What one step reads. */
export interface StepInput {
  readonly parameters: TensorParameters
  readonly optimizer: TensorParameters
  readonly carried: TensorParameters
  readonly batch: TensorBatch
  /** int32[2], of this step alone. */
  readonly key: Tensor
  /** Updates done before, int32 scalar. */
  readonly step: Tensor
  /** Learning rate, float scalar. */
  readonly rate: Tensor
}

/** What one step makes. */
export interface StepOutput {
  readonly parameters: TensorParameters
  readonly optimizer: TensorParameters
  readonly carried: TensorParameters
  /** Mean nats per token, before the update, without auxiliary losses. */
  readonly loss: Tensor
  /** Norm of each parameter's gradient, in the order of the leaves, before clipping. */
  readonly norms: Tensor
  /** Norm of the whole gradient, before clipping. */
  readonly gradientNorm: Tensor
}

/** How a gradient becomes an update. */
export interface StepOptions {
  /**
   * Factor on the loss before it is differentiated: 1 for a mean over all tokens, the window length for the sum over
   * time and mean over rows that Zaremba et al. (2014) take. Clipping and the rate see the scaled gradient.
   */
  readonly lossScale?: number | undefined
}

/** Gradients and what came with them. */
export interface Gradients {
  readonly loss: Tensor
  readonly carried: TensorParameters
  readonly gradients: TensorParameters
  /** New values of state that is not trained, by parameter path. */
  readonly updates: { readonly [path: string]: Tensor }
}

/** Loss and gradients of one batch. */
export function gradientsOf(
  objective: Objective,
  lossScale: number,
  { parameters, carried, batch, key }: Pick<StepInput, 'parameters' | 'carried' | 'batch' | 'key'>,
): Gradients {
  const withAuxiliary = (inner: TensorParameters): [Tensor, Omit<Gradients, 'gradients'>] => {
    const extra: Tensor[] = []
    const updates: { [path: string]: Tensor } = {}
    const result = objective.loss(inner, carried, batch, {
      mode: 'train',
      key,
      addLoss: (_name, loss) => extra.push(loss),
      updateState: (path, value) => {
        updates[path] = value
      },
    })
    const total = extra.reduce((all, loss) => add(all, loss), result.loss)
    return [
      lossScale === 1 ? total : mul(total, lossScale),
      { loss: result.loss, carried: result.carried, updates },
    ]
  }
  const [[, aux], gradients] = valueAndGrad(withAuxiliary, { hasAux: true })(parameters)
  return { ...aux, gradients }
}

/** Gradients scaled down to a global norm where a limit is given, and their norms before. */
export function clipGradients(gradients: TensorParameters, clip: number | undefined): ClippedGradients {
  return clip === undefined ? { gradients, ...gradientNorms(gradients) } : clipByGlobalNorm(gradients, clip)
}

/** One whole step: forward, backward, clip, update. */
export function stepFunction(
  objective: Objective,
  optimizer: Optimizer,
  { lossScale = 1 }: StepOptions,
): (input: StepInput) => StepOutput {
  return input => {
    const { loss, carried, gradients, updates } = gradientsOf(objective, lossScale, input)
    const clipped = clipGradients(gradients, optimizer.clip)
    const after = optimizer.update({
      gradients: clipped.gradients,
      state: input.optimizer,
      parameters: input.parameters,
      rate: input.rate,
      step: input.step,
    })
    return {
      parameters: withUpdates(after.parameters, updates),
      optimizer: after.state,
      carried,
      loss,
      norms: clipped.norms,
      gradientNorm: clipped.norm,
    }
  }
}

/** Parameters with the leaves at some paths replaced, such as running statistics. */
function withUpdates(
  parameters: TensorParameters,
  updates: { readonly [path: string]: Tensor },
): TensorParameters {
  if (Object.keys(updates).length === 0) return parameters
  const leaves = leavesWithPaths<Tensor>(parameters, isTensor)
  const replaced = leaves.map(({ path, leaf }) => {
    const update = updates[path]
    return update === undefined ? leaf : reshape(cast(update, leaf.dtype), leaf.shape)
  })
  return withLeaves(parameters, isTensor, replaced) as TensorParameters
}
