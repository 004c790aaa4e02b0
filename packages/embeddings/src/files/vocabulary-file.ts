/** Vocabulary files: a word a line, or `word count`, as `word2vec -save-vocab` and GloVe's vocab_count write them. */

import { ElmanError } from '@elman/core'
import { WordTable } from '../words/word-table.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { addWord } from './add-word.ts'
import { openByteStream } from './byte-stream.ts'
import { type WordRule, writableWord } from './write-text.ts'

/** The lines of a vocabulary file. */
export interface VocabularyFile {
  /** Words without repetition. */
  readonly words: WordTable
  /** For each line the index of its word. */
  readonly lines: Int32Array
  /** For each line its count; undefined when the lines are bare words. */
  readonly counts: Float64Array | undefined
}

/**
 * Reads a vocabulary file. Lines hold counts if all of them end in a space and a whole number.
 *
 * @throws `EMBEDDING_FILE_EMPTY`, `FILE_UNREADABLE`
 */
export async function readVocabularyFile(path: string): Promise<VocabularyFile> {
  const withCounts = await everyLine(path, line => countBegin(line) > 0)
  const words = new WordTable()
  const lines: number[] = []
  const counts: number[] = []
  await everyLine(path, line => {
    const space = withCounts ? countBegin(line) : line.length + 1
    lines.push(addWord(words, line, 0, space - 1, () => `${path}, line ${lines.length + 1}`))
    if (withCounts) counts.push(Number(line.toString('latin1', space)))
    return true
  })
  if (lines.length === 0)
    throw new ElmanError('EMBEDDING_FILE_EMPTY', {
      message: 'the vocabulary file holds no words',
      where: path,
    })
  return { words, lines: Int32Array.from(lines), counts: withCounts ? Float64Array.from(counts) : undefined }
}

/** Whether a question is answered yes for every line; an empty last line is none. */
async function everyLine(path: string, ask: (line: Buffer) => boolean): Promise<boolean> {
  const stream = await openByteStream(path)
  try {
    for (;;) {
      const feed = await stream.findLineEnd()
      if (feed < 0 && stream.available === 0) return true
      const end = feed < 0 ? stream.end : feed
      const cut = end > stream.begin && stream.buffer[end - 1] === 13 ? end - 1 : end
      if (!ask(stream.buffer.subarray(stream.begin, cut))) return false
      stream.begin = feed < 0 ? stream.end : feed + 1
    }
  } finally {
    await stream.close()
  }
}

/** Where the count begins behind the last space (or tab); 0 when the line has none. */
function countBegin(line: Buffer): number {
  let begin = line.length
  while (begin > 0 && line[begin - 1]! >= 0x30 && line[begin - 1]! <= 0x39) begin--
  const separator = line[begin - 1]
  const found = begin < line.length && line.length - begin < 16 && (separator === 0x20 || separator === 9)
  return found && begin > 1 ? begin : 0
}

/** The lines of a vocabulary file: `word`, or `word count` where the counts are known. */
export function* vocabularyPieces(vectors: WordVectors, rule: WordRule): Generator<Uint8Array> {
  for (let row = 0; row < vectors.count; row += LINES) {
    const parts: Uint8Array[] = []
    for (let i = row; i < Math.min(vectors.count, row + LINES); i++) {
      const count = vectors.counts === undefined ? '\n' : ` ${Math.round(vectors.counts[i]!)}\n`
      parts.push(writableWord(vectors, i, rule), Buffer.from(count))
    }
    yield Buffer.concat(parts)
  }
}
/** Lines a piece. */
const LINES = 4096
