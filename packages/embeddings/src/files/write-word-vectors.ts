/** Writes word vectors in any format that holds a table of them. */

import { mkdir } from 'node:fs/promises'
import { ElmanError, fileError, writeFileAtomically } from '@elman/core'
import type { WordVectors } from '../words/word-vectors.ts'
import type { NumberStyle } from './format-numbers.ts'
import { FORMAT_TITLES, type WordVectorFormat } from './formats.ts'
import { writeNpyVectors } from './npy-vectors.ts'
import { writeProjector } from './projector.ts'
import { writeSafetensorsVectors } from './safetensors-vectors.ts'
import { binaryPieces, textPieces, type WordRule } from './write-text.ts'

/** How word vectors are written. */
export interface WriteVectorsOptions {
  readonly format: WordVectorFormat
  /**
   * Digits of text formats: `exact` (default) reads back as the same float32, `six-decimals` is word2vec.c's `%.6f`,
   * `five-digits` fastText's `%.5g`.
   */
  readonly numbers?: NumberStyle
  /** Words that the format cannot hold: `refuse` (default), `escape` (`_` in place of spaces), or `keep` spaces. */
  readonly words?: WordRule
  /** word2vec binary: put an LF behind each vector, as word2vec.c does (default) and gensim does not. */
  readonly lineFeeds?: boolean
  /** safetensors: text to keep beside the vectors. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * Writes word vectors (of `npy` also the words beside it, in `x.vocab.txt`; of `projector` a folder), atomically: a reader sees the old file or the new one whole. Vectors of infinite or NaN numbers
 * are refused.
 *
 * @throws `EMBEDDING_WORD_UNWRITABLE`, `EMBEDDING_FORMAT_UNWRITABLE`, `EMBEDDING_VECTORS_NOT_FINITE`, `FILE_UNWRITABLE`
 */
export async function writeWordVectors(
  path: string,
  vectors: WordVectors,
  options: WriteVectorsOptions,
): Promise<void> {
  const { format, numbers = 'exact', words: rule = 'refuse' } = options
  checkVectors(vectors)
  const trailing = numbers !== 'exact'
  const style = { header: true, numbers, separator: ' ', trailing, words: true, rule } as const
  switch (format) {
    case 'word2vec-text':
    case 'fasttext-vec':
      await writeFileAtomically(path, textPieces(vectors, style))
      return
    case 'glove':
      await writeFileAtomically(path, textPieces(vectors, { ...style, header: false, trailing: false }))
      return
    case 'word2vec-binary':
      await writeFileAtomically(path, binaryPieces(vectors, options.lineFeeds ?? true, rule))
      return
    case 'safetensors':
      return writeSafetensorsVectors(path, vectors, options.metadata)
    case 'npy':
      return writeNpyVectors(path, vectors, rule)
    case 'projector':
      await mkdir(path, { recursive: true }).catch(error => {
        throw fileError('write', path, error)
      })
      return writeProjector(path, vectors, numbers)
    default:
      throw new ElmanError('EMBEDDING_FORMAT_UNWRITABLE', {
        message: `a table of vectors cannot be written as ${FORMAT_TITLES[format]}`,
        hint: 'a .bin needs the rows of the sub-words too: write a fastText model by writeFastText',
      })
  }
}

function checkVectors({ matrix, dimensions, words }: WordVectors): void {
  if (words.count === 0)
    throw new ElmanError('EMBEDDING_FILE_EMPTY', { message: 'there are no vectors to write' })
  const wrong = matrix.findIndex(value => value - value !== 0)
  if (wrong < 0) return
  const row = Math.floor(wrong / dimensions)
  throw new ElmanError('EMBEDDING_VECTORS_NOT_FINITE', {
    message: `the vector of ${JSON.stringify(words.at(row))} has a number that is not finite`,
    found: String(matrix[wrong]),
    where: `row ${row + 1}, number ${(wrong % dimensions) + 1}`,
    hint: 'did the training diverge? A lower learning rate helps',
  })
}
