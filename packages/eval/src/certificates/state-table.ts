/** Rows of states, each kept once: a hash table over their bits. */
import type { Answered } from './subject.ts'

/** Distinct pairs of a state (by its bits) and a tag, numbered in the order they came. */
export class StateTable {
  /** Number of rows. */
  count = 0
  readonly #size: number
  #states: Float32Array
  #bits: Int32Array
  #tags: Int32Array
  #answers: Uint8Array
  #slots: Int32Array

  /** @param size numbers in a state @param capacity rows to begin with */
  constructor(size: number, capacity: number) {
    const rows = Math.max(16, capacity)
    this.#size = size
    this.#states = new Float32Array(rows * size)
    this.#bits = new Int32Array(this.#states.buffer)
    this.#tags = new Int32Array(rows)
    this.#answers = new Uint8Array(rows)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rows))).fill(-1)
  }

  /** Adds the state at an offset; false when it is there with this tag. */
  add(states: Float32Array, offset: number, tag: number, answer: number): boolean {
    const before = this.count
    return this.number(states, offset, tag, answer) === before
  }

  /** The number of a state with a tag, a new one where it was not there. */
  number(states: Float32Array, offset: number, tag: number, answer: number): number {
    const size = this.#size
    const bits = new Int32Array(states.buffer, states.byteOffset + 4 * offset, size)
    let slot = hashOf(bits, tag) & (this.#slots.length - 1)
    for (;;) {
      const known = this.#slots[slot]!
      if (known < 0) break
      if (this.#tags[known] === tag && this.#equal(known, bits)) return known
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    if (this.count === this.#tags.length) {
      this.#grow()
      return this.number(states, offset, tag, answer)
    }
    this.#slots[slot] = this.count
    this.#bits.set(bits, this.count * size)
    this.#tags[this.count] = tag
    this.#answers[this.count] = answer
    return this.count++
  }

  /** The rows; views that later rows do not change. */
  content(): Answered {
    return {
      states: this.#states.subarray(0, this.count * this.#size),
      answers: this.#answers.subarray(0, this.count),
    }
  }

  /** Tags of the rows. */
  tags(): Int32Array {
    return this.#tags.subarray(0, this.count)
  }

  #equal(row: number, bits: Int32Array): boolean {
    const from = row * this.#size
    for (let i = 0; i < bits.length; i++) if (this.#bits[from + i] !== bits[i]) return false
    return true
  }

  #grow(): void {
    const rows = 2 * this.#tags.length
    const states = new Float32Array(rows * this.#size)
    states.set(this.#states)
    const tags = new Int32Array(rows)
    tags.set(this.#tags)
    const answers = new Uint8Array(rows)
    answers.set(this.#answers)
    this.#states = states
    this.#bits = new Int32Array(states.buffer)
    this.#tags = tags
    this.#answers = answers
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1)
    for (let row = 0; row < this.count; row++) {
      const bits = this.#bits.subarray(row * this.#size, (row + 1) * this.#size)
      let slot = hashOf(bits, tags[row]!) & (this.#slots.length - 1)
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & (this.#slots.length - 1)
      this.#slots[slot] = row
    }
  }
}

/** A hash of bits, mixed well enough that near states do not share slots. */
function hashOf(bits: Int32Array, tag: number): number {
  let hash = tag ^ 0x9e3779b9
  for (let i = 0; i < bits.length; i++) {
    hash = Math.imul(hash ^ bits[i]!, 0x85ebca6b)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 13)
}
