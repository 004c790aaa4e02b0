import { WordTable } from '../words/word-table.ts'
import type { TokenSink } from './byte-tokenizer.ts'
import { type StreamOptions, streamWords } from './stream-words.ts'

/** The distinct words of a text and how often each occurs. */
export interface WordCounts {
  /** Distinct words in the order in which they first occur. */
  readonly words: WordTable
  /** Occurrences of each. */
  readonly counts: Float64Array
  /** Occurrences of all. */
  readonly tokens: number
  /** Sentences that have a word, before any is cut. */
  readonly sentences: number
  /** Bytes of the text, decompressed. */
  readonly bytes: number
  /** SHA-256 of the text, decompressed; of several files, of the list of their hashes, one a line. */
  readonly sha256: string
}

/**
 * Counts the words of files, plain or gzip, read as one text in the order given. Memory holds the distinct words and
 * nothing else of the text.
 *
 * @throws `TEXT_FILE_UNREADABLE`, `EMBEDDING_GZIP_DAMAGED`, `EMBEDDING_WORD_TOO_LONG`, `EMBEDDING_TEXT_ENCODING`,
 *   `EMBEDDING_OPTION_INVALID`, `EMBEDDING_WORDS_TOO_MANY`, and the signal's reason
 */
export async function countWords(paths: readonly string[], options: StreamOptions = {}): Promise<WordCounts> {
  const counter = createWordCounter()
  const stream = streamWords(paths, options, counter, 'count words')
  let next = await stream.next()
  while (!next.done) next = await stream.next()
  return { ...counter.result(), ...next.value }
}

/** A sink that counts. */
function createWordCounter(): TokenSink & { result(): Omit<WordCounts, 'bytes' | 'sha256'> } {
  const words = new WordTable()
  let counts = new Float64Array(1024)
  let tokens = 0
  let sentences = 0
  let begun = false
  return {
    token(buffer, begin, end) {
      const word = words.addBytes(buffer, begin, end)
      if (word === counts.length) counts = doubled(counts)
      counts[word]!++
      tokens++
      begun = true
    },
    endSentence() {
      if (begun) sentences++
      begun = false
    },
    result: () => ({ words, counts: counts.slice(0, words.count), tokens, sentences }),
  }
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2)
  larger.set(array)
  return larger
}
