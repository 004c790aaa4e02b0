/** Writes fastText's .bin files, version 12: those that the C++ tool and gensim load. */

import { ElmanError, writeFileAtomically } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import { FASTTEXT_MAGIC } from './detect-format.ts'
import { encodeArguments } from './fasttext-arguments.ts'
import type { FastTextMatrix } from './fasttext-matrix.ts'
import type { FastTextParts } from './fasttext-model.ts'

/** Bytes of a piece. */
const PIECE = 2 ** 20

/**
 * Writes a fastText model that is not quantised, atomically.
 *
 * @throws `EMBEDDING_FORMAT_UNWRITABLE` for a quantised model or one without output matrix,
 * `EMBEDDING_WORD_UNWRITABLE` for a word with a NUL, `FILE_UNWRITABLE`
 */
export async function writeFastText(path: string, model: FastTextParts): Promise<void> {
  const { input, output } = model
  if (input.data === undefined || output?.data === undefined || model.pruned !== undefined)
    throw new ElmanError('EMBEDDING_FORMAT_UNWRITABLE', {
      message:
        output === undefined
          ? 'this fastText model was read without its output matrix and cannot be written'
          : 'a quantised fastText model cannot be written',
      hint:
        output === undefined
          ? 'read it with output: true'
          : 'write the vectors of its words in another format',
    })
  await writeFileAtomically(path, pieces(model, input, output))
}

function* pieces(model: FastTextParts, input: FastTextMatrix, output: FastTextMatrix): Generator<Uint8Array> {
  const { words, labels } = model
  yield encodeArguments(model.settings, FASTTEXT_MAGIC)
  const sizes = Buffer.alloc(28)
  sizes.writeInt32LE(words.count + (labels?.count ?? 0), 0)
  sizes.writeInt32LE(words.count, 4)
  sizes.writeInt32LE(labels?.count ?? 0, 8)
  sizes.writeBigInt64LE(BigInt(Math.round(model.tokens)), 12)
  sizes.writeBigInt64LE(-1n, 20)
  yield sizes
  yield* entries(words, model.counts, 0)
  if (labels !== undefined) yield* entries(labels, model.labelCounts ?? new Float64Array(labels.count), 1)
  yield* matrix(input)
  yield* matrix(output)
}

function* entries(words: WordTable, counts: Float64Array, kind: number): Generator<Uint8Array> {
  let buffer = Buffer.allocUnsafe(PIECE)
  let end = 0
  for (let index = 0; index < words.count; index++) {
    const word = words.bytesAt(index)
    if (word.includes(0))
      throw new ElmanError('EMBEDDING_WORD_UNWRITABLE', {
        message: `the word ${JSON.stringify(words.at(index))} holds a NUL, which this format takes for its end`,
        where: `word ${index + 1}`,
        hint: 'write the vectors as safetensors, which holds any word',
      })
    if (end + word.length + 10 > buffer.length) {
      yield buffer.subarray(0, end)
      buffer = Buffer.allocUnsafe(PIECE)
      end = 0
    }
    buffer.set(word, end)
    end += word.length
    buffer[end++] = 0
    end = buffer.writeBigInt64LE(BigInt(Math.round(counts[index]!)), end)
    buffer[end++] = kind
  }
  yield buffer.subarray(0, end)
}

/** Whether it is quantised (no), rows, columns and the numbers. */
function* matrix({ rows, columns, data }: FastTextMatrix): Generator<Uint8Array> {
  const head = Buffer.alloc(17)
  head.writeBigInt64LE(BigInt(rows), 1)
  head.writeBigInt64LE(BigInt(columns), 9)
  yield head
  yield new Uint8Array(data!.buffer, data!.byteOffset, data!.byteLength)
}
