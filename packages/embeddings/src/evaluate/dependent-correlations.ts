import { twoSidedStudentT } from './student-t.ts'

/** Whether two correlations with the same thing differ. */
export interface DependentCorrelations {
  /** Williams's T₂. */
  readonly t: number
  readonly degrees: number
  /** Two-sided. */
  readonly pValue: number
}

/**
 * Williams's test of two correlations that share a variable (Williams 1959; T₂ of Steiger, Psychological Bulletin 87,
 * 1980, who recommends it): of `first` and `second` with people's scores, given their correlation `between` with each
 * other, over `n` pairs. With ranks' correlations it is an approximation. NaN for fewer than four pairs.
 */
export function compareDependentCorrelations(
  n: number,
  first: number,
  second: number,
  between: number,
): DependentCorrelations {
  if (n < 4) return { t: Number.NaN, degrees: n - 3, pValue: Number.NaN }
  if (first === second) return { t: 0, degrees: n - 3, pValue: 1 }
  const determinant = 1 - first ** 2 - second ** 2 - between ** 2 + 2 * first * second * between
  const mean = (first + second) / 2
  const variance = 2 * ((n - 1) / (n - 3)) * determinant + mean ** 2 * (1 - between) ** 3
  const t = (first - second) * Math.sqrt(((n - 1) * (1 + between)) / variance)
  return { t, degrees: n - 3, pValue: twoSidedStudentT(t, n - 3) }
}
