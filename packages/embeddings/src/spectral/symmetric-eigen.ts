/** Eigenvalues, falling, and the orthonormal eigenvectors that belong to them. */
export interface SymmetricEigen {
  readonly values: Float64Array
  /** Column j is the vector of value j; [size × size], row-major. */
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and vectors of a small symmetric matrix: Householder's tridiagonal form, then implicit QL steps (the
 * procedures tred2 and tql2 of Bowdler, Martin, Reinsch and Wilkinson 1968, as in EISPACK). About 10 · size³ operations.
 *
 * @param matrix - [size × size], row-major; only its lower triangle is read.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const v = matrix.slice()
  const d = new Float64Array(size)
  const e = new Float64Array(size)
  tridiagonalise(v, d, e, size)
  diagonalise(v, d, e, size)
  const order = Array.from(d, (_, at) => at).sort((a, b) => d[b]! - d[a]!)
  const values = Float64Array.from(order, at => d[at]!)
  const vectors = new Float64Array(size * size)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      vectors[row * size + column] = v[row * size + order[column]!]!
  return { values, vectors }
}

/** Householder reduction: v becomes the product of the reflections, d the diagonal, e the subdiagonal. */
function tridiagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j]!
  for (let i = n - 1; i > 0; i--) {
    let scale = 0
    let h = 0
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!)
    if (scale === 0) {
      e[i] = d[i - 1]!
      for (let j = 0; j < i; j++) {
        d[j] = v[(i - 1) * n + j]!
        v[i * n + j] = 0
        v[j * n + i] = 0
      }
      d[i] = h
      continue
    }
    for (let k = 0; k < i; k++) {
      d[k]! /= scale
      h += d[k]! * d[k]!
    }
    const f = d[i - 1]!
    const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h)
    e[i] = scale * g
    h -= f * g
    d[i - 1] = f - g
    reflect(v, d, e, n, i, h)
    d[i] = h
  }
  accumulate(v, d, n)
  for (let j = 0; j < n; j++) {
    d[j] = v[(n - 1) * n + j]!
    v[(n - 1) * n + j] = 0
  }
  v[n * n - 1] = 1
  e[0] = 0
}

/** Applies one reflection from both sides to the leading i × i part. */
function reflect(v: Float64Array, d: Float64Array, e: Float64Array, n: number, i: number, h: number): void {
  e.fill(0, 0, i)
  for (let j = 0; j < i; j++) {
    const f = d[j]!
    v[j * n + i] = f
    let g = e[j]! + v[j * n + j]! * f
    for (let k = j + 1; k < i; k++) {
      g += v[k * n + j]! * d[k]!
      e[k]! += v[k * n + j]! * f
    }
    e[j] = g
  }
  let f = 0
  for (let j = 0; j < i; j++) {
    e[j]! /= h
    f += e[j]! * d[j]!
  }
  const half = f / (h + h)
  for (let j = 0; j < i; j++) e[j]! -= half * d[j]!
  for (let j = 0; j < i; j++) {
    const [f, g] = [d[j]!, e[j]!]
    for (let k = j; k < i; k++) v[k * n + j]! -= f * e[k]! + g * d[k]!
    d[j] = v[(i - 1) * n + j]!
    v[i * n + j] = 0
  }
}

/** Multiplies the reflections into v. */
function accumulate(v: Float64Array, d: Float64Array, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    v[(n - 1) * n + i] = v[i * n + i]!
    v[i * n + i] = 1
    const h = d[i + 1]!
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[k * n + i + 1]! / h
      for (let j = 0; j <= i; j++) {
        let g = 0
        for (let k = 0; k <= i; k++) g += v[k * n + i + 1]! * v[k * n + j]!
        for (let k = 0; k <= i; k++) v[k * n + j]! -= g * d[k]!
      }
    }
    for (let k = 0; k <= i; k++) v[k * n + i + 1] = 0
  }
}

/** QL steps with implicit shifts until the subdiagonal is nothing; v is turned along. */
function diagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1)
  e[n - 1] = 0
  let shift = 0
  let largest = 0
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!))
    let m = l
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m++
    while (m > l && Math.abs(e[l]!) > Number.EPSILON * largest) {
      const g = d[l]!
      const p = (d[l + 1]! - g) / (2 * e[l]!)
      const r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1)
      d[l] = e[l]! / (p + r)
      d[l + 1] = e[l]! * (p + r)
      const next = d[l + 1]!
      const moved = g - d[l]!
      for (let i = l + 2; i < n; i++) d[i]! -= moved
      shift += moved
      sweep(v, d, e, n, l, m, next)
    }
    d[l]! += shift
    e[l] = 0
  }
}

function sweep(
  v: Float64Array,
  d: Float64Array,
  e: Float64Array,
  n: number,
  l: number,
  m: number,
  next: number,
): void {
  let p = d[m]!
  let [c, c2, c3] = [1, 1, 1]
  const below = e[l + 1]!
  let [s, s2] = [0, 0]
  for (let i = m - 1; i >= l; i--) {
    c3 = c2
    c2 = c
    s2 = s
    const g = c * e[i]!
    const h = c * p
    const r = Math.hypot(p, e[i]!)
    e[i + 1] = s * r
    s = e[i]! / r
    c = p / r
    p = c * d[i]! - s * g
    d[i + 1] = h + s * (c * g + s * d[i]!)
    for (let k = 0; k < n; k++) {
      const at = k * n + i
      const turned = v[at + 1]!
      v[at + 1] = s * v[at]! + c * turned
      v[at] = c * v[at]! - s * turned
    }
  }
  p = (-s * s2 * c3 * below * e[l]!) / next
  e[l] = s * p
  d[l] = c * p
}
