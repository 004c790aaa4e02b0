import { setImmediate } from 'node:timers/promises'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import type { UnitRows } from './map-rows.ts'

/** The nearest other rows of each row, nearest first, by exact comparison with all. */
export interface NearestRows {
  readonly count: number
  /** Rows, int32 [rows × count]. */
  readonly rows: Int32Array
  /** Their cosine similarities, float32 [rows × count]. */
  readonly similarities: Float32Array
}

const BLOCK = 64

/**
 * The `count` nearest of the other rows by cosine, exactly (equal similarities: the earlier row first). Gives way to
 * other work now and then.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function nearestRows(
  { matrix, dimensions }: Pick<UnitRows, 'matrix' | 'dimensions'>,
  count: number,
  { onProgress, signal }: { onProgress?: OnProgress | undefined; signal?: AbortSignal | undefined } = {},
): Promise<NearestRows> {
  const total = matrix.length / dimensions
  const kept = Math.min(count, total - 1)
  const rows = new Int32Array(total * kept)
  const similarities = new Float32Array(total * kept)
  const meter = createProgressMeter('find neighbours', 'rows', total, onProgress)
  for (let row = 0; row < total; row++) {
    if (row % BLOCK === 0) {
      await setImmediate()
      signal?.throwIfAborted()
      meter(row)
    }
    nearestOf(matrix, dimensions, row, rows.subarray(row * kept, (row + 1) * kept), similarities, row * kept)
  }
  meter(total)
  return { count: kept, rows, similarities }
}

function nearestOf(
  matrix: Float32Array,
  dimensions: number,
  row: number,
  rows: Int32Array,
  similarities: Float32Array,
  base: number,
): void {
  const total = matrix.length / dimensions
  const own = matrix.subarray(row * dimensions, (row + 1) * dimensions)
  let filled = 0
  for (let other = 0, at = 0; other < total; other++) {
    let sum = 0
    for (let i = 0; i < dimensions; i++, at++) sum += own[i]! * matrix[at]!
    if (other === row) continue
    const similarity = Math.fround(sum)
    if (filled === rows.length && !(similarity > similarities[base + filled - 1]!)) continue
    let place = filled < rows.length ? filled++ : filled - 1
    while (place > 0 && similarities[base + place - 1]! < similarity) {
      rows[place] = rows[place - 1]!
      similarities[base + place] = similarities[base + place - 1]!
      place--
    }
    rows[place] = other
    similarities[base + place] = similarity
  }
}
