/** How much a pair of words counts by its distance d in a window of W words. */
export type WindowWeighting =
  /** 1/d, as in GloVe. */
  | 'harmonic'
  /** (W − d + 1)/W: what word2vec's window of random width comes to on average. */
  | 'linear'
  /** 1. */
  | 'flat'

/** Weights as whole numbers over one denominator. */
export interface WindowWeights {
  /** Numerator at distance d, at index d; index 0 is not used. */
  readonly numerators: Float64Array
  readonly denominator: number
}

/** Largest denominator: leaves 23 bits of a float64 for the sum, that is, sums up to 8 million are exact. */
const LARGEST_DENOMINATOR = 2 ** 30

/**
 * The weights of a window. As whole numbers they add up to the same sum in any order, so that counts do not depend on
 * how much memory there was or which pairs went to disk.
 *
 * Harmonic weights of a window of up to 22 words are exact (denominator: least common multiple of the distances); in a
 * wider one they are rounded to multiples of 2⁻³⁰.
 */
export function windowWeights(window: number, weighting: WindowWeighting): WindowWeights {
  const numerators = new Float64Array(window + 1)
  if (weighting === 'flat') return { numerators: numerators.fill(1), denominator: 1 }
  if (weighting === 'linear')
    return { numerators: numerators.map((_, distance) => window - distance + 1), denominator: window }
  let common = 1
  for (let distance = 2; distance <= window && common <= LARGEST_DENOMINATOR; distance++)
    common *= distance / greatestCommonDivisor(common, distance)
  const denominator = Math.min(common, LARGEST_DENOMINATOR)
  return { numerators: numerators.map((_, distance) => Math.round(denominator / distance)), denominator }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
