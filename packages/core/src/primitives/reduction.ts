/** Primitives that combine the elements along axes. */
import type { Primitive } from '../ir/primitive.ts'
import { apply, type Tensor } from '../ir/scope.ts'
import { broadcastTo, cast, div, equal, mul } from '../ops/elementwise.ts'
import { cumulativeSum, sum } from '../ops/reduction.ts'
import { reshape } from '../ops/shape.ts'
import type { Shape } from '../tensor/dtype.ts'
import { filled, type NdArray } from '../tensor/nd-array.ts'
import { forEachPosition, stridesOf } from '../tensor/strided.ts'
import { floatOnly, mismatch, wrongDType } from './rules.ts'

function without(shape: Shape, axes: readonly number[]): Shape {
  return shape.filter((_, axis) => !axes.includes(axis))
}

function kept(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
}

/** A reduced tensor repeated along the axes that were reduced. */
function spread(x: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(x, kept(shape, axes)), shape)
}

function fold(
  x: NdArray,
  axes: readonly number[],
  start: number,
  f: (total: number, value: number) => number,
): NdArray {
  const result = filled(without(x.shape, axes), 0, x.dtype)
  const totals = new Float64Array(result.data.length).fill(start)
  const own = stridesOf(result.shape)
  let next = 0
  const target = x.shape.map((_, axis) => (axes.includes(axis) ? 0 : own[next++]!))
  let i = 0
  forEachPosition(x.shape, target, 0, position => {
    totals[position] = f(totals[position]!, Number(x.data[i++]!))
  })
  for (let j = 0; j < totals.length; j++)
    result.data[j] = (x.dtype === 'int64' ? BigInt(totals[j]!) : totals[j]!) as never
  return result
}

/** Sum over axes; they disappear. */
export const reduceSum: Primitive<'reduceSum'> = {
  summary: 'Sum over axes, which disappear.',
  infer: (inputs, { axes }) => {
    const { dtype, shape } = inputs[0]!
    if (dtype === 'bool') throw wrongDType('reduceSum', 'numbers', inputs)
    if (axes.some(axis => axis < 0 || axis >= shape.length))
      throw mismatch('reduceSum', `axes of the operand, not [${axes.join(',')}]`, inputs)
    return [{ dtype, shape: without(shape, axes) }]
  },
  derivative: ({ inputs, cotangents, attributes: { axes } }) => [
    spread(cotangents[0]!, inputs[0]!.shape, axes),
  ],
  batch: ({ inputs, attributes: { axes } }) => [
    sum(
      inputs[0]!,
      axes.map(axis => axis + 1),
    ),
  ],
  evaluate: ([x], { axes }) => [fold(x!, axes, 0, (total, value) => total + value)],
}

/** Largest element over axes. */
export const reduceMax: Primitive<'reduceMax'> = {
  summary: 'Largest element over axes, which disappear; ties share the gradient.',
  infer: (inputs, { axes }) => {
    const { dtype, shape } = floatOnly('reduceMax', inputs)
    return [{ dtype, shape: without(shape, axes) }]
  },
  derivative: ({ inputs: [x], outputs: [y], cotangents: [d], attributes: { axes } }) => {
    const hits = cast(equal(x!, spread(y!, x!.shape, axes)), x!.dtype)
    const share = div(d!, sum(hits, axes))
    return [mul(hits, spread(share, x!.shape, axes))]
  },
  batch: ({ inputs, attributes: { axes } }) =>
    apply('reduceMax', inputs, { axes: axes.map(axis => axis + 1) }),
  evaluate: ([x], { axes }) => [
    fold(x!, axes, Number.NEGATIVE_INFINITY, (total, value) =>
      Number.isNaN(total) || value > total || Number.isNaN(value)
        ? Number.isNaN(total)
          ? total
          : value
        : total,
    ),
  ],
}

/** Position of the largest element. */
export const argMax: Primitive<'argMax'> = {
  summary: 'Index of the largest element along an axis (the first of equals), int32.',
  infer: (inputs, { axis }) => [
    { dtype: 'int32', shape: without(floatOnly('argMax', inputs).shape, [axis]) },
  ],
  derivative: 'none',
  batch: ({ inputs, attributes: { axis } }) => apply('argMax', inputs, { axis: axis + 1 }),
  evaluate: ([x], { axis }) => {
    const result = filled(without(x!.shape, [axis]), 0, 'int32')
    const stride = stridesOf(x!.shape)[axis]!
    const starts = stridesOf(x!.shape).toSpliced(axis, 1)
    let i = 0
    forEachPosition(result.shape, starts, 0, position => {
      let best = 0
      for (let k = 1; k < x!.shape[axis]!; k++) {
        if (x!.data[position + k * stride]! > x!.data[position + best * stride]!) best = k
      }
      result.data[i++] = best
    })
    return [result]
  },
}

/** Running sum. */
export const cumulativeSum_: Primitive<'cumulativeSum'> = {
  summary:
    'Running sum along an axis, from the front or (reverse) from the back; every element counts itself.',
  infer: inputs => [floatOnly('cumulativeSum', inputs)],
  derivative: ({ cotangents, attributes: { axis, reverse } }) => [
    cumulativeSum(cotangents[0]!, axis, { reverse: !reverse }),
  ],
  batch: ({ inputs, attributes: { axis, reverse } }) => [cumulativeSum(inputs[0]!, axis + 1, { reverse })],
  evaluate: ([x], { axis, reverse }) => {
    const result = filled(x!.shape, 0, x!.dtype)
    const strides = stridesOf(x!.shape)
    const extent = x!.shape[axis]!
    const stride = strides[axis]!
    forEachPosition(x!.shape.toSpliced(axis, 1), strides.toSpliced(axis, 1), 0, position => {
      let total = 0
      for (let k = 0; k < extent; k++) {
        const at = position + (reverse ? extent - 1 - k : k) * stride
        total += x!.data[at] as number
        result.data[at] = total
      }
    })
    return [result]
  },
}
