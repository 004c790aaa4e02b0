import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { symmetricEigen } from './symmetric-eigen.ts'

/** Largest entry of A V − V Λ and of Vᵀ V − 1. */
function residuals(matrix: Float64Array, size: number) {
  const { values, vectors } = symmetricEigen(matrix, size)
  let [equation, orthogonality] = [0, 0]
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      let [image, product] = [-vectors[i * size + j]! * values[j]!, i === j ? -1 : 0]
      for (let k = 0; k < size; k++) {
        image += matrix[i * size + k]! * vectors[k * size + j]!
        product += vectors[k * size + i]! * vectors[k * size + j]!
      }
      equation = Math.max(equation, Math.abs(image))
      orthogonality = Math.max(orthogonality, Math.abs(product))
    }
  return { values, equation, orthogonality }
}

function symmetric(size: number, seed: number): Float64Array {
  const matrix = random.normal(random.key(seed), size * size, 'float64')
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]!
  return matrix
}

test('known matrices have their known eigenvalues', () => {
  expect([...symmetricEigen(Float64Array.of(5), 1).values]).toEqual([5])
  const { values } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2)
  expect(values[0]).toBeCloseTo(3, 14)
  expect(values[1]).toBeCloseTo(1, 14)
  // −1, 2, −1 on the diagonals: 2 − 2 cos(π k / (n + 1)).
  const n = 12
  const chain = Float64Array.from({ length: n * n }, (_, at) => {
    const far = Math.abs(Math.floor(at / n) - (at % n))
    return far === 0 ? 2 : far === 1 ? -1 : 0
  })
  const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)))
  symmetricEigen(chain, n).values.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at]!, 13)
  })
})

test.each([2, 3, 10, 64, 150])('random matrices of size %i are decomposed to the last digits', size => {
  const { values, equation, orthogonality } = residuals(symmetric(size, size), size)
  expect(equation).toBeLessThan(1e-12 * size)
  expect(orthogonality).toBeLessThan(1e-13 * size)
  expect([...values]).toEqual([...values].sort((a, b) => b - a))
})

test('zero, diagonal and singular matrices are decomposed too', () => {
  const zero = residuals(new Float64Array(25), 5)
  expect([zero.equation, zero.orthogonality]).toEqual([0, 0])
  const diagonal = Float64Array.from({ length: 36 }, (_, at) =>
    at % 7 === 0 ? [3, 0, 3, -1, 7, 0][at / 7]! : 0,
  )
  expect([...residuals(diagonal, 6).values]).toEqual([7, 3, 3, 0, 0, -1])
  const ones = residuals(new Float64Array(400).fill(1), 20)
  expect(ones.values[0]).toBeCloseTo(20, 12)
  expect(Math.max(ones.equation, ones.orthogonality)).toBeLessThan(1e-13)
})
