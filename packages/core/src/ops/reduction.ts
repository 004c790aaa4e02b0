import { apply, type Tensor } from '../ir/scope.ts'
import { add, div, exp, log, mul, sqrt, stopGradient, sub } from './elementwise.ts'
import { normalizeAxis, reshape } from './shape.ts'

/** How a reduction treats the axes that it sums away. */
export interface ReduceOptions {
  /** Leaves them with extent 1. */
  readonly keepDims?: boolean
}

/** One axis, several, or (undefined) all. */
export type Axes = number | readonly number[] | undefined

function reduce(name: 'reduceSum' | 'reduceMax', x: Tensor, axes: Axes, options: ReduceOptions): Tensor {
  const rank = x.shape.length
  const list = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : axes
  const normal = list.map(axis => normalizeAxis(axis, rank, name)).sort((a, b) => a - b)
  const result = normal.length === 0 ? x : apply(name, [x], { axes: normal })[0]!
  if (options.keepDims !== true) return result
  return reshape(
    result,
    x.shape.map((extent, axis) => (normal.includes(axis) ? 1 : extent)),
  )
}

/** Sum over axes (all when none is given). */
export function sum(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduce('reduceSum', x, axes, options)
}

/** Mean over axes (all when none is given). */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const list = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : axes
  const count = list.reduce(
    (product, axis) => product * x.shape[normalizeAxis(axis, x.shape.length, 'mean')]!,
    1,
  )
  return mul(sum(x, axes, options), 1 / count)
}

/** Largest element over axes (all when none is given); ties share the gradient. */
export function max(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduce('reduceMax', x, axes, options)
}

/** Mean squared distance from the mean, over axes (the biased estimate, as in layer normalisation). */
export function variance(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const centred = sub(x, mean(x, axes, { keepDims: true }))
  return mean(mul(centred, centred), axes, options)
}

/** (x − mean) / sqrt(variance + epsilon) over axes. */
export function standardize(x: Tensor, axes: Axes, epsilon: number): Tensor {
  const centred = sub(x, mean(x, axes, { keepDims: true }))
  return div(centred, sqrt(add(mean(mul(centred, centred), axes, { keepDims: true }), epsilon)))
}

/** ln Σ eˣ over one axis, without overflow. */
export function logSumExp(x: Tensor, axis = -1, options: ReduceOptions = {}): Tensor {
  const peak = stopGradient(max(x, axis, { keepDims: true }))
  const total = add(log(sum(exp(sub(x, peak)), axis, { keepDims: true })), peak)
  return options.keepDims === true ? total : reshape(total, max(x, axis).shape)
}

/** Running sum along an axis; with `reverse` from the end. */
export function cumulativeSum(x: Tensor, axis: number, options: { readonly reverse?: boolean } = {}): Tensor {
  const at = normalizeAxis(axis, x.shape.length, 'cumulativeSum')
  return apply('cumulativeSum', [x], { axis: at, reverse: options.reverse ?? false })[0]!
}

/** Index of the largest element along an axis (the first of equals), int32. */
export function argMax(x: Tensor, axis = -1): Tensor {
  return apply('argMax', [x], { axis: normalizeAxis(axis, x.shape.length, 'argMax') })[0]!
}
