import { closeSync, openSync, writeSync } from 'node:fs'

/** Bytes of a co-occurrence record: int32 word, int32 context, float64 value, little-endian. */
export const RECORD_BYTES = 16
const BUFFER_RECORDS = 1 << 16

/** Gathers records into pieces of about a megabyte. */
export interface RecordBuffer {
  put(word: number, context: number, value: number): void
  /** What is left over. */
  flush(): void
}

/** @param write - Is given pieces in order; it must copy or use a piece at once, its bytes are written over. */
export function createRecordBuffer(write: (piece: Uint8Array) => void): RecordBuffer {
  const bytes = new Uint8Array(BUFFER_RECORDS * RECORD_BYTES)
  const ids = new Int32Array(bytes.buffer)
  const values = new Float64Array(bytes.buffer)
  let count = 0
  const flush = () => {
    if (count > 0) write(bytes.subarray(0, count * RECORD_BYTES))
    count = 0
  }
  return {
    put(word, context, value) {
      ids[count * 4] = word
      ids[count * 4 + 1] = context
      values[count * 2 + 1] = value
      if (++count === BUFFER_RECORDS) flush()
    },
    flush,
  }
}

/** Writes a file of records at once, as a generator of pairs tells them. Gives the number of records. */
export function writeRun(path: string, tell: (take: RecordBuffer['put']) => void): number {
  const file = openSync(path, 'w')
  let bytes = 0
  try {
    const buffer = createRecordBuffer(piece => {
      bytes += piece.byteLength
      writeWhole(file, piece)
    })
    tell(buffer.put)
    buffer.flush()
  } finally {
    closeSync(file)
  }
  return bytes / RECORD_BYTES
}

/** Writes all bytes, however few the system takes at once. */
export function writeWhole(file: number, piece: Uint8Array): void {
  for (let done = 0; done < piece.byteLength; ) done += writeSync(file, piece, done)
}
