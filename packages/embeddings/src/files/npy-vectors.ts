/** A NumPy matrix `x.npy` and its words, one a line (or `word count`), in `x.vocab.txt` unless told otherwise. */

import { ElmanError, writeFileAtomically } from '@elman/core'
import type { WordVectors } from '../words/word-vectors.ts'
import type { ByteStream } from './byte-stream.ts'
import { encodeNpyHeader, npyDecoder, readNpyLayout } from './npy-header.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import type { ReportDraft } from './read-report.ts'
import { RowSink } from './row-sink.ts'
import { readVocabularyFile, type VocabularyFile, vocabularyPieces } from './vocabulary-file.ts'
import { type WordRule, writableWord } from './write-text.ts'

/** The vocabulary file that belongs to an .npy file. */
export function vocabularyPathOf(path: string): string {
  return `${path.replace(/\.npy$/i, '')}.vocab.txt`
}

/** Reads the words of an .npy file and checks their number. @throws `EMBEDDING_FILE_PARTS_INVALID` */
export async function readNpyWords(
  path: string,
  rows: number,
  vocabulary: string | undefined,
): Promise<VocabularyFile> {
  const file = await readVocabularyFile(vocabulary ?? vocabularyPathOf(path))
  if (file.lines.length === rows) return file
  throw new ElmanError('EMBEDDING_FILE_PARTS_INVALID', {
    message: 'the vocabulary file does not fit the matrix',
    expected: `${rows} words, one a row of ${path}`,
    found: `${file.lines.length} lines`,
    where: vocabulary ?? vocabularyPathOf(path),
  })
}

/**
 * Reads an .npy file with its words.
 *
 * @throws `EMBEDDING_NPY_INVALID`, `EMBEDDING_FILE_TRUNCATED`, `EMBEDDING_FILE_PARTS_INVALID`
 */
export async function readNpyVectors(
  stream: ByteStream,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const { rows, columns, width, position } = await readNpyLayout(stream)
  const { words, lines, counts } = await readNpyWords(stream.path, rows, options.vocabulary)
  report.rowsDeclared = rows
  stream.begin += position
  const sink = new RowSink(columns, options, report)
  sink.reserve(rows)
  const decode = npyDecoder(width)
  const kept: number[] = []
  for (let row = 0; row < rows && !sink.full; row++) {
    if (!(await stream.need(columns * width))) throw endsEarly(stream, row)
    const bytes = words.bytesAt(lines[row]!)
    const word = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (sink.wants(word, 0, word.length)) {
      const at = sink.nextRow(row / rows)
      decode(stream.buffer, stream.begin, sink.matrix, at, columns)
      const before = sink.words.count
      sink.commit(word, 0, word.length, () => `${stream.path}, row ${row + 1} (byte ${stream.position})`)
      if (counts !== undefined && sink.words.count > before) kept.push(counts[row]!)
    } else report.rowsRead++
    stream.begin += columns * width
  }
  return sink.finish(counts === undefined ? undefined : Float64Array.from(kept))
}

/** Writes `x.npy` and `x.vocab.txt`; lines are `word count` where the counts are known. */
export async function writeNpyVectors(path: string, vectors: WordVectors, rule: WordRule): Promise<void> {
  const { matrix, count, dimensions } = vectors
  for (let row = 0; row < count; row++) writableWord(vectors, row, rule === 'refuse' ? 'keep' : rule)
  const bytes = new Uint8Array(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  await writeFileAtomically(path, [encodeNpyHeader(count, dimensions), bytes])
  await writeFileAtomically(
    vocabularyPathOf(path),
    vocabularyPieces(vectors, rule === 'refuse' ? 'keep' : rule),
  )
}

function endsEarly(stream: ByteStream, row: number): ElmanError {
  return new ElmanError('EMBEDDING_FILE_TRUNCATED', {
    message: 'the file became shorter while it was read',
    where: `${stream.path}, row ${row + 1} (byte ${stream.position})`,
  })
}
