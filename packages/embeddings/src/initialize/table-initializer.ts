import { ElmanError, formatType, type Initializer, type NdArray, ndArray, sameShape } from '@elman/core'

/**
 * An initializer that gives a table as it is, whatever the key; each call a copy.
 *
 * @throws `EMBEDDING_TABLE_SHAPE`, when called, if the layer wants another shape
 */
export function initializerOf(table: NdArray): Initializer {
  return (_key, shape, dtype = 'float32') => {
    if (!sameShape(shape, table.shape)) {
      throw new ElmanError('EMBEDDING_TABLE_SHAPE', {
        message: 'the table made from word vectors does not fit the layer',
        expected: `${formatType({ dtype, shape })}, what the layer wants`,
        found: formatType(table),
        hint: 'give the layer as many rows as there are tokens, and the size of the vectors',
      })
    }
    const data = dtype === 'float64' ? Float64Array.from(table.data as Float32Array) : table.data.slice()
    return ndArray(dtype, shape, data as Float32Array | Float64Array)
  }
}
