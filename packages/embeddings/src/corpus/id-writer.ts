import type { WordTable } from '../words/word-table.ts'
import type { TokenSink } from './byte-tokenizer.ts'

/** Marks the end of a sentence among ids. */
export const SENTENCE_END = -1

/** Turns words into ids, and counts. */
export interface IdWriter extends TokenSink {
  /** Words of the vocabulary so far. */
  readonly tokens: number
  /** Sentences so far: as many as there are end marks. */
  readonly sentences: number
  /** Sentences that were longer than allowed and were cut into pieces. */
  readonly cutSentences: number
  /** The ids since the last call, as int32 in the byte order of the machine; good until the next word. */
  take(): Int32Array
}

/**
 * A sink that keeps the ids of the words that are in the vocabulary, with an end mark behind each sentence that has
 * any; words that are not in it are left out as if they did not stand there. A sentence of more than `maximum` such
 * words is cut into pieces of that length.
 */
export function createIdWriter(words: WordTable, maximum: number): IdWriter {
  let ids = new Int32Array(1 << 16)
  let filled = 0
  let length = 0
  let isCut = false
  const put = (id: number): void => {
    if (filled === ids.length) {
      const larger = new Int32Array(ids.length * 2)
      larger.set(ids)
      ids = larger
    }
    ids[filled++] = id
  }
  const writer = {
    tokens: 0,
    sentences: 0,
    cutSentences: 0,
    token(buffer: Uint8Array, begin: number, end: number): void {
      const id = words.indexOfBytes(buffer, begin, end)
      if (id < 0) return
      if (length === maximum) {
        put(SENTENCE_END)
        writer.sentences++
        length = 0
        isCut = true
      }
      put(id)
      length++
      writer.tokens++
    },
    endSentence(): void {
      if (length === 0) return
      put(SENTENCE_END)
      writer.sentences++
      if (isCut) writer.cutSentences++
      isCut = false
      length = 0
    },
    take(): Int32Array {
      const taken = ids.subarray(0, filled)
      filled = 0
      return taken
    },
  }
  return writer
}
