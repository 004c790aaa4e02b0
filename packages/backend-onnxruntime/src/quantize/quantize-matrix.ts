/** A float matrix as int8: symmetric (0 stays 0), one scale for all or one for each row or column. */
import { ElmanError } from '@elman/core'

/** Which numbers share a scale: all, those of a row, or those of a column. */
export type ScaleAxis = 'tensor' | 'row' | 'column'

/** A matrix as whole numbers and scales: `scale · value` is nearest to the original. */
export interface QuantizedMatrix {
  /** Row-major like the original, within ± the limit. */
  readonly values: Int8Array
  /** One number, or one for each row or column. */
  readonly scales: Float32Array
  readonly error: QuantizationError
}

/** What rounding changed. */
export interface QuantizationError {
  /** ‖W − Ŵ‖ / ‖W‖; 0 for a matrix of zeros. */
  readonly relative: number
  /** Root mean square of W − Ŵ, in the unit of the weights. */
  readonly rootMeanSquare: number
  /** Largest |W − Ŵ|. */
  readonly largest: number
}

/**
 * Rounds a matrix to whole numbers in ± `limit` times a scale; the scale is the largest magnitude / `limit`. Halves
 * go to the even neighbour, as ONNX's QuantizeLinear has it.
 *
 * @param data - `rows · columns` numbers, row-major.
 * @param limit - 127 for all of int8, 63 for seven bits.
 * @param name - Called so in errors.
 * @throws `QUANTIZE_NOT_FINITE`
 */
export function quantizeMatrix(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  axis: ScaleAxis,
  limit: number,
  name: string,
): QuantizedMatrix {
  const groupOf = (row: number, column: number) => (axis === 'tensor' ? 0 : axis === 'row' ? row : column)
  const groups = axis === 'tensor' ? 1 : axis === 'row' ? rows : columns
  const largest = new Float32Array(groups)
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const size = Math.abs(data[at]!)
      if (!Number.isFinite(size)) throw notFinite(name, data[at]!, row, column)
      const group = groupOf(row, column)
      if (size > largest[group]!) largest[group] = size
    }
  }
  const scales = largest.map(size => (size / limit < SMALLEST ? 1 : size / limit))
  const values = new Int8Array(data.length)
  let errorSquares = 0
  let squares = 0
  let worst = 0
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const scale = scales[groupOf(row, column)]!
      const value = Math.max(-limit, Math.min(limit, roundHalfToEven(data[at]! / scale)))
      values[at] = value
      const difference = Math.abs(data[at]! - value * scale)
      errorSquares += difference * difference
      squares += data[at]! * data[at]!
      if (difference > worst) worst = difference
    }
  }
  return {
    values,
    scales,
    error: {
      relative: squares === 0 ? 0 : Math.sqrt(errorSquares / squares),
      rootMeanSquare: data.length === 0 ? 0 : Math.sqrt(errorSquares / data.length),
      largest: worst,
    },
  }
}

/** Smallest normal float32: what is smaller becomes 0. */
const SMALLEST = 2 ** -126

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x)
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

function notFinite(name: string, found: number, row: number, column: number): ElmanError {
  return new ElmanError('QUANTIZE_NOT_FINITE', {
    message: `weight "${name}" has a number that is not finite`,
    found: `${found} in row ${row}, column ${column}`,
    hint: 'the model has diverged in training: take an earlier checkpoint',
  })
}
