/** Writing n-gram models as ARPA files, which SRILM, KenLM and most other tools read. */

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ElmanError, type WrittenFile, writeFileAtomically } from '@elman/core'
import type { Vocabulary } from '@elman/text'
import type { NgramModel } from '../ngram-model.ts'
import type { NgramTable } from '../ngram-table.ts'
import { ARPA_START, arpaSpellings } from './arpa-words.ts'

/** How an ARPA file is written. */
export interface WriteArpaOptions {
  /**
   * Significant digits of the logarithms, 1 … 17; SRILM writes 7. Unless given, as many as it takes to read the same
   * numbers again.
   */
  readonly digits?: number | undefined
}

/** Characters gathered before they are handed on. */
const PIECE = 2 ** 18

/**
 * Writes a model as an ARPA file, packed by gzip when the path ends in `.gz`; atomically. N-grams stand in the order
 * in which the model holds them, so that what was read from a file is written as it stood there. Weights of 0 are left
 * out; a probability of 0 is written as −99.
 *
 * @param vocabulary - Gives the words of the model's ids.
 * @returns length and SHA-256 of the file
 * @throws `ARPA_WORD_AMBIGUOUS`, `ARPA_VOCABULARY_SIZE`, `ARPA_DIGITS_INVALID`, `FILE_UNWRITABLE`
 */
export async function writeArpa(
  path: string,
  model: NgramModel,
  vocabulary: Vocabulary,
  { digits }: WriteArpaOptions = {},
): Promise<WrittenFile> {
  if (digits !== undefined && !(Number.isInteger(digits) && digits >= 1 && digits <= 17)) {
    throw new ElmanError('ARPA_DIGITS_INVALID', {
      message: 'ARPA files hold numbers of some significant digits',
      expected: 'a whole number from 1 to 17, or none to keep them all',
      found: String(digits),
    })
  }
  const { vocabularySize } = model.options
  if (vocabulary.size !== vocabularySize) {
    throw new ElmanError('ARPA_VOCABULARY_SIZE', {
      message: 'the vocabulary is not the one of the n-gram model',
      expected: `${vocabularySize} tokens`,
      found: `${vocabulary.size} tokens`,
    })
  }
  const pieces = arpaPieces(model, [...arpaSpellings(vocabulary), ARPA_START], digits)
  return writeFileAtomically(path, path.endsWith('.gz') ? packed(pieces) : pieces)
}

function* arpaPieces(
  model: NgramModel,
  spellings: readonly string[],
  digits: number | undefined,
): Generator<Uint8Array> {
  const { tables, logProbabilities, backoffWeights } = model.toBackoff().entries
  const counts = logProbabilities.map(values =>
    values.reduce((n, value) => n + (Number.isNaN(value) ? 0 : 1), 0),
  )
  let text = '\\data\\\n'
  counts.forEach((count, index) => {
    text += `ngram ${index + 1}=${count}\n`
  })
  for (let k = 1; k <= tables.length; k++) {
    text += `\n\\${k}-grams:\n`
    const [values, weights] = [logProbabilities[k - 1]!, backoffWeights[k - 1]]
    for (let entry = 0; entry < values.length; entry++) {
      const value = values[entry]!
      if (Number.isNaN(value)) continue
      const weight = weights?.[entry] ?? 0
      text += `${formatted(value, digits)}\t${ngramText(tables, k, entry, spellings)}`
      text += weight === 0 ? '\n' : `\t${formatted(weight, digits)}\n`
      if (text.length < PIECE) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  yield Buffer.from(`${text}\n\\end\\\n`)
}

function ngramText(
  tables: readonly NgramTable[],
  order: number,
  number: number,
  spellings: readonly string[],
): string {
  let text = ''
  for (let k = order, entry = number; k >= 1; entry = tables[k - 1]!.contexts[entry]!, k--) {
    const word = spellings[tables[k - 1]!.words[entry]!]!
    text = text === '' ? word : `${word} ${text}`
  }
  return text
}

function formatted(value: number, digits: number | undefined): string {
  if (value === Number.NEGATIVE_INFINITY) return '-99'
  return String(digits === undefined ? value : Number(value.toPrecision(digits)))
}

async function* packed(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip()
  const feeding = pipeline(Readable.from(pieces, { objectMode: true }), gzip)
  feeding.catch(() => undefined) // the loop below throws the same
  for await (const piece of gzip) yield piece as Uint8Array
  await feeding
}
