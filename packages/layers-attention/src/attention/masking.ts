/** What a query may look at, as numbers that are added to scores. */
import { cast, filled, max, ndArray, select, type Tensor } from '@elman/core'
import type { FloatType } from '../sequence/stateful-layer.ts'

/** Added to the score of what must not be seen: eˣ of it is exactly 0 in both precisions, and it is still finite. */
const HIDDEN = -1e30

/** Additive mask: 0 where `allowed` (bool, any shape) holds, else so low that the weight is exactly 0. */
export function biasOf(allowed: Tensor, dtype: FloatType): Tensor {
  return select(allowed, filled([], 0, dtype), filled([], HIDDEN, dtype))
}

/** 1 for queries that may see something, else 0: allowed (..., positions) to (..., 1). */
export function anyAllowed(allowed: Tensor, dtype: FloatType): Tensor {
  return max(cast(allowed, dtype), -1, { keepDims: true })
}

/** Additive mask (time, positions) of queries that are the last `time` of `positions`, and see no later ones. */
export function causalBias(time: number, positions: number, dtype: FloatType) {
  return fromDistances([time, positions], positions - time, dtype, distance => (distance < 0 ? HIDDEN : 0))
}

/**
 * A function of how far back each position is: element [t, s] is f(offset + t − s), so that 0 is the query itself where
 * `offset` positions stand before the first query.
 */
export function fromDistances(
  [time, positions]: readonly [number, number],
  offset: number,
  dtype: FloatType,
  f: (distance: number) => number,
) {
  const values = Array.from({ length: time * positions }, (_, i) =>
    f(offset + Math.floor(i / positions) - (i % positions)),
  )
  const data = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)
  return ndArray(dtype, [time, positions], data)
}
