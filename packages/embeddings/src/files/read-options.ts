import type { OnProgress } from '../progress/embedding-progress.ts'
import type { WordVectorFormat } from './formats.ts'
import type { RowChoice } from './row-sink.ts'

/** How a file of word vectors is read. */
export interface ReadVectorsOptions extends RowChoice {
  /** The format; by default the file's first bytes and its name tell. */
  readonly format?: WordVectorFormat | 'auto'
  /** Take the whole rows of a file that was cut off, instead of an error. */
  readonly allowTruncated?: boolean
  /**
   * Words with spaces in text files, where numbers are counted from the right. `detect` (default): allowed, unless the
   * word ends in a number with a point or exponent, which means a row with too many numbers.
   */
  readonly spacesInWords?: 'detect' | 'allow' | 'refuse'
  /** File with `word count` lines that tells how often the words occurred; for .npy also the words, in row order. */
  readonly vocabulary?: string
  /** Is told about progress. */
  readonly onProgress?: OnProgress
}
