/**
 * Random numbers as functions of a key (int32 (..., 2)); leading axes of the key give that many streams. The bits
 * are those of the host generator in random/, on every backend.
 */
import type { PrimitiveName } from '../ir/attributes.ts'
import type { Primitive } from '../ir/primitive.ts'
import { apply, type Tensor } from '../ir/scope.ts'
import { bernoulliMask as hostMask } from '../random/bernoulli-mask.ts'
import { randomBits as hostBits } from '../random/bits.ts'
import { foldIn as hostFoldIn, type Key } from '../random/keys.ts'
import { uniform } from '../random/uniform.ts'
import { allocate, type DType, type Shape, sizeOf, type TensorType } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { allBatched, mismatch } from './rules.ts'

function streams(name: PrimitiveName, inputs: readonly TensorType[]): Shape {
  const key = inputs[0]!
  if (key.dtype !== 'int32' || key.shape.at(-1) !== 2) throw mismatch(name, 'a key: int32 (..., 2)', inputs)
  return key.shape.slice(0, -1)
}

function keyAt(keys: NdArray, stream: number): Key {
  return [Number(keys.data[2 * stream]!), Number(keys.data[2 * stream + 1]!)]
}

/** Draws every stream into its part of one array. */
function drawAll(
  keys: NdArray,
  shape: Shape,
  dtype: DType,
  draw: (key: Key, size: number) => ArrayLike<number>,
): NdArray[] {
  const lead = keys.shape.slice(0, -1)
  const size = sizeOf(shape)
  const data = allocate(dtype, sizeOf(lead) * size)
  for (let stream = 0; stream < sizeOf(lead); stream++)
    (data as Float32Array).set(draw(keyAt(keys, stream), size), stream * size)
  return [{ dtype, shape: [...lead, ...shape], data }]
}

/** A key for part `data` of what a key stands for. */
export const foldIn: Primitive<'foldIn'> = {
  summary:
    'A new key from a key (..., 2) and an integer (...) of at least 0, as foldIn of the host generator.',
  infer: inputs => {
    const lead = streams('foldIn', inputs)
    if (inputs[1]!.dtype !== 'int32' || inputs[1]!.shape.length !== lead.length)
      throw mismatch('foldIn', 'one int32 for every key', inputs)
    return [{ dtype: 'int32', shape: inputs[0]!.shape }]
  },
  derivative: 'none',
  batch: context => apply('foldIn', allBatched(context) as Tensor[], {}),
  evaluate: ([keys, data]) => {
    const result = new Int32Array(keys!.data.length)
    for (let i = 0; i < data!.data.length; i++)
      result.set(hostFoldIn(keyAt(keys!, i), Number(data!.data[i]!) >>> 0), 2 * i)
    return [{ dtype: 'int32', shape: keys!.shape, data: result }]
  },
}

/** Words of a key's counter stream. */
export const randomBits: Primitive<'randomBits'> = {
  summary: 'Random 32-bit words (int32) of the stream of each key.',
  infer: (inputs, { shape }) => [{ dtype: 'int32', shape: [...streams('randomBits', inputs), ...shape] }],
  derivative: 'none',
  batch: ({ inputs, attributes }) => apply('randomBits', inputs, attributes),
  evaluate: ([keys], { shape }) => drawAll(keys!, shape, 'int32', (key, size) => hostBits(key, size)),
}

/** Uniform numbers in [0, 1). */
export const randomUniform: Primitive<'randomUniform'> = {
  summary: 'Uniform numbers in [0, 1) of the stream of each key.',
  infer: (inputs, { shape, dtype }) => [{ dtype, shape: [...streams('randomUniform', inputs), ...shape] }],
  derivative: 'none',
  batch: ({ inputs, attributes }) => apply('randomUniform', inputs, attributes),
  evaluate: ([keys], { shape, dtype }) =>
    drawAll(keys!, shape, dtype, (key, size) => uniform(key, size, dtype)),
}

/** Inverted-dropout mask. */
export const bernoulliMask: Primitive<'bernoulliMask'> = {
  summary: '1/keep with probability keep, else 0, for each key.',
  infer: (inputs, { shape, dtype }) => [{ dtype, shape: [...streams('bernoulliMask', inputs), ...shape] }],
  derivative: 'none',
  batch: ({ inputs, attributes }) => apply('bernoulliMask', inputs, attributes),
  evaluate: ([keys], { shape, keep, dtype }) =>
    drawAll(keys!, shape, dtype, (key, size) => hostMask(key, size, keep)),
}
