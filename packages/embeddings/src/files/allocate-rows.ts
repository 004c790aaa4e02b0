import { ElmanError } from '@elman/core'

/**
 * Memory for rows of float32. The caller has compared the numbers with the size of the file.
 *
 * @throws `EMBEDDING_FILE_TOO_LARGE` when there is no such memory.
 */
export function allocateRows(rows: number, dimensions: number, where: string): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(rows * dimensions)
  } catch (error) {
    throw new ElmanError('EMBEDDING_FILE_TOO_LARGE', {
      message: `there is no memory for ${rows} vectors of ${dimensions} numbers`,
      found: (error as Error).message,
      where,
      hint: 'read fewer rows by limit or keep, or single rows by openWordVectors',
      cause: error,
    })
  }
}
