/**
 * Orthonormal rows from independent ones, by Gram-Schmidt done twice (Björck 1994: twice is enough). Rows of independent
 * normal numbers give a basis without preferred direction.
 *
 * @param matrix row-major, `rows` × `columns` with rows ≤ columns; is overwritten
 * @returns the same array
 */
export function orthonormalRows(matrix: Float64Array, rows: number, columns: number): Float64Array {
  for (let row = 0; row < rows; row++) {
    const current = matrix.subarray(row * columns, (row + 1) * columns)
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < row; other++) {
        const before = matrix.subarray(other * columns, (other + 1) * columns)
        const along = innerProduct(current, before)
        for (let i = 0; i < columns; i++) current[i] = current[i]! - along * before[i]!
      }
    }
    const length = Math.sqrt(innerProduct(current, current))
    for (let i = 0; i < columns; i++) current[i] = current[i]! / length
  }
  return matrix
}

function innerProduct(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}
