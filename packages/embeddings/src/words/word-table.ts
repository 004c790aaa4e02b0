import { ElmanError } from '@elman/core'

/** Longest word in bytes; a longer one means that the text is not divided into words. */
export const MAXIMUM_WORD_BYTES = 1 << 16
/** Most bytes that the words of one table may take together. */
const MAXIMUM_BYTES = 2 ** 32 - 1

/**
 * Distinct words and their indices 0 … count − 1, in the order in which they were added. Words are kept as the bytes
 * they came as, in one block, so that a million of them cost no more than their letters and 12 bytes each; two words
 * are the same when their bytes are.
 */
export class WordTable {
  #count = 0
  #bytes: Uint8Array
  /** Word i is #bytes[#offsets[i] … #offsets[i + 1]). */
  #offsets: Uint32Array
  /** Index + 1 of the word whose hash led here, 0 where free; linear probing. */
  #slots: Int32Array

  /** @param expected - Words to make room for at once; the table grows as it needs. */
  constructor(expected = 1024) {
    const room = Math.max(16, expected)
    this.#bytes = new Uint8Array(room * 8)
    this.#offsets = new Uint32Array(room + 1)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(room * 2)))
  }

  /** A table of words in the order given; of words given twice the first counts. */
  static of(words: Iterable<string>): WordTable {
    const table = new WordTable()
    for (const word of words) table.add(word)
    return table
  }

  /** Number of words. */
  get count(): number {
    return this.#count
  }

  /** Bytes of all words together. */
  get byteLength(): number {
    return this.#offsets[this.#count]!
  }

  /** Index of a word, which is added if it is new: then the index is the count before. */
  add(word: string): number {
    const bytes = Buffer.from(word)
    return this.addBytes(bytes, 0, bytes.length)
  }

  /**
   * The same for the bytes `begin` … `end` − 1 of a buffer, which are copied.
   *
   * @throws `EMBEDDING_WORD_TOO_LONG`, `EMBEDDING_WORDS_TOO_MANY`
   */
  addBytes(buffer: Uint8Array, begin: number, end: number): number {
    let slot = this.#find(buffer, begin, end)
    if (this.#slots[slot] !== 0) return this.#slots[slot]! - 1
    const length = end - begin
    if (length > MAXIMUM_WORD_BYTES) throw wordTooLong(buffer, begin, length)
    const offset = this.#offsets[this.#count]!
    if (offset + length > MAXIMUM_BYTES) throw tooManyWords(this.#count)
    if (this.#count + 2 > this.#offsets.length) this.#offsets = grown(this.#offsets, this.#count + 2)
    if (offset + length > this.#bytes.length) this.#bytes = grown(this.#bytes, offset + length)
    if (this.#count * 2 >= this.#slots.length) {
      this.#rehash(this.#slots.length * 2)
      slot = this.#find(buffer, begin, end)
    }
    for (let i = 0; i < length; i++) this.#bytes[offset + i] = buffer[begin + i]!
    this.#offsets[this.#count + 1] = offset + length
    this.#slots[slot] = ++this.#count
    return this.#count - 1
  }

  /** Index of a word, −1 if it is not there. */
  indexOf(word: string): number {
    const bytes = Buffer.from(word)
    return this.indexOfBytes(bytes, 0, bytes.length)
  }

  /** The same for the bytes `begin` … `end` − 1 of a buffer. */
  indexOfBytes(buffer: Uint8Array, begin: number, end: number): number {
    return this.#slots[this.#find(buffer, begin, end)]! - 1
  }

  /** Whether a word is there. */
  has(word: string): boolean {
    return this.indexOf(word) >= 0
  }

  /** The bytes of word `index`: a view, not to be written to, good until the next word is added. */
  bytesAt(index: number): Uint8Array {
    this.#check(index)
    return this.#bytes.subarray(this.#offsets[index]!, this.#offsets[index + 1]!)
  }

  /** Word `index` as text; bytes that are not UTF-8 read as U+FFFD. */
  at(index: number): string {
    const bytes = this.bytesAt(index)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }

  /** The words as text, in order. */
  *[Symbol.iterator](): Generator<string> {
    for (let index = 0; index < this.#count; index++) yield this.at(index)
  }

  /** A table of the words at the given indices, in that order. */
  select(indices: ArrayLike<number>): WordTable {
    const table = new WordTable(indices.length)
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!
      this.#check(index)
      table.addBytes(this.#bytes, this.#offsets[index]!, this.#offsets[index + 1]!)
    }
    return table
  }

  #check(index: number): void {
    if (index >= 0 && index < this.#count && Number.isInteger(index)) return
    throw new ElmanError('EMBEDDING_INDEX_OUT_OF_RANGE', {
      message: `there is no word ${index}`,
      expected: `an integer from 0 to ${this.#count - 1}`,
    })
  }

  /** The slot of a word, or the free one where it belongs. */
  #find(buffer: Uint8Array, begin: number, end: number): number {
    const mask = this.#slots.length - 1
    const length = end - begin
    let slot = hash(buffer, begin, end) & mask
    for (;;) {
      const word = this.#slots[slot]!
      if (word === 0) return slot
      const offset = this.#offsets[word - 1]!
      if (this.#offsets[word]! - offset === length) {
        let i = 0
        while (i < length && this.#bytes[offset + i] === buffer[begin + i]) i++
        if (i === length) return slot
      }
      slot = (slot + 1) & mask
    }
  }

  #rehash(size: number): void {
    const slots = new Int32Array(size)
    const mask = size - 1
    for (let word = 1; word <= this.#count; word++) {
      let slot = hash(this.#bytes, this.#offsets[word - 1]!, this.#offsets[word]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = word
    }
    this.#slots = slots
  }
}

/** FNV-1a with a last mix, so that the low bits depend on all bytes. */
function hash(buffer: Uint8Array, begin: number, end: number): number {
  let h = 0x811c9dc5
  for (let i = begin; i < end; i++) h = Math.imul(h ^ buffer[i]!, 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  return h ^ (h >>> 15)
}

function grown<T extends Uint8Array | Uint32Array>(array: T, needed: number): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.max(needed, array.length * 2))
  larger.set(array)
  return larger
}

function wordTooLong(buffer: Uint8Array, begin: number, length: number): ElmanError {
  return new ElmanError('EMBEDDING_WORD_TOO_LONG', {
    message: `a word of ${length} bytes`,
    expected: `at most ${MAXIMUM_WORD_BYTES}`,
    found: `${Buffer.from(buffer.slice(begin, begin + 40)).toString('utf8')}…`,
    hint: 'words are divided by white space: is this text, and is it divided so?',
  })
}

function tooManyWords(count: number): ElmanError {
  return new ElmanError('EMBEDDING_WORDS_TOO_MANY', {
    message: `the words take more than 4 GiB of letters (after ${count} distinct words)`,
    hint: 'divide the text into words first, or leave rare words out by a higher minimum count',
  })
}
