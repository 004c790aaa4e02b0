import { ElmanError } from '../errors/elman-error.ts'
import { deepestScope, isTensorLike, lift, Scope, type Tensor } from '../ir/scope.ts'
import { broadcastTo } from '../ops/elementwise.ts'
import { formatType, isFloat, type Shape } from '../tensor/dtype.ts'
import { filled } from '../tensor/nd-array.ts'
import { linearize } from './linearize.ts'
import { optimizeForward } from './optimize.ts'
import { leavesOf, withLeaves } from './tree.ts'

/** A loss function: parameters and other arguments to a scalar, alone or with auxiliary results. */
export type LossFunction<P, Args extends readonly unknown[], Out> = (parameters: P, ...args: Args) => Out

/**
 * `valueAndGrad(f)(parameters, ...args)` is `[f(parameters, ...args), gradient]`, the gradient arranged like the
 * parameters (reverse mode, one pass). With `hasAux`, f returns `[loss, aux]` and so does the value. Parameters
 * that are not floats, or that the loss does not depend on, get zeros.
 *
 * @throws `GRAD_NOT_SCALAR` when the loss is not a float scalar.
 */
export function valueAndGrad<P, Args extends readonly unknown[], Out>(
  f: LossFunction<P, Args, Out>,
  options: { readonly hasAux?: boolean } = {},
): (parameters: P, ...args: Args) => [Out, P] {
  return (parameters, ...args) => {
    const tensors = leavesOf<Tensor>(parameters, isTensorLike)
    const scope = deepestScope(tensors, 'grad')
    const bound = tensors.map(tensor => lift(scope, tensor, 'float32'))
    const inner = new Scope(scope.primitives, scope)
    const symbolic = bound.map(tensor => inner.input(tensor))
    const out = f(withLeaves(parameters, isTensorLike, symbolic) as P, ...args)
    const results = leavesOf<Tensor>(out, isTensorLike).map(result => lift(inner, result, 'float32'))
    const loss = results[0]!
    if (loss === undefined || loss.shape.length !== 0 || !isFloat(loss.dtype)) {
      throw new ElmanError('GRAD_NOT_SCALAR', {
        message: 'grad differentiates a scalar loss',
        expected:
          options.hasAux === true
            ? 'a function that returns [float scalar, aux]'
            : 'a function that returns a float scalar',
        found: loss === undefined ? 'nothing' : formatType(loss),
        hint: 'reduce it with sum(...) or mean(...)',
      })
    }
    const traced = inner.finish(results)
    const captures = traced.inputs.slice(symbolic.length).map(value => inner.outerOf(value)!)
    const target = inner.parent ?? scope
    const graph = optimizeForward(scope.primitives, traced)
    const inputs = [...bound, ...captures]
    const { outputs, pull } = linearize(
      target,
      graph,
      inputs,
      inputs.map((_, i) => i < bound.length),
    )
    const seed = target.constant(filled([], 1, loss.dtype))
    const cotangents = pull(outputs.map((_, i) => (i === 0 ? seed : undefined)))
    const gradients = bound.map(
      (tensor, i) =>
        cotangents[i] ?? zeros(target, tensor.shape, tensor.dtype === 'float64' ? 'float64' : 'float32'),
    )
    return [
      withLeaves(out, isTensorLike, outputs) as Out,
      withLeaves(parameters, isTensorLike, gradients) as P,
    ]
  }
}

/** `grad(f)(parameters, ...args)`: the gradient of a scalar function with respect to its first argument. */
export function grad<P, Args extends readonly unknown[]>(
  f: LossFunction<P, Args, Tensor>,
): (parameters: P, ...args: Args) => P {
  const both = valueAndGrad(f)
  return (parameters, ...args) => both(parameters, ...args)[1]
}

function zeros(scope: Scope, shape: Shape, dtype: 'float32' | 'float64'): Tensor {
  return broadcastTo(scope.constant(filled([], 0, dtype)), shape)
}
