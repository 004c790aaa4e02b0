import { add, concat, mul, type NdArray, ndArray, neg, split, type Tensor } from '@elman/core'
import { floatOf } from '../sequence/stateful-layer.ts'

/**
 * Rotary positions (Su et al. 2021): pairs of features (i, i + width / 2) of a query or key turned by
 * position · 10000^(−2i / width), so that dot products depend on the distance of positions only.
 *
 * @param x (..., time, width), of even width
 * @param first position of the first step; the others follow
 */
export function rotary(x: Tensor, first = 0): Tensor {
  const [time, width] = x.shape.slice(-2) as [number, number]
  const table = (f: (angle: number) => number): NdArray => {
    const values = Array.from({ length: time * width }, (_, i) => {
      const pair = (i % width) % (width / 2)
      return f((first + Math.floor(i / width)) / 10_000 ** ((2 * pair) / width))
    })
    const dtype = floatOf(x)
    const data = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)
    return ndArray(dtype, [time, width], data)
  }
  const [low, high] = split(x, 2, -1) as [Tensor, Tensor]
  return add(mul(x, table(Math.cos)), mul(concat([neg(high), low], -1), table(Math.sin)))
}
