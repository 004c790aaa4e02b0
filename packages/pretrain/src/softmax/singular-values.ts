/**
 * Singular values of a dense matrix in float64: Householder reflections to two diagonals, then bisection on the
 * symmetric tridiagonal matrix that has ± the singular values as eigenvalues (Golub & Kahan 1965). The absolute error
 * of each is a few units of rounding of the largest, so small ones can be told from zero.
 */

/**
 * All singular values, the largest first.
 *
 * @param matrix (rows, columns) in row-major order; not changed
 */
export function singularValues(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const wide = rows <= columns
  const [m, n] = wide ? [rows, columns] : [columns, rows]
  const work = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) work[i * n + j] = matrix[wide ? i * columns + j : j * columns + i]!
  }
  return bisect(offDiagonal(work, m, n), m)
}

/**
 * Reduces a (m, n), m ≤ n, to lower bidiagonal form and returns d₀, e₀, d₁, e₁, …, d₍m−1₎: the diagonal beside the
 * main one of the tridiagonal matrix.
 */
function offDiagonal(a: Float64Array, m: number, n: number): Float64Array {
  const result = new Float64Array(2 * m - 1)
  const column = new Float64Array(m)
  const share = new Float64Array(n)
  for (let k = 0; k < m; k++) {
    const row = a.subarray(k * n + k, (k + 1) * n)
    result[2 * k] = reflect(row)
    for (let i = k + 1; i < m; i++) {
      const other = a.subarray(i * n + k, (i + 1) * n)
      let dot = 0
      for (let j = 0; j < row.length; j++) dot += row[j]! * other[j]!
      for (let j = 0; j < row.length; j++) other[j]! -= dot * row[j]!
    }
    if (k === m - 1) break
    const below = column.subarray(k + 1)
    for (let i = k + 1; i < m; i++) column[i] = a[i * n + k]!
    result[2 * k + 1] = reflect(below)
    const rest = share.subarray(k + 1).fill(0)
    for (let i = k + 1; i < m; i++) {
      const weight = column[i]!
      const other = a.subarray(i * n + k + 1, (i + 1) * n)
      for (let j = 0; j < rest.length; j++) rest[j]! += weight * other[j]!
    }
    for (let i = k + 1; i < m; i++) {
      const weight = column[i]!
      const other = a.subarray(i * n + k + 1, (i + 1) * n)
      for (let j = 0; j < rest.length; j++) other[j]! -= weight * rest[j]!
    }
  }
  return result
}

/** Overwrites x with v, |v|² = 2, such that (1 − v vᵀ) x = α e₀, and returns α; v is zero for a zero x. */
function reflect(x: Float64Array): number {
  let largest = 0
  for (const value of x) largest = Math.max(largest, Math.abs(value))
  if (largest === 0) return 0
  let squares = 0
  for (let i = 0; i < x.length; i++) {
    x[i]! /= largest
    squares += x[i]! * x[i]!
  }
  const alpha = x[0]! > 0 ? -Math.sqrt(squares) : Math.sqrt(squares)
  x[0]! -= alpha
  const scale = 1 / Math.sqrt(alpha * alpha - alpha * (x[0]! + alpha))
  for (let i = 0; i < x.length; i++) x[i]! *= scale
  return alpha * largest
}

/** The positive eigenvalues of the tridiagonal matrix with zeros on the diagonal, the largest first. */
function bisect(beside: Float64Array, count: number): Float64Array {
  let bound = 0
  for (let i = 0; i <= beside.length; i++) {
    bound = Math.max(bound, Math.abs(beside[i - 1] ?? 0) + Math.abs(beside[i] ?? 0))
  }
  const values = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    let [low, high] = [0, k === 0 ? bound : values[k - 1]!]
    while (high - low > Number.EPSILON * bound) {
      const middle = (low + high) / 2
      if (middle === low || middle === high) break
      if (above(beside, middle) > k) low = middle
      else high = middle
    }
    values[k] = (low + high) / 2
  }
  return values
}

/** How many eigenvalues lie above x > 0 (Sturm): the positive pivots of the matrix less x. */
function above(beside: Float64Array, x: number): number {
  let pivot = -x
  let count = 0
  for (const b of beside) {
    if (Math.abs(pivot) < Number.MIN_VALUE * 2 ** 60) pivot = -Number.MIN_VALUE * 2 ** 60
    pivot = -x - (b * b) / pivot
    if (pivot > 0) count++
  }
  return count
}
