import { setImmediate } from 'node:timers/promises'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { createNearest } from '../query/nearest.ts'
import { WordVectors } from '../words/word-vectors.ts'
import type { UnitRows } from './map-rows.ts'

/** The nearest other rows of each row, nearest first, by exact comparison with all. */
export interface NearestRows {
  readonly count: number
  /** Rows, int32 [rows × count]. */
  readonly rows: Int32Array
  /** Their cosine similarities, float32 [rows × count]. */
  readonly similarities: Float32Array
}

/** Rows looked up before other work may go on. */
const BLOCK = 256

/**
 * The `count` nearest of the other rows by cosine (equal similarities: the earlier row first). Gives way to other work
 * now and then.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function nearestRows(
  { words, matrix, dimensions }: UnitRows,
  count: number,
  { onProgress, signal }: { onProgress?: OnProgress | undefined; signal?: AbortSignal | undefined } = {},
): Promise<NearestRows> {
  const total = words.count
  const kept = Math.min(count, total - 1)
  const rows = new Int32Array(total * kept)
  const similarities = new Float32Array(total * kept)
  const vectors = new WordVectors({ words, matrix, dimensions })
  const nearest = createNearest(vectors)
  const meter = createProgressMeter('find neighbours', 'rows', total, onProgress)
  for (let begin = 0; begin < total; begin += BLOCK) {
    meter(begin)
    await setImmediate()
    signal?.throwIfAborted()
    const block = Array.from({ length: Math.min(BLOCK, total - begin) }, (_, at) => begin + at)
    const queries = block.map(row => vectors.row(row))
    const found = nearest.search(queries, { top: kept, exclude: block.map(row => [row]) })
    for (const [at, row] of block.entries()) {
      for (const [place, { index, score }] of found[at]!.entries()) {
        rows[row * kept + place] = index
        similarities[row * kept + place] = score
      }
    }
  }
  meter(total)
  return { count: kept, rows, similarities }
}
