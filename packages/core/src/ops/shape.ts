import { ElmanError } from '../errors/elman-error.ts'
import { apply, type Tensor, type TensorLike } from '../ir/scope.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/dtype.ts'

/**
 * An axis counted from the front; negative ones count from the back.
 *
 * @throws `AXIS_OUT_OF_RANGE` when the tensor has no such axis.
 */
export function normalizeAxis(axis: number, rank: number, name: string): number {
  const normal = axis < 0 ? axis + rank : axis
  if (Number.isInteger(axis) && normal >= 0 && normal < rank) return normal
  throw new ElmanError('AXIS_OUT_OF_RANGE', {
    message: `"${name}" was given axis ${axis}`,
    expected: rank === 0 ? 'no axis: the tensor is a scalar' : `an axis from ${-rank} to ${rank - 1}`,
  })
}

/** The same elements, row-major, under another shape; one extent may be −1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1)
  const full = shape.map(extent => (extent === -1 ? sizeOf(x.shape) / known : extent))
  return sameShape(full, x.shape) ? x : apply('reshape', [x], { shape: full })[0]!
}

/** Axes in a new order; reversed when no order is given. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const order = permutation ?? x.shape.map((_, axis) => x.shape.length - 1 - axis)
  if (order.every((axis, i) => axis === i)) return x
  return apply('transpose', [x], { permutation: order })[0]!
}

/** A new axis of extent 1 before `axis`. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])
}

/** Elements from `start` up to, without, `limit` along one axis. Negative bounds count from the end. */
export function sliceAxis(x: Tensor, axis: number, start: number, limit?: number): Tensor {
  const at = normalizeAxis(axis, x.shape.length, 'slice')
  const extent = x.shape[at]!
  const from = start < 0 ? start + extent : start
  const to = limit === undefined ? extent : limit < 0 ? limit + extent : limit
  if (from === 0 && to === extent) return x
  return apply('slice', [x], {
    starts: x.shape.map((_, i) => (i === at ? from : 0)),
    limits: x.shape.map((n, i) => (i === at ? to : n)),
    strides: x.shape.map(() => 1),
  })[0]!
}

/** One element along an axis, which disappears. */
export function indexAxis(x: Tensor, axis: number, index: number): Tensor {
  const at = normalizeAxis(axis, x.shape.length, 'index')
  const one = sliceAxis(x, at, index, index === -1 ? undefined : index + 1)
  return reshape(one, [...x.shape.slice(0, at), ...x.shape.slice(at + 1)])
}

/** Zeros added before (`low`) and after (`high`) along every axis. */
export function pad(x: Tensor, low: readonly number[], high: readonly number[]): Tensor {
  if (low.every(n => n === 0) && high.every(n => n === 0)) return x
  return apply('pad', [x], { low, high })[0]!
}

/** Tensors one behind the other along an existing axis. */
export function concat(parts: readonly TensorLike[], axis = 0): Tensor {
  const first = parts[0]
  const rank = first === undefined || typeof first === 'number' ? 0 : first.shape.length
  const at = normalizeAxis(axis, rank, 'concat')
  return apply('concat', parts, { axis: at })[0]!
}

/** Tensors of one shape side by side along a new axis. */
export function stack(parts: readonly Tensor[], axis = 0): Tensor {
  return concat(
    parts.map(part => expandDims(part, axis)),
    axis,
  )
}

/**
 * Cuts a tensor along an axis: into `parts` equal pieces, or into pieces of the given sizes.
 *
 * @throws `SHAPE_MISMATCH` when the axis does not divide so.
 */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  const at = normalizeAxis(axis, x.shape.length, 'split')
  const extent = x.shape[at]!
  if (typeof parts === 'number' && extent % parts !== 0) {
    throw new ElmanError('SHAPE_MISMATCH', {
      message: `axis ${at} of [${x.shape.join(',')}] does not divide into ${parts} equal parts`,
    })
  }
  const sizes = typeof parts === 'number' ? Array.from({ length: parts }, () => extent / parts) : parts
  return sizes.length === 1 && sizes[0] === extent ? [x] : apply('split', [x], { axis: at, sizes })
}

/** Elements in reverse order along an axis. */
export function reverse(x: Tensor, axis = 0): Tensor {
  return apply('reverse', [x], { axis: normalizeAxis(axis, x.shape.length, 'reverse') })[0]!
}
