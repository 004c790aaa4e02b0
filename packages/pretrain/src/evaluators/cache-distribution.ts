/**
 * The neural cache of Grave et al. (2017), "Improving Neural Language Models with a Continuous Cache": a distribution
 * over recent words by the likeness of the hidden vectors that stood before them.
 */
import {
  cast,
  concat,
  equal,
  expandDims,
  filled,
  greater,
  matmul,
  mul,
  type NdArray,
  ndArray,
  select,
  sliceAxis,
  softmax,
  sum,
  type Tensor,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'

/** What the cache holds: the last `window` pairs of a hidden vector and the word that came after it, oldest first. */
export type CacheState = {
  /** (window, hidden). */
  readonly vectors: Tensor
  /** (window) int32; −1 where nothing is stored yet. */
  readonly words: Tensor
}

/** An empty cache. */
export function emptyCache(window: number, hidden: number, dtype: FloatType) {
  const words: NdArray = { dtype: 'int32', shape: [window], data: new Int32Array(window).fill(-1) }
  return { vectors: filled([window, hidden], 0, dtype), words }
}

/** So far below any product of hidden vectors that its exponential is 0. */
const NOWHERE = -1e30

/**
 * Probability that the cache gives to each target: Σᵢ 1[wᵢ = target] · softmaxᵢ(θ · hᵢᵀ hₜ) over the `window` pairs
 * before it. All targets of a window are done at once: one product with the stored vectors and those of the window
 * itself, of which each target sees what lies before it.
 *
 * Where nothing is stored the probability has no meaning: the very first token, which the caller leaves to the model.
 *
 * @param hidden - (time, hidden): hₜ, the vectors from which the targets are predicted.
 * @param targets - (time) int32.
 * @param sharpness - θ.
 */
export function cacheProbabilities(
  hidden: Tensor,
  targets: Tensor,
  cache: CacheState,
  sharpness: number,
): { readonly probabilities: Tensor; readonly cache: CacheState } {
  const window = cache.words.shape[0]!
  const time = targets.shape[0]!
  const vectors = concat([cache.vectors, hidden], 0) // (window + time, hidden)
  const words = concat([cache.words, targets], 0) // (window + time)
  const scores = mul(matmul(hidden, vectors, { transposeB: true }), sharpness) // (time, window + time)
  const reach = hidden.scope.constant(reachOf(window, time))
  const stored = expandDims(greater(words, -1), 0)
  const attention = softmax(select(stored, select(reach, scores, NOWHERE), NOWHERE))
  const copies = cast(equal(expandDims(targets, -1), expandDims(words, 0)), hidden.dtype)
  return {
    probabilities: sum(mul(attention, copies), -1),
    cache: {
      vectors: sliceAxis(vectors, 0, time, time + window),
      words: sliceAxis(words, 0, time, time + window),
    },
  }
}

/** (time, window + time) bool: which stored pairs each target sees. Pair j of target t: t ≤ j < t + window. */
function reachOf(window: number, time: number): NdArray {
  const data = new Uint8Array(time * (window + time))
  for (let t = 0; t < time; t++) data.fill(1, t * (window + time) + t, t * (window + time) + t + window)
  return ndArray('bool', [time, window + time], data)
}
