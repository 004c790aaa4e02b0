import { ElmanError } from '@elman/core'
import { MAXIMUM_WORD_BYTES, type WordTable } from '../words/word-table.ts'

/**
 * Adds the word `buffer[begin … end)` to a table, as {@link WordTable.addBytes} does, with the place in the error.
 *
 * @throws `EMBEDDING_WORD_TOO_LONG`
 */
export function addWord(
  words: WordTable,
  buffer: Uint8Array,
  begin: number,
  end: number,
  place: () => string,
): number {
  if (end - begin <= MAXIMUM_WORD_BYTES) return words.addBytes(buffer, begin, end)
  throw new ElmanError('EMBEDDING_WORD_TOO_LONG', {
    message: `a word of ${end - begin} bytes`,
    expected: `at most ${MAXIMUM_WORD_BYTES}`,
    where: place(),
    hint: 'words are divided by spaces and line ends: is the file of the format that it was taken for?',
  })
}
