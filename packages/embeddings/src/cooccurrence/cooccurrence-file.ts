import { open, readFile, stat } from 'node:fs/promises'
import { ElmanError } from '@elman/core'
import { z } from 'zod'
import { RECORD_BYTES } from './record-writer.ts'

/** How co-occurrences were counted, as their sidecar tells. */
export const cooccurrenceCounting = z.strictObject({
  window: z.int().min(1),
  weighting: z.enum(['harmonic', 'linear', 'flat']),
  symmetric: z.boolean(),
  /** Threshold of sub-sampling, 0 for none, and the seed of its draws. */
  sample: z.number().min(0),
  seed: z.int(),
})

/** How pairs were counted. */
export type CooccurrenceCounting = z.infer<typeof cooccurrenceCounting>

const sidecar = z.strictObject({
  format: z.literal('elman-cooccurrences'),
  version: z.literal(1),
  words: z.int().min(1),
  records: z.int().min(0),
  tokens: z.int().min(0),
  total: z.number().min(0),
  counting: cooccurrenceCounting,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** How often words occur near each other: a file of records in order of word and context, and what is known of it. */
export interface CooccurrenceFile {
  readonly path: string
  /** Size of the vocabulary. */
  readonly words: number
  /** Pairs with a weight above 0. */
  readonly records: number
  /** Tokens that were counted (after sub-sampling). */
  readonly tokens: number
  /** Sum of all weights. */
  readonly total: number
  readonly counting: CooccurrenceCounting
  /** Of the file of records. */
  readonly sha256: string
}

/** Pairs of a piece of the file: indices from 0 and weights; `count` of each are valid. */
export interface CooccurrencePiece {
  readonly count: number
  readonly words: Int32Array
  readonly contexts: Int32Array
  readonly weights: Float64Array
}

/** The text of the file beside the records, `PATH.json`. */
export function sidecarOf({ path: _, ...known }: CooccurrenceFile): string {
  return `${JSON.stringify({ format: 'elman-cooccurrences', version: 1, ...known }, null, 2)}\n`
}

/**
 * Opens co-occurrences that `countCooccurrences` wrote.
 *
 * @throws `EMBEDDING_COOCCURRENCES_INVALID` when the files are not what they should be (sizes; not the hash).
 */
export async function openCooccurrences(path: string): Promise<CooccurrenceFile> {
  const text = await readFile(`${path}.json`, 'utf8').catch(error => {
    throw invalid(path, 'a file PATH.json beside it', (error as Error).message)
  })
  const parsed = sidecar.safeParse(jsonOf(text))
  if (!parsed.success) throw invalid(path, 'a description by elman', z.prettifyError(parsed.error))
  const { format: _format, version: _version, ...known } = parsed.data
  const found = await stat(path).then(
    file => file.size,
    error => (error as Error).message,
  )
  const expected = known.records * RECORD_BYTES
  if (found !== expected) throw invalid(path, `${expected} bytes`, `${found}`)
  return { path, ...known }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const PIECE_RECORDS = 1 << 16

/**
 * Reads the pairs piece by piece, in order; a piece is good until the next is asked for.
 *
 * @throws `EMBEDDING_COOCCURRENCES_INVALID` when a record names a word that is not there, or a weight is not a positive number.
 */
export async function* readCooccurrences(
  file: CooccurrenceFile,
  signal?: AbortSignal,
): AsyncGenerator<CooccurrencePiece> {
  const bytes = new Uint8Array(PIECE_RECORDS * RECORD_BYTES)
  const ids = new Int32Array(bytes.buffer)
  const values = new Float64Array(bytes.buffer)
  const words = new Int32Array(PIECE_RECORDS)
  const contexts = new Int32Array(PIECE_RECORDS)
  const weights = new Float64Array(PIECE_RECORDS)
  const handle = await open(file.path, 'r')
  try {
    for (let done = 0; done < file.records; ) {
      signal?.throwIfAborted()
      const count = Math.min(PIECE_RECORDS, file.records - done)
      const wanted = count * RECORD_BYTES
      for (let got = 0; got < wanted; ) {
        const { bytesRead } = await handle.read(bytes, got, wanted - got, done * RECORD_BYTES + got)
        if (bytesRead === 0)
          throw invalid(file.path, `${file.records} records`, `the file ends within record ${done}`)
        got += bytesRead
      }
      for (let at = 0; at < count; at++) {
        const word = ids[at * 4]! - 1
        const context = ids[at * 4 + 1]! - 1
        const weight = values[at * 2 + 1]!
        const isWord = word >= 0 && word < file.words && context >= 0 && context < file.words
        if (!isWord || !(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
          const found = `words ${word + 1} and ${context + 1}, weight ${weight} in record ${done + at}`
          throw invalid(file.path, `words 1 to ${file.words} and a positive weight`, found)
        }
        words[at] = word
        contexts[at] = context
        weights[at] = weight
      }
      yield { count, words, contexts, weights }
      done += count
    }
  } finally {
    await handle.close()
  }
}

function invalid(where: string, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_COOCCURRENCES_INVALID', {
    message: 'this is not a file of co-occurrences that can be used',
    expected,
    found,
    where,
    hint: 'count the co-occurrences again',
  })
}
