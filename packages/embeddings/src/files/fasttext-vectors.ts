import type { WordVectors } from '../words/word-vectors.ts'
import { readFastText } from './read-fasttext.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import type { ReportDraft } from './read-report.ts'
import { RowSink } from './row-sink.ts'

/** Reads the vectors of a .bin file's words into a table: what `fasttext` writes to its .vec file, in full precision. */
export async function readFastTextVectors(
  path: string,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const { onProgress } = options
  const model = await readFastText(path, {
    output: false,
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  const { words, counts, dimensions } = model
  report.rowsDeclared = words.count
  const sink = new RowSink(dimensions, options, report)
  sink.reserve(words.count)
  const kept: number[] = []
  for (let index = 0; index < words.count && !sink.full; index++) {
    const bytes = words.bytesAt(index)
    const word = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (!sink.wants(word, 0, word.length)) {
      report.rowsRead++
      continue
    }
    const at = sink.nextRow(index / words.count)
    const row = sink.matrix.subarray(at, at + dimensions).fill(0)
    model.meanOfRows(model.rowsOf(word), row)
    const before = sink.words.count
    sink.commit(word, 0, word.length, () => `${path}, word ${index + 1}`)
    if (sink.words.count > before) kept.push(counts[index]!)
  }
  return sink.finish(Float64Array.from(kept))
}
