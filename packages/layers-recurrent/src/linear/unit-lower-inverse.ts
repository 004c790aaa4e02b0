import { add, matmul, mul, type NdArray, ndArray, sub, type Tensor } from '@elman/core'

/**
 * (I + A)⁻¹ for strictly lower triangular A (..., n, n); what A has elsewhere is not read.
 *
 * Blocks of twice the size at each level, from [[P, 0], [C, Q]]⁻¹ = [[P⁻¹, 0], [−Q⁻¹ C P⁻¹, Q⁻¹]]: log₂ n levels of
 * two products. As exact as forward substitution; a series in powers of A is not, because they grow and cancel.
 */
export function unitLowerInverse(a: Tensor): Tensor {
  const size = a.shape.at(-1)!
  const dtype = a.dtype === 'float64' ? 'float64' : 'float32'
  const identity = squareMask(size, dtype, (row, column) => row === column)
  if (size === 1) return add(mul(a, 0), identity)
  let inverse = sub(identity, mul(a, pairCorners(size, 1, dtype)))
  for (let block = 2; block < size; block *= 2) {
    const corners = mul(a, pairCorners(size, block, dtype))
    inverse = sub(inverse, matmul(matmul(inverse, corners), inverse))
  }
  return inverse
}

/** 1 in the lower left block of each pair of diagonal blocks. */
function pairCorners(size: number, block: number, dtype: 'float32' | 'float64'): NdArray {
  return squareMask(size, dtype, (row, column) => {
    const [blockRow, blockColumn] = [Math.floor(row / block), Math.floor(column / block)]
    return blockRow % 2 === 1 && blockColumn === blockRow - 1
  })
}

/** (size, size) with 1 where `holds`, else 0. */
export function squareMask(
  size: number,
  dtype: 'float32' | 'float64',
  holds: (row: number, column: number) => boolean,
): NdArray {
  const data = dtype === 'float64' ? new Float64Array(size * size) : new Float32Array(size * size)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) data[row * size + column] = holds(row, column) ? 1 : 0
  return ndArray(dtype, [size, size], data)
}
