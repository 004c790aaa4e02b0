/**
 * First values of parameters. Weights are (inputs, outputs): the fan-in is the product of all extents but the last, the
 * fan-out the last one.
 */
import { ElmanError } from '../errors/elman-error.ts'
import { normal as normalNumbers } from '../random/normal.ts'
import { uniform as uniformNumbers } from '../random/uniform.ts'
import { type Shape, sizeOf } from '../tensor/dtype.ts'
import { filled, ndArray } from '../tensor/nd-array.ts'
import type { Initializer } from './layer.ts'
import { orthonormalRows } from './orthonormal.ts'

/** All elements 0. */
export const zeros: Initializer = (_key, shape, dtype = 'float32') => filled(shape, 0, dtype)

/** All elements `value`. */
export function constant(value: number): Initializer {
  return (_key, shape, dtype = 'float32') => filled(shape, value, dtype)
}

/** Uniform in [−limit, limit). */
export function uniform(limit: number): Initializer {
  return scaledUniform(() => limit)
}

/** Normal with mean 0. */
export function normal(deviation: number): Initializer {
  return scaledNormal(() => deviation)
}

/** Uniform in ± gain·√(6 / (fan-in + fan-out)) (Glorot & Bengio 2010). */
export function xavierUniform(gain = 1): Initializer {
  return scaledUniform(shape => gain * Math.sqrt(6 / (fanIn(shape) + fanOut(shape))))
}

/** Normal with deviation gain·√(2 / (fan-in + fan-out)) (Glorot & Bengio 2010). */
export function xavierNormal(gain = 1): Initializer {
  return scaledNormal(shape => gain * Math.sqrt(2 / (fanIn(shape) + fanOut(shape))))
}

/** Uniform in ± gain·√(3 / fan-in); gain √2 unless given, for ReLU (He et al. 2015). */
export function kaimingUniform(gain = Math.SQRT2): Initializer {
  return scaledUniform(shape => gain * Math.sqrt(3 / fanIn(shape)))
}

/** Normal with deviation gain / √fan-in; gain √2 unless given, for ReLU (He et al. 2015). */
export function kaimingNormal(gain = Math.SQRT2): Initializer {
  return scaledNormal(shape => gain / Math.sqrt(fanIn(shape)))
}

/** Uniform in ± 1 / √fan-in, what PyTorch gives weights and biases of its linear layers. */
export const fanInUniform: Initializer = scaledUniform(shape => 1 / Math.sqrt(fanIn(shape)))

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer, times `gain` (Saxe et al. 2014). All axes but
 * the last make up the rows.
 *
 * @throws `SHAPE_MISMATCH` for shapes of fewer than two axes
 */
export function orthogonal(gain = 1): Initializer {
  return (key, shape, dtype = 'float32') => {
    if (shape.length < 2) {
      throw new ElmanError('SHAPE_MISMATCH', {
        message: 'the initializer "orthogonal" makes matrices',
        expected: 'a shape of two axes or more',
        found: `[${shape.join(',')}]`,
      })
    }
    const [rows, columns] = [fanIn(shape), fanOut(shape)]
    const [few, many] = [Math.min(rows, columns), Math.max(rows, columns)]
    const basis = orthonormalRows(normalNumbers(key, few * many, 'float64'), few, many)
    const data = dtype === 'float32' ? new Float32Array(rows * columns) : new Float64Array(rows * columns)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = rows <= columns ? row * many + column : column * many + row
        data[row * columns + column] = gain * basis[at]!
      }
    }
    return ndArray(dtype, shape, data)
  }
}

function fanOut(shape: Shape): number {
  return shape.at(-1) ?? 1
}

function fanIn(shape: Shape): number {
  return shape.length < 2 ? fanOut(shape) : sizeOf(shape.slice(0, -1))
}

function scaledUniform(limitOf: (shape: Shape) => number): Initializer {
  return (key, shape, dtype = 'float32') => {
    const limit = limitOf(shape)
    const numbers = uniformNumbers(key, sizeOf(shape), dtype)
    for (let i = 0; i < numbers.length; i++) numbers[i] = (2 * numbers[i]! - 1) * limit
    return ndArray(dtype, shape, numbers)
  }
}

function scaledNormal(deviationOf: (shape: Shape) => number): Initializer {
  return (key, shape, dtype = 'float32') => {
    const deviation = deviationOf(shape)
    const numbers = normalNumbers(key, sizeOf(shape), dtype)
    for (let i = 0; i < numbers.length; i++) numbers[i] = numbers[i]! * deviation
    return ndArray(dtype, shape, numbers)
  }
}
