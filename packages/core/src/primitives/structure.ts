/** Primitives that move elements without changing them. */
import type { Primitive } from '../ir/primitive.ts'
import { apply, type Tensor } from '../ir/scope.ts'
import { sum } from '../ops/reduction.ts'
import { concat, pad, reshape, reverse, split, transpose } from '../ops/shape.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/dtype.ts'
import { filled, type NdArray } from '../tensor/nd-array.ts'
import { copyBlocks, gatherStrided, stridesOf } from '../tensor/strided.ts'
import { allBatched, inserted, mismatch, wrongDType } from './rules.ts'

/** Same elements, new shape. */
export const reshape_: Primitive<'reshape'> = {
  summary: 'The same elements in row-major order under another shape.',
  infer: (inputs, { shape }) => {
    if (
      sizeOf(shape) !== sizeOf(inputs[0]!.shape) ||
      shape.some(extent => extent < 0 || !Number.isInteger(extent))
    ) {
      throw mismatch(
        'reshape',
        `${sizeOf(inputs[0]!.shape)} elements, not shape [${shape.join(',')}]`,
        inputs,
      )
    }
    return [{ dtype: inputs[0]!.dtype, shape }]
  },
  derivative: ({ inputs, cotangents }) => [reshape(cotangents[0]!, inputs[0]!.shape)],
  batch: ({ inputs, attributes, size }) => [reshape(inputs[0]!, [size, ...attributes.shape])],
  evaluate: ([x], { shape }) => [{ dtype: x!.dtype, shape, data: x!.data }],
}

/** Axes in a new order. */
export const transpose_: Primitive<'transpose'> = {
  summary: 'Axes in a new order: axis i of the result is axis permutation[i] of the operand.',
  infer: (inputs, { permutation }) => {
    const shape = inputs[0]!.shape
    const seen = new Set(permutation.filter(axis => axis >= 0 && axis < shape.length))
    if (permutation.length !== shape.length || seen.size !== shape.length) {
      throw mismatch(
        'transpose',
        `a permutation of ${shape.length} axes, not [${permutation.join(',')}]`,
        inputs,
      )
    }
    return [{ dtype: inputs[0]!.dtype, shape: permutation.map(axis => shape[axis]!) }]
  },
  derivative: ({ cotangents, attributes }) => {
    const inverse: number[] = []
    attributes.permutation.forEach((axis, i) => {
      inverse[axis] = i
    })
    return [transpose(cotangents[0]!, inverse)]
  },
  batch: ({ inputs, attributes }) => [
    transpose(inputs[0]!, [0, ...attributes.permutation.map(axis => axis + 1)]),
  ],
  evaluate: ([x], { permutation }) => {
    const strides = stridesOf(x!.shape)
    const shape = permutation.map(axis => x!.shape[axis]!)
    return [
      gatherStrided(
        x!,
        shape,
        permutation.map(axis => strides[axis]!),
        0,
      ),
    ]
  },
}

/** Repetition along axes of extent 1. */
export const broadcastTo: Primitive<'broadcastTo'> = {
  summary: 'The operand repeated along axes of extent 1 or missing in front, up to a shape.',
  infer: (inputs, { shape }) => {
    const from = inputs[0]!.shape
    const fits =
      from.length <= shape.length &&
      from.every((extent, i) => extent === 1 || extent === shape[i + shape.length - from.length])
    if (!fits) throw mismatch('broadcastTo', `a shape that broadcasts to [${shape.join(',')}]`, inputs)
    return [{ dtype: inputs[0]!.dtype, shape }]
  },
  derivative: ({ inputs, cotangents }) => [sumToShape(cotangents[0]!, inputs[0]!.shape)],
  batch: ({ inputs, attributes, size }) =>
    apply('broadcastTo', [inserted(inputs[0]!, attributes.shape.length)], {
      shape: [size, ...attributes.shape],
    }),
  evaluate: ([x], { shape }) => {
    const strides = stridesOf(x!.shape)
    const offset = shape.length - x!.shape.length
    const repeated = shape.map((_, axis) =>
      axis < offset || x!.shape[axis - offset] === 1 ? 0 : strides[axis - offset]!,
    )
    return [gatherStrided(x!, shape, repeated, 0)]
  },
}

function sumToShape(x: Tensor, shape: Shape): Tensor {
  const offset = x.shape.length - shape.length
  const axes = x.shape.flatMap((extent, axis) => {
    const target = axis < offset ? undefined : shape[axis - offset]
    return target === undefined || (target === 1 && extent !== 1) ? [axis] : []
  })
  return reshape(sum(x, axes), shape)
}

/** A box of elements, with strides. */
export const slice: Primitive<'slice'> = {
  summary: 'Elements from starts up to (without) limits, every strides-th, along all axes.',
  infer: (inputs, { starts, limits, strides }) => {
    const shape = inputs[0]!.shape
    const fits =
      starts.length === shape.length &&
      shape.every(
        (n, i) => starts[i]! >= 0 && starts[i]! <= limits[i]! && limits[i]! <= n && strides[i]! >= 1,
      )
    if (!fits)
      throw mismatch(
        'slice',
        `bounds within the operand, not [${starts.join(',')}] to [${limits.join(',')}]`,
        inputs,
      )
    return [
      {
        dtype: inputs[0]!.dtype,
        shape: shape.map((_, i) => Math.ceil((limits[i]! - starts[i]!) / strides[i]!)),
      },
    ]
  },
  derivative: ({ inputs, outputs, cotangents, attributes: { starts, strides } }) => {
    const shape = inputs[0]!.shape
    let d = cotangents[0]!
    outputs[0]!.shape.forEach((extent, axis) => {
      const step = strides[axis]!
      if (step === 1 || extent === 0) return
      // Spread the elements: insert step − 1 zeros behind each, then drop what follows the last.
      const split = [...d.shape.slice(0, axis + 1), 1, ...d.shape.slice(axis + 1)]
      const high = split.map((_, i) => (i === axis + 1 ? step - 1 : 0))
      const spread = pad(
        reshape(d, split),
        split.map(() => 0),
        high,
      )
      const merged = [...d.shape.slice(0, axis), extent * step, ...d.shape.slice(axis + 1)]
      d = apply('slice', [reshape(spread, merged)], {
        starts: merged.map(() => 0),
        limits: merged.map((n, i) => (i === axis ? (extent - 1) * step + 1 : n)),
        strides: merged.map(() => 1),
      })[0]!
    })
    return [
      pad(
        d,
        starts,
        shape.map((n, i) => n - starts[i]! - d.shape[i]!),
      ),
    ]
  },
  batch: ({ inputs, attributes: { starts, limits, strides }, size }) =>
    apply('slice', inputs, { starts: [0, ...starts], limits: [size, ...limits], strides: [1, ...strides] }),
  evaluate: ([x], { starts, limits, strides }) => {
    const own = stridesOf(x!.shape)
    const shape = starts.map((start, i) => Math.ceil((limits[i]! - start) / strides[i]!))
    const offset = starts.reduce((at, start, i) => at + start * own[i]!, 0)
    return [
      gatherStrided(
        x!,
        shape,
        own.map((stride, i) => stride * strides[i]!),
        offset,
      ),
    ]
  },
}

/** Zeros around the operand. */
export const pad_: Primitive<'pad'> = {
  summary: 'Zeros added before (low) and after (high) along every axis.',
  infer: (inputs, { low, high }) => {
    const shape = inputs[0]!.shape
    if (low.length !== shape.length || high.length !== shape.length || [...low, ...high].some(n => n < 0)) {
      throw mismatch('pad', 'one amount of at least 0 for each side of each axis', inputs)
    }
    return [{ dtype: inputs[0]!.dtype, shape: shape.map((n, i) => n + low[i]! + high[i]!) }]
  },
  derivative: ({ inputs, cotangents, attributes: { low } }) =>
    apply('slice', [cotangents[0]!], {
      starts: low,
      limits: inputs[0]!.shape.map((n, i) => n + low[i]!),
      strides: low.map(() => 1),
    }),
  batch: ({ inputs, attributes: { low, high } }) => [pad(inputs[0]!, [0, ...low], [0, ...high])],
  evaluate: ([x], { low, high }) => {
    const result = filled(
      x!.shape.map((n, i) => n + low[i]! + high[i]!),
      0,
      x!.dtype,
    )
    copyBlocks(x!, result, low)
    return [result]
  },
}

/** Tensors one behind the other. */
export const concat_: Primitive<'concat'> = {
  summary: 'Tensors one behind the other along an axis.',
  infer: (inputs, { axis }) => {
    const first = inputs[0]!
    for (const input of inputs) {
      if (input.dtype !== first.dtype) throw wrongDType('concat', 'operands of one dtype', inputs)
      const fits = sameShape(input.shape.toSpliced(axis, 1), first.shape.toSpliced(axis, 1))
      if (!fits || input.shape.length !== first.shape.length)
        throw mismatch('concat', `shapes equal but for axis ${axis}`, inputs)
    }
    const extent = inputs.reduce((total, input) => total + input.shape[axis]!, 0)
    return [{ dtype: first.dtype, shape: first.shape.with(axis, extent) }]
  },
  derivative: ({ inputs, cotangents, attributes: { axis } }) =>
    split(
      cotangents[0]!,
      inputs.map(input => input.shape[axis]!),
      axis,
    ),
  batch: context => [concat(allBatched(context), context.attributes.axis + 1)],
  evaluate: (inputs, { axis }) => {
    const extent = inputs.reduce((total, input) => total + input.shape[axis]!, 0)
    const result = filled(inputs[0]!.shape.with(axis, extent), 0, inputs[0]!.dtype)
    let at = 0
    for (const input of inputs) {
      copyBlocks(
        input,
        result,
        result.shape.map((_, i) => (i === axis ? at : 0)),
      )
      at += input.shape[axis]!
    }
    return [result]
  },
}

/** A tensor cut into pieces. */
export const split_: Primitive<'split'> = {
  summary: 'Pieces of the given sizes along an axis: one output for each.',
  infer: (inputs, { axis, sizes }) => {
    const shape = inputs[0]!.shape
    if (sizes.reduce((a, b) => a + b, 0) !== shape[axis]) {
      throw mismatch(
        'split',
        `sizes that add up to the extent of axis ${axis}, not [${sizes.join(',')}]`,
        inputs,
      )
    }
    return sizes.map(size => ({ dtype: inputs[0]!.dtype, shape: shape.with(axis, size) }))
  },
  derivative: ({ inputs, outputs, cotangents, attributes: { axis } }) => [
    concat(
      cotangents.map((d, i) => d ?? filled(outputs[i]!.shape, 0, inputs[0]!.dtype)),
      axis,
    ),
  ],
  batch: ({ inputs, attributes: { axis, sizes } }) => apply('split', inputs, { axis: axis + 1, sizes }),
  evaluate: ([x], { axis, sizes }) => {
    const strides = stridesOf(x!.shape)
    let at = 0
    return sizes.map((size): NdArray => {
      const piece = gatherStrided(x!, x!.shape.with(axis, size), strides, at * strides[axis]!)
      at += size
      return piece
    })
  },
}

/** Elements in reverse order. */
export const reverse_: Primitive<'reverse'> = {
  summary: 'Elements in reverse order along an axis.',
  infer: inputs => [inputs[0]!],
  derivative: ({ cotangents, attributes: { axis } }) => [reverse(cotangents[0]!, axis)],
  batch: ({ inputs, attributes: { axis } }) => [reverse(inputs[0]!, axis + 1)],
  evaluate: ([x], { axis }) => {
    const strides = stridesOf(x!.shape)
    const last = Math.max(0, x!.shape[axis]! - 1) * strides[axis]!
    return [gatherStrided(x!, x!.shape, strides.with(axis, -strides[axis]!), last)]
  },
}
