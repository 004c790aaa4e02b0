import { ElmanError } from '@elman/core'

/** Most slots of one table: an Int32Array of this length is 4 GiB, the last power of two below V8's limit. */
const MAXIMUM_SLOTS = 2 ** 30

/**
 * The n-grams of one order, numbered in order of first appearance: an open-addressing hash table from
 * (number of the n-gram without its last word, last word) to the n-gram's own number.
 *
 * An n-gram of order k is thus two integers whatever k is: 12 bytes of entry (context, word, count) and 8 to 16
 * bytes of slots. There are no strings and no objects per n-gram.
 */
export class NgramTable {
  /** Count of each n-gram; what is counted (occurrences or left neighbours) is the caller's business. */
  counts: Int32Array = new Int32Array(1024)
  /** Number of each n-gram's context in the table one order below. */
  contexts: Int32Array = new Int32Array(1024)
  /** Last word of each n-gram. */
  words: Int32Array = new Int32Array(1024)
  /** Number of distinct n-grams. */
  size = 0
  /** Entry number plus one, 0 where free. */
  private slots: Int32Array = new Int32Array(4096)
  private mask = 4095

  /**
   * A table of n-grams in the order of their numbers, without copying; undefined when one of them is there twice.
   */
  static of(contexts: Int32Array, words: Int32Array, counts: Int32Array): NgramTable | undefined {
    const table = new NgramTable()
    table.contexts = contexts
    table.words = words
    table.counts = counts
    table.size = words.length
    let length = table.slots.length
    while (length < words.length * 2) length *= 2
    table.buildSlots(length)
    for (let entry = 0; entry < table.size; entry++)
      if (table.find(contexts[entry]!, words[entry]!) !== entry) return undefined
    return table
  }

  /** Number of an n-gram, or -1 when it was never added. */
  find(context: number, word: number): number {
    const { slots, contexts, words, mask } = this
    for (let slot = hash(context, word) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]! - 1
      if (entry < 0) return -1
      if (contexts[entry] === context && words[entry] === word) return entry
    }
  }

  /** Number of an n-gram, added with count 0 when it is new (then `size` has grown by one). */
  findOrAdd(context: number, word: number): number {
    const { slots, contexts, words, mask } = this
    let slot = hash(context, word) & mask
    for (; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]! - 1
      if (entry < 0) break
      if (contexts[entry] === context && words[entry] === word) return entry
    }
    const entry = this.size
    if (entry === contexts.length) this.growEntries()
    this.contexts[entry] = context
    this.words[entry] = word
    slots[slot] = entry + 1
    this.size = entry + 1
    if (this.size * 2 > slots.length) this.growSlots()
    return entry
  }

  /** Gives back the spare room of the entries; call when all n-grams have been added. */
  trim(): void {
    this.counts = this.counts.slice(0, this.size)
    this.contexts = this.contexts.slice(0, this.size)
    this.words = this.words.slice(0, this.size)
  }

  /** Lets go of the counts, for models that keep what was made of them; nothing can be added afterwards. */
  dropCounts(): void {
    this.trim()
    this.counts = new Int32Array(0)
  }

  /** The same n-grams with the same numbers, to be added to. */
  copy(): NgramTable {
    const result = new NgramTable()
    result.counts = this.counts.slice()
    result.contexts = this.contexts.slice()
    result.words = this.words.slice()
    result.slots = this.slots.slice()
    result.mask = this.mask
    result.size = this.size
    return result
  }

  /** Bytes held. */
  get byteLength(): number {
    return this.slots.byteLength + this.counts.byteLength + this.contexts.byteLength + this.words.byteLength
  }

  private growEntries(): void {
    const capacity = Math.ceil(this.size * 1.5)
    this.counts = resized(this.counts, capacity)
    this.contexts = resized(this.contexts, capacity)
    this.words = resized(this.words, capacity)
  }

  private growSlots(): void {
    this.buildSlots(this.slots.length * 2)
  }

  private buildSlots(length: number): void {
    if (length > MAXIMUM_SLOTS) {
      throw new ElmanError('NGRAM_CORPUS_TOO_LARGE', {
        message: `more than ${MAXIMUM_SLOTS / 2} distinct n-grams of one order do not fit a table`,
        hint: 'use a lower order or a smaller training corpus',
      })
    }
    const slots = new Int32Array(length)
    const mask = length - 1
    for (let entry = 0; entry < this.size; entry++) {
      let slot = hash(this.contexts[entry]!, this.words[entry]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = entry + 1
    }
    this.slots = slots
    this.mask = mask
  }
}

function resized(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length)
  larger.set(array)
  return larger
}

/** Mixes two integers to 32 bits (the finaliser of MurmurHash3 over a product with odd constants). */
function hash(context: number, word: number): number {
  let mixed = Math.imul(context, 0x9e3779b1) ^ Math.imul(word, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b)
  return mixed ^ (mixed >>> 16)
}
