/** Averages of the weights over training, as traced functions: evaluate with them, train without. */
import { isTensor, type Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { add, cast, div, maximum, minimum, mul, sub } from '../ops/elementwise.ts'
import { isFloat } from '../tensor/dtype.ts'
import { copyArray, isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { leavesOf, withLeaves } from '../transform/tree.ts'

/** An average that follows the parameters. */
export interface WeightAverage {
  /** The average before the first update: a copy of the parameters. */
  init(parameters: Parameters): Parameters
  /**
   * The average after an update.
   *
   * @param step updates done before that update, int32 scalar
   */
  update(average: TensorParameters, parameters: TensorParameters, step: Tensor): TensorParameters
}

/** Options of {@link exponentialAverage}. */
export interface ExponentialAverageOptions {
  /** What remains of the average at each update; 0.999 unless given. */
  readonly decay?: number | undefined
  /** Starts with smaller decays, (1 + n) / (10 + n) after n updates, so that the start is soon forgotten. */
  readonly warmUp?: boolean | undefined
}

/** Exponential moving average: a ← decay·a + (1 − decay)·w. */
export function exponentialAverage(options: ExponentialAverageOptions = {}): WeightAverage {
  const { decay = 0.999, warmUp = false } = options
  return followingAverage(done => {
    if (!warmUp) return 1 - decay
    const kept = minimum(div(add(done, 1), add(done, 10)), decay)
    return sub(1, kept)
  })
}

/** Plain mean of the weights after all updates from number `from` (counted from 0) on (Polyak & Juditsky 1992). */
export function polyakAverage(options: { readonly from?: number | undefined } = {}): WeightAverage {
  const { from = 0 } = options
  return followingAverage(done => div(1, maximum(sub(done, from - 1), 1)))
}

/** a ← a + share·(w − a); `share` from the updates done before, a scalar of the parameters' dtype. */
function followingAverage(share: (done: Tensor) => Tensor | number): WeightAverage {
  return {
    init(parameters) {
      const leaves = leavesOf<NdArray>(parameters, isNdArray)
      return withLeaves(parameters, isNdArray, leaves.map(copyArray)) as Parameters
    },
    update(average, parameters, step) {
      const leaves = leavesOf<Tensor>(parameters, isTensor)
      const old = leavesOf<Tensor>(average, isTensor)
      const moved = leaves.map((leaf, i) =>
        isFloat(leaf.dtype) ? add(old[i]!, mul(sub(leaf, old[i]!), share(cast(step, leaf.dtype)))) : leaf,
      )
      return withLeaves(average, isTensor, moved) as TensorParameters
    },
  }
}
