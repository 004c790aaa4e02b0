import { allocate, type Shape, sizeOf } from './dtype.ts'
import type { NdArray } from './nd-array.ts'

/** Distance in elements between neighbours along each axis of a row-major array. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = []
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}

/** Calls `visit` with the flat position of each index of `shape` under the given strides, in row-major order. */
export function forEachPosition(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  visit: (position: number) => void,
): void {
  const size = sizeOf(shape)
  const index = shape.map(() => 0)
  let position = offset
  for (let i = 0; i < size; i++) {
    visit(position)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      position -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
}

/** A new contiguous array read from `source` by strides. */
export function gatherStrided(
  source: NdArray,
  shape: Shape,
  strides: readonly number[],
  offset: number,
): NdArray {
  const data = allocate(source.dtype, sizeOf(shape))
  let i = 0
  forEachPosition(shape, strides, offset, position => {
    data[i++] = source.data[position]! as never
  })
  return { dtype: source.dtype, shape: [...shape], data }
}

/** Copies all of `source` into `target` with its first element at index `origin`. */
export function copyBlocks(source: NdArray, target: NdArray, origin: readonly number[]): void {
  const strides = stridesOf(target.shape)
  const offset = origin.reduce((at, start, axis) => at + start * strides[axis]!, 0)
  let i = 0
  forEachPosition(source.shape, strides, offset, position => {
    target.data[position] = source.data[i++]! as never
  })
}
