/** Exact binomial intervals of rates over few seeds and over strings. */
import { errorBounds, errorUpperBound, type RateBounds } from '../certificates/bounds.ts'
import type { Count } from '../probe/record.ts'

/** The exact two-sided 95 % interval of a rate: 5 of 5 gives 0.478 to 1. All of 0 to 1 where nothing was counted. */
export function exactInterval({ right, total }: Count): RateBounds {
  return total === 0 ? { lower: 0, upper: 1 } : errorBounds(right, total)
}

/** The one-sided 95 % lower bound of a rate: 5 of 5 gives 0.549. */
export function lowerBound({ right, total }: Count): number {
  return total === 0 ? 0 : 1 - errorUpperBound(total - right, total)
}
