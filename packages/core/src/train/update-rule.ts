import type { Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'

/** What an update may read. */
export interface UpdateInput {
  readonly gradients: TensorParameters
  readonly state: TensorParameters
  readonly parameters: TensorParameters
  /** Learning rate, scalar of the parameters' dtype. */
  readonly rate: Tensor
  /** Updates done before this one, int32 scalar. */
  readonly step: Tensor
}

/** How parameters change by their gradients: what a train step needs of an optimiser. */
export interface UpdateRule {
  /** State before the first update; `{}` where there is none. */
  init(parameters: Parameters): Parameters
  /** New parameters and state, arranged like those that came in. */
  update(input: UpdateInput): { readonly parameters: TensorParameters; readonly state: TensorParameters }
}
