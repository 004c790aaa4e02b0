import { ElmanError } from '@elman/core'
import { type EncodedCorpus, readIds } from '../corpus/encoded-corpus.ts'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'

/** Distinct n-grams of one order. */
export interface NgramCount {
  readonly order: number
  /** n-grams in the text; none reaches over the end of a sentence. */
  readonly occurrences: number
  readonly distinct: number
  /** Distinct n-grams that occur a single time. */
  readonly once: number
  /** Times the text was read for it: more than one where memory did not hold them all. */
  readonly passes: number
}

/** How to count n-grams. */
export interface CountNgramsOptions {
  /** Orders to count; default 1 to 5. */
  readonly orders?: readonly number[]
  /** Memory for the n-grams seen; default 256 MiB, least 1 MiB. */
  readonly memoryBytes?: number
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
}

const LEAST_MEMORY = 2 ** 20
const HASHES = 2 ** 32

/**
 * Counts the distinct n-grams of an encoded text, exactly (n-grams are compared, not only their hashes) and in bounded
 * memory: n-grams whose hash lies in a range are counted at a time; where a range does not fit, it is cut short and the
 * text is read again for the rest.
 *
 * @throws `EMBEDDING_HYPOTHESIS_INVALID` for orders or memory out of range; the signal's reason when it is aborted.
 */
export async function countNgrams(
  corpus: Pick<EncodedCorpus, 'path' | 'ids'>,
  { orders = [1, 2, 3, 4, 5], memoryBytes = 2 ** 28, onProgress, signal }: CountNgramsOptions = {},
): Promise<readonly NgramCount[]> {
  const isOrder = (order: number) => Number.isInteger(order) && order >= 1 && order <= 100
  if (orders.length === 0 || !orders.every(isOrder))
    throw invalid('these are no orders of n-grams', 'whole numbers from 1 to 100', orders.join(', '))
  if (!(memoryBytes >= LEAST_MEMORY))
    throw invalid(
      'the memory for n-grams is too small',
      `at least ${LEAST_MEMORY} bytes`,
      String(memoryBytes),
    )
  const results: NgramCount[] = []
  for (const order of orders) {
    const table = new NgramTable(order, memoryBytes)
    let [distinct, once, passes, occurrences] = [0, 0, 0, 0]
    for (let low = 0; low < HASHES; low = table.high) {
      table.begin(low)
      occurrences = 0
      passes++
      const meter = createProgressMeter(`count ${order}-grams`, 'words', corpus.ids, onProgress)
      let done = 0
      const window = new Int32Array(order)
      let length = 0
      for await (const ids of readIds(corpus)) {
        signal?.throwIfAborted()
        for (let at = 0; at < ids.length; at++) {
          const id = ids[at]!
          if (id < 0) {
            length = 0
            continue
          }
          window.copyWithin(0, 1)
          window[order - 1] = id
          if (++length < order) continue
          occurrences++
          table.add(window)
        }
        done += ids.length
        meter(done)
      }
      distinct += table.size
      once += table.once()
    }
    results.push({ order, occurrences, distinct, once, passes })
  }
  return results
}

/** n-grams whose hash lies in [low, high), open addressing; `high` falls when the memory is full. */
class NgramTable {
  high = HASHES
  size = 0
  readonly #order: number
  readonly #memory: number
  #low = 0
  #slots = 1024
  #grams: Int32Array
  /** 0: free, 1: seen once, 2: seen more often. */
  #seen: Uint8Array

  constructor(order: number, memory: number) {
    this.#order = order
    this.#memory = memory
    this.#grams = new Int32Array(this.#slots * order)
    this.#seen = new Uint8Array(this.#slots)
  }

  begin(low: number): void {
    this.#low = low
    this.high = HASHES
    this.size = 0
    this.#seen.fill(0)
  }

  once(): number {
    return this.#seen.reduce((sum, seen) => sum + (seen === 1 ? 1 : 0), 0)
  }

  add(gram: Int32Array): void {
    const hash = hashOf(gram, 0, this.#order)
    if (hash < this.#low || hash >= this.high) return
    const slot = this.#find(gram, 0, hash)
    if (this.#seen[slot] !== 0) {
      this.#seen[slot] = 2
      return
    }
    this.#put(gram, 0, slot, 1)
    if (this.size * 10 > this.#slots * 7) this.#makeRoom()
  }

  #put(grams: Int32Array, from: number, slot: number, seen: number): void {
    const to = slot * this.#order
    for (let i = 0; i < this.#order; i++) this.#grams[to + i] = grams[from + i]!
    this.#seen[slot] = seen
    this.size++
  }

  #find(grams: Int32Array, from: number, hash: number): number {
    const mask = this.#slots - 1
    // Hashes of a narrow range share their high bits, the slot is taken from all bits mixed again.
    let slot = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    slot = (slot ^ (slot >>> 13)) & mask
    for (; this.#seen[slot] !== 0; slot = (slot + 1) & mask) {
      const at = slot * this.#order
      let i = 0
      while (i < this.#order && this.#grams[at + i] === grams[from + i]) i++
      if (i === this.#order) break
    }
    return slot
  }

  /** Doubles the table, or, where memory does not allow that, gives the upper half of the range up. */
  #makeRoom(): void {
    const bytes = (slots: number) => slots * (this.#order * 4 + 1)
    const grams = this.#grams
    const seen = this.#seen
    const order = this.#order
    if (bytes(this.#slots) * 3 <= this.#memory || this.high - this.#low === 1) this.#slots *= 2
    else this.high = this.#low + Math.ceil((this.high - this.#low) / 2)
    this.#grams = new Int32Array(this.#slots * order)
    this.#seen = new Uint8Array(this.#slots)
    this.size = 0
    for (let slot = 0; slot < seen.length; slot++) {
      if (seen[slot] === 0) continue
      const hash = hashOf(grams, slot * order, order)
      if (hash < this.high) this.#put(grams, slot * order, this.#find(grams, slot * order, hash), seen[slot]!)
    }
  }
}

function hashOf(grams: Int32Array, from: number, order: number): number {
  let hash = 0x9e3779b9
  for (let i = from; i < from + order; i++) {
    hash = Math.imul(hash ^ grams[i]!, 0x85ebca6b)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}

function invalid(message: string, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_HYPOTHESIS_INVALID', { message, expected, found })
}
