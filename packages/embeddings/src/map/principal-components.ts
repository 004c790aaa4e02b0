import { type Key, random } from '@elman/core'

/** The first principal components of rows. */
export interface PrincipalComponents {
  /** Directions of length one, float64, one array of [dimensions] a component, by falling variance. */
  readonly directions: readonly Float64Array[]
  /** Variance along each direction. */
  readonly variances: readonly number[]
  /** Variance in all directions. */
  readonly totalVariance: number
  /** Centred rows projected on the directions, float64 [rows × components]. */
  readonly projected: Float64Array
}

const MAXIMUM_ROUNDS = 300
const TOLERANCE = 1e-10

/**
 * Principal components by subspace iteration on the covariance matrix, in float64. A direction's sign is chosen so that
 * its largest entry is positive, so that the same vectors always give the same picture.
 *
 * @param rows - [count × dimensions], row by row.
 * @param key - Draws the directions to start from; the result depends on it only where variances are equal.
 */
export function principalComponents(
  rows: ArrayLike<number>,
  dimensions: number,
  components: number,
  key: Key,
): PrincipalComponents {
  const count = rows.length / dimensions
  const mean = columnMeans(rows, dimensions)
  const covariance = covarianceOf(rows, dimensions, mean)
  const kept = Math.min(components, dimensions)
  // A few directions more than asked for make the wanted ones converge sooner.
  const width = Math.min(dimensions, kept + 6)
  const start = random.uniform(key, width * dimensions, 'float64')
  let basis: Float64Array[] = Array.from({ length: width }, (_, at) =>
    start.slice(at * dimensions, (at + 1) * dimensions).map(x => x - 0.5),
  )
  orthonormalise(basis)
  let variances: Float64Array = new Float64Array(width)
  for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
    const images = basis.map(direction => multiply(covariance, direction, dimensions))
    const lengths = Float64Array.from(images, (image, at) => dot(image, basis[at]!))
    orthonormalise(images)
    basis = images
    const change = lengths
      .slice(0, kept)
      .reduce((most, v, at) => Math.max(most, Math.abs(v - variances[at]!)), 0)
    variances = lengths
    if (change <= TOLERANCE * (Math.abs(variances[0]!) || 1)) break
  }
  const ordered = basis
    .map(direction => ({ direction, variance: dot(direction, multiply(covariance, direction, dimensions)) }))
    .sort((a, b) => b.variance - a.variance)
    .slice(0, kept)
  const directions = ordered.map(({ direction }) => signed(direction))
  const projected = new Float64Array(count * kept)
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < kept; at++) {
      const direction = directions[at]!
      let sum = 0
      for (let i = 0; i < dimensions; i++) sum += (rows[row * dimensions + i]! - mean[i]!) * direction[i]!
      projected[row * kept + at] = sum
    }
  }
  let totalVariance = 0
  for (let i = 0; i < dimensions; i++) totalVariance += covariance[i * dimensions + i]!
  return { directions, variances: ordered.map(each => each.variance), totalVariance, projected }
}

function columnMeans(rows: ArrayLike<number>, dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions)
  for (let at = 0; at < rows.length; at++) mean[at % dimensions]! += rows[at]!
  const count = rows.length / dimensions
  return mean.map(sum => sum / count)
}

function covarianceOf(rows: ArrayLike<number>, dimensions: number, mean: Float64Array): Float64Array {
  const count = rows.length / dimensions
  const covariance = new Float64Array(dimensions * dimensions)
  const centred = new Float64Array(dimensions)
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < dimensions; i++) centred[i] = rows[row * dimensions + i]! - mean[i]!
    for (let i = 0; i < dimensions; i++) {
      const factor = centred[i]!
      for (let j = i; j < dimensions; j++) covariance[i * dimensions + j]! += factor * centred[j]!
    }
  }
  for (let i = 0; i < dimensions; i++) {
    for (let j = i; j < dimensions; j++) {
      const value = covariance[i * dimensions + j]! / count
      covariance[i * dimensions + j] = value
      covariance[j * dimensions + i] = value
    }
  }
  return covariance
}

function multiply(matrix: Float64Array, vector: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    let sum = 0
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * vector[j]!
    out[i] = sum
  }
  return out
}

/** Gram and Schmidt, each vector twice for accuracy; a vector that vanishes becomes a unit vector orthogonal to the rest. */
function orthonormalise(vectors: Float64Array[]): void {
  for (const [at, vector] of vectors.entries()) {
    const before = Math.sqrt(dot(vector, vector))
    let length = removeFrom(vector, vectors, at)
    for (let axis = 0; !(length > before * 1e-12 && length > 0) && axis < vector.length; axis++) {
      vector.fill(0)
      vector[axis] = 1
      length = removeFrom(vector, vectors, at)
      if (length < 1e-6) length = 0
    }
    for (let i = 0; i < vector.length; i++) vector[i]! /= length
  }
}

function removeFrom(vector: Float64Array, vectors: readonly Float64Array[], upTo: number): number {
  for (let pass = 0; pass < 2; pass++) {
    for (let other = 0; other < upTo; other++) {
      const direction = vectors[other]!
      const share = dot(vector, direction)
      for (let i = 0; i < vector.length; i++) vector[i]! -= share * direction[i]!
    }
  }
  return Math.sqrt(dot(vector, vector))
}

function signed(direction: Float64Array): Float64Array {
  let largest = 0
  for (const value of direction) if (Math.abs(value) > Math.abs(largest) + 1e-12) largest = value
  return largest < 0 ? direction.map(value => -value) : direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
