/** Texts, pairs of texts and sentences of words as sequences that a fine-tuned model reads. */
import type { Tokenizer } from '@elman/text'
import { assembleSequence } from '../masked-batches.ts'
import type { MaskedTokenIds } from '../special-tokens.ts'

/** A text to classify, or two. */
export interface TextToRead {
  readonly id: string
  readonly text: string
  /** The second text of a pair. */
  readonly pair?: string | undefined
}

/** A sequence to read with what is asked of it. */
export interface ReadingUnit {
  readonly ids: Int32Array
  readonly segments: Int32Array
  /** Places that are asked for: the first token, or the first piece of each word. */
  readonly places: Int32Array
  /** Class of each place; −1 where it is not known. */
  readonly labels: Int32Array
}

/** How long sequences may be, special tokens counted. */
export interface ReadingLimits {
  readonly special: MaskedTokenIds
  readonly length: number
}

/** A text or a pair; what is too long loses tokens at its end, of a pair those of the longer text first. */
export function textUnit(
  { text, pair }: Omit<TextToRead, 'id'>,
  label: number,
  tokenizer: Pick<Tokenizer, 'encode'>,
  { special, length }: ReadingLimits,
): ReadingUnit {
  const encoded = [text, ...(pair === undefined ? [] : [pair])].map(
    part => tokenizer.encode(part, { addSpecialTokens: false }).ids,
  )
  const sizes = encoded.map(ids => ids.length)
  const room = length - 1 - sizes.length
  while (sizes.reduce((sum, size) => sum + size, 0) > room) {
    const longer = (sizes[1] ?? 0) > sizes[0]! ? 1 : 0
    const excess = sizes.reduce((sum, size) => sum + size, 0) - room
    const other = sizes[1 - longer] ?? 0
    sizes[longer] = Math.max(sizes[longer]! - excess, Math.min(other, sizes[longer]! - 1))
  }
  const first = encoded[0]!.subarray(0, sizes[0])
  const ids = Int32Array.from([...first, ...(encoded[1]?.subarray(0, sizes[1]) ?? [])])
  const ranges = {
    first: [0, first.length] as const,
    ...(pair === undefined ? {} : { second: [first.length, ids.length] as const }),
  }
  const assembled = assembleSequence({ ids, words: ids }, ranges, special)
  return { ...assembled, places: Int32Array.of(0), labels: Int32Array.of(label) }
}

/**
 * A sentence of words as one sequence, or as several where it is too long: cut between words, so that each word is in
 * one of them. Words are asked for at their first pieces; one that the tokenizer makes nothing of is unknown, and one
 * longer than a sequence loses its last pieces.
 */
export function sentenceUnits(
  words: readonly string[],
  labels: readonly number[],
  tokenizer: Pick<Tokenizer, 'encode'>,
  { special, length }: ReadingLimits,
): ReadingUnit[] {
  const room = length - 2
  const units: ReadingUnit[] = []
  let [ids, places, kept] = [[] as number[], [] as number[], [] as number[]]
  const close = () => {
    const all = Int32Array.from(ids)
    const assembled = assembleSequence({ ids: all, words: all }, { first: [0, all.length] }, special)
    units.push({ ...assembled, places: Int32Array.from(places), labels: Int32Array.from(kept) })
    ids = []
    places = []
    kept = []
  }
  for (const [index, word] of words.entries()) {
    const found = tokenizer.encode(word, { addSpecialTokens: false }).ids
    const pieces = found.length === 0 ? Int32Array.of(special.unknown) : found.subarray(0, room)
    if (ids.length + pieces.length > room) close()
    places.push(ids.length + 1)
    kept.push(labels[index] ?? -1)
    ids.push(...pieces)
  }
  if (ids.length > 0) close()
  return units
}
