import { closeSync, openSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { random } from '@elman/core'
import { type CooccurrenceFile, readCooccurrences } from '../cooccurrence/cooccurrence-file.ts'
import { writeWhole } from '../cooccurrence/record-writer.ts'
import { GLOVE_RECORD_BYTES } from '../kernels/glove/glove-kernel.ts'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { uniformStream } from '../random/uniform-stream.ts'
import type { GloveSettings } from './glove-settings.ts'

const LEAST_BUCKET_RECORDS = 1 << 20
/** Most files that are open at once. */
const MOST_BUCKETS = 256
const BUFFER_RECORDS = 4096

/** Rows of neighbouring words that belong together: they meet in cache lines, which threads should not share. */
const GROUP = 8

/** The records of a training, in the order they are trained. */
export interface GloveRecords {
  readonly path: string
  /**
   * Where blocks begin, and at last the number of records: block p·parts + q holds the pairs whose word is of part p and
   * whose context is of part q. Blocks that share neither can be trained at the same time and touch no common row
   * (Gemulla et al. 2011).
   */
  readonly bounds: readonly number[]
}

/**
 * Writes the training records of co-occurrences (word, context, log X, f(X)), block by block, each in random order, which
 * stays the same in each iteration, as in the C tool. With one part there is one block.
 *
 * Within a block each record goes to one of n files by a draw, then each file is shuffled in memory: any order is as likely as any
 * other. The number of files depends only on records and parts, so the order depends only on them and the seed; memory is
 * 16 MiB of buffers and one file, at most 1/256 of the records or 16 MiB.
 */
export async function writeGloveRecords(
  cooccurrences: CooccurrenceFile,
  folder: string,
  { xMax, alpha, seed, parts }: Pick<GloveSettings, 'xMax' | 'alpha' | 'seed'> & { readonly parts: number },
  { onProgress, signal }: { onProgress?: OnProgress | undefined; signal?: AbortSignal | undefined } = {},
): Promise<GloveRecords> {
  const { records } = cooccurrences
  const perBucket = Math.max(LEAST_BUCKET_RECORDS, Math.ceil(records / MOST_BUCKETS))
  const blocks = parts * parts
  const buckets = Math.max(1, Math.ceil(records / perBucket / blocks)) // of each block
  const partOf = (word: number) => Math.floor(word / GROUP) % parts
  const draw = uniformStream(random.foldIn(random.key(seed), 'glove-order'))
  const report = createProgressMeter('shuffle', 'records', records, onProgress)
  const files = Array.from({ length: blocks * buckets }, (_, at) =>
    openBucket(join(folder, `bucket-${at}.bin`)),
  )
  try {
    let done = 0
    for await (const { count, words, contexts, weights } of readCooccurrences(cooccurrences, signal)) {
      for (let at = 0; at < count; at++) {
        const x = weights[at]!
        const weight = x > xMax ? 1 : (x / xMax) ** alpha
        const block = partOf(words[at]!) * parts + partOf(contexts[at]!)
        files[block * buckets + Math.floor(draw() * buckets)]!.put(
          words[at]!,
          contexts[at]!,
          Math.log(x),
          weight,
        )
      }
      done += count
      report(done / 2)
    }
  } finally {
    for (const file of files) file.close()
  }
  const path = join(folder, 'records.bin')
  const bounds: number[] = []
  const target = openSync(path, 'w')
  try {
    let done = 0
    for (const [index, { path: bucket }] of files.entries()) {
      signal?.throwIfAborted()
      if (index % buckets === 0) bounds.push(done)
      const bytes = readFileSync(bucket)
      const count = bytes.byteLength / GLOVE_RECORD_BYTES
      shuffle(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), count, draw)
      writeWhole(target, bytes)
      await rm(bucket)
      done += count
      report((records + done) / 2)
    }
  } finally {
    closeSync(target)
  }
  return { path, bounds: [...bounds, records] }
}

function openBucket(path: string) {
  const file = openSync(path, 'w')
  const ids = new Int32Array(BUFFER_RECORDS * 4)
  const floats = new Float32Array(ids.buffer)
  const bytes = new Uint8Array(ids.buffer)
  let count = 0
  const flush = () => {
    writeWhole(file, bytes.subarray(0, count * GLOVE_RECORD_BYTES))
    count = 0
  }
  return {
    path,
    put(word: number, context: number, logarithm: number, weight: number): void {
      ids[count * 4] = word
      ids[count * 4 + 1] = context
      floats[count * 4 + 2] = logarithm
      floats[count * 4 + 3] = weight
      if (++count === BUFFER_RECORDS) flush()
    },
    close(): void {
      try {
        flush()
      } finally {
        closeSync(file)
      }
    },
  }
}

/** Fisher and Yates, on records of four int32. */
function shuffle(cells: Int32Array, count: number, draw: () => number): void {
  for (let last = count - 1; last > 0; last--) {
    const a = last * 4
    const b = Math.floor(draw() * (last + 1)) * 4
    for (let i = 0; i < 4; i++) {
      const kept = cells[a + i]!
      cells[a + i] = cells[b + i]!
      cells[b + i] = kept
    }
  }
}
