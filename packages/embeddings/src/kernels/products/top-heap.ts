/**
 * The best few of many scores, as they lie in the kernel's memory: int32 capacity, int32 size, float32 scores
 * [capacity], int32 indices [capacity]. The root is the worst kept: lowest score, of equal ones the highest index.
 */

/** Bytes of a heap; a multiple of 8. */
export function heapBytes(capacity: number): number {
  return 8 + 8 * capacity
}

/** Makes an empty heap at `address`. */
export function clearHeap(buffer: ArrayBufferLike, address: number, capacity: number): void {
  new Int32Array(buffer, address, 2).set([capacity, 0])
}

/** A row and what it scored. */
export interface ScoredRow {
  readonly index: number
  readonly score: number
}

/** What a heap holds, best first; of equal scores the lowest index first. */
export function readHeap(buffer: ArrayBufferLike, address: number): ScoredRow[] {
  const [capacity, size] = new Int32Array(buffer, address, 2) as unknown as [number, number]
  const scores = new Float32Array(buffer, address + 8, size)
  const indices = new Int32Array(buffer, address + 8 + 4 * capacity, size)
  return Array.from(scores, (score, i) => ({ index: indices[i]!, score })).sort(
    (a, b) => b.score - a.score || a.index - b.index,
  )
}
