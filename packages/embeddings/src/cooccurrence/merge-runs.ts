import { closeSync, openSync, readSync } from 'node:fs'
import type { RowSource } from './pair-accumulator.ts'
import { RECORD_BYTES } from './record-writer.ts'

/** One sorted run, read piece by piece. */
interface RunReader {
  word: number
  context: number
  sum: number
  /** Goes to the next record; false at the end. */
  next(): boolean
  close(): void
}

/** Sorted runs as one sequence; they are read as its rows are asked for. */
export interface MergedRuns extends RowSource {
  close(): void
}

/**
 * Merges sorted runs of records, in order of word and context; sums of the same pair are added.
 *
 * @param bufferBytes - Memory for all runs together.
 */
export function mergeRuns(paths: readonly string[], bufferBytes: number): MergedRuns {
  const records = Math.max(1024, Math.floor(bufferBytes / RECORD_BYTES / Math.max(1, paths.length)))
  const readers = paths.map(path => openRun(path, records))
  const heap = readers.filter(reader => reader.next())
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, at)
  return {
    takeRow(word, take) {
      while (heap.length > 0 && heap[0]!.word === word) {
        const { context } = heap[0]!
        let sum = 0
        while (heap.length > 0 && heap[0]!.word === word && heap[0]!.context === context) {
          sum += heap[0]!.sum
          if (!heap[0]!.next()) {
            const last = heap.pop()!
            if (heap.length > 0) heap[0] = last
          }
          sink(heap, 0)
        }
        take(word, context, sum)
      }
    },
    close: () => {
      for (const reader of readers) reader.close()
    },
  }
}

function openRun(path: string, records: number): RunReader {
  const file = openSync(path, 'r')
  const bytes = new Uint8Array(records * RECORD_BYTES)
  const ids = new Int32Array(bytes.buffer)
  const values = new Float64Array(bytes.buffer)
  let count = 0
  let at = 0
  return {
    word: 0,
    context: 0,
    sum: 0,
    next() {
      if (at === count) {
        let filled = 0
        for (let got = 1; got > 0 && filled < bytes.length; filled += got)
          got = readSync(file, bytes, filled, bytes.length - filled, null)
        count = filled / RECORD_BYTES
        at = 0
        if (count === 0) return false
      }
      this.word = ids[at * 4]!
      this.context = ids[at * 4 + 1]!
      this.sum = values[at * 2 + 1]!
      at++
      return true
    },
    close: () => closeSync(file),
  }
}

const isBefore = (a: RunReader, b: RunReader) =>
  a.word < b.word || (a.word === b.word && a.context < b.context)

/** Moves the reader at `at` down to where it belongs. */
function sink(heap: RunReader[], at: number): void {
  for (;;) {
    let least = at
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++)
      if (isBefore(heap[child]!, heap[least]!)) least = child
    if (least === at) return
    const moved = heap[at]!
    heap[at] = heap[least]!
    heap[least] = moved
    at = least
  }
}
