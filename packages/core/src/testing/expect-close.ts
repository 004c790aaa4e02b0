import { type Shape, sameShape } from '../tensor/dtype.ts'
import { isNdArray, type NdArray, toNumbers } from '../tensor/nd-array.ts'
import { stridesOf } from '../tensor/strided.ts'

/** Numbers with a shape, as golden files hold them. */
export interface GoldenArray {
  readonly shape: Shape
  readonly data: readonly number[]
}

/**
 * Fails unless `actual` has the shape of `expected` and every element is within
 * `tolerance · (1 + |expected|)`. The message names the first index that differs.
 */
export function expectClose(
  actual: NdArray | readonly number[],
  expected: NdArray | GoldenArray | readonly number[],
  tolerance: number,
): void {
  const [a, b] = [plain(actual), plain(expected)]
  if (!sameShape(a.shape, b.shape))
    throw new Error(`shapes differ: [${a.shape.join(',')}], expected [${b.shape.join(',')}]`)
  let worst = 0
  let first = -1
  for (let i = 0; i < b.data.length; i++) {
    const error = Math.abs(a.data[i]! - b.data[i]!) / (1 + Math.abs(b.data[i]!))
    const same = Object.is(a.data[i], b.data[i]) || a.data[i] === b.data[i]
    if (!same && !(error <= tolerance) && first < 0) first = i
    if (!same) worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error)
  }
  if (first < 0) return
  const index = stridesOf(b.shape).map((stride, axis) => Math.floor(first / stride) % b.shape[axis]!)
  throw new Error(
    `arrays of shape [${b.shape.join(',')}] differ first at [${index.join(',')}]: ${a.data[first]}, expected ${b.data[first]} ` +
      `(largest relative error ${worst.toExponential(2)}, allowed ${tolerance})`,
  )
}

function plain(value: NdArray | GoldenArray | readonly number[]): GoldenArray {
  if (isNdArray(value)) return { shape: value.shape, data: toNumbers(value) }
  return 'shape' in value ? (value as GoldenArray) : { shape: [value.length], data: value }
}
