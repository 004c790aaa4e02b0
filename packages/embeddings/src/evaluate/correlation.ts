import { ElmanError } from '@elman/core'
import { twoSidedStudentT } from './student-t.ts'

/** A correlation coefficient and how likely one so far from 0 would be if there were none. */
export interface Correlation {
  /** −1 … 1; NaN for fewer than two points, or where one side is constant. */
  readonly value: number
  /** Two-sided, by Student's t with n − 2 degrees of freedom, as scipy's; NaN for fewer than three points. */
  readonly pValue: number
}

/** Numbers in a row: an array, plain or typed. */
export type Numbers = ArrayLike<number>

/** Pearson's correlation of two rows of numbers. @throws `EMBEDDING_SHAPE_MISMATCH` */
export function pearson(x: Numbers, y: Numbers): Correlation {
  checkLengths(x, y)
  const value = coefficient(x, y)
  return { value, pValue: pValueOf(value, x.length) }
}

/** Spearman's rank correlation; equal numbers share the mean of their ranks. @throws `EMBEDDING_SHAPE_MISMATCH` */
export function spearman(x: Numbers, y: Numbers): Correlation {
  checkLengths(x, y)
  return pearson(averageRanks(x), averageRanks(y))
}

/** Ranks from 1; equal numbers share the mean of theirs. */
export function averageRanks(x: Numbers): Float64Array {
  const order = Float64Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a]! - x[b]!)
  const ranks = new Float64Array(x.length)
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1
    while (end < order.length && x[order[end]!] === x[order[begin]!]) end++
    for (let at = begin; at < end; at++) ranks[order[at]!] = (begin + 1 + end) / 2
    begin = end
  }
  return ranks
}

/** Pearson's coefficient alone, for rows that are known to be equally long. */
export function coefficient(x: Numbers, y: Numbers): number {
  const n = x.length
  if (n < 2) return Number.NaN
  const meanOfX = mean(x)
  const meanOfY = mean(y)
  let [products, squaresOfX, squaresOfY] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - meanOfX, y[i]! - meanOfY]
    products += dx * dy
    squaresOfX += dx * dx
    squaresOfY += dy * dy
  }
  if (squaresOfX === 0 || squaresOfY === 0) return Number.NaN
  return Math.max(-1, Math.min(1, products / Math.sqrt(squaresOfX * squaresOfY)))
}

function pValueOf(r: number, n: number): number {
  if (n < 3) return Number.NaN
  return twoSidedStudentT(r * Math.sqrt((n - 2) / ((1 - r) * (1 + r))), n - 2)
}

function mean(x: Numbers): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]!
  return sum / x.length
}

function checkLengths(x: Numbers, y: Numbers): void {
  if (x.length === y.length) return
  throw new ElmanError('EMBEDDING_SHAPE_MISMATCH', {
    message: 'only two equally long rows of numbers have a correlation',
    expected: `${x.length} numbers`,
    found: String(y.length),
  })
}
