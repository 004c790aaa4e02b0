/** Distinct pairs of word indices, numbered in the order in which they were added; two int32 and a slot each. */
export class PairTable {
  #count = 0
  #left: Int32Array
  #right: Int32Array
  /** Index + 1 of the pair whose hash led here, 0 where free; linear probing. */
  #slots: Int32Array

  /** @param expected - Pairs to make room for at once. */
  constructor(expected = 1024) {
    const room = Math.max(16, expected)
    this.#left = new Int32Array(room)
    this.#right = new Int32Array(room)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(room * 2)))
  }

  /** Number of pairs. */
  get count(): number {
    return this.#count
  }

  /** Left word of pair `index`. */
  leftAt(index: number): number {
    return this.#left[index]!
  }

  /** Right word of pair `index`. */
  rightAt(index: number): number {
    return this.#right[index]!
  }

  /** Index of a pair, which is added if it is new: then the index is the count before. */
  add(left: number, right: number): number {
    let slot = this.#find(left, right)
    if (this.#slots[slot] !== 0) return this.#slots[slot]! - 1
    if (this.#count === this.#left.length) {
      this.#left = doubled(this.#left)
      this.#right = doubled(this.#right)
    }
    if (this.#count * 2 >= this.#slots.length) {
      this.#rehash(this.#slots.length * 2)
      slot = this.#find(left, right)
    }
    this.#left[this.#count] = left
    this.#right[this.#count] = right
    this.#slots[slot] = ++this.#count
    return this.#count - 1
  }

  /** Index of a pair, −1 if it is not there. */
  indexOf(left: number, right: number): number {
    return this.#slots[this.#find(left, right)]! - 1
  }

  #find(left: number, right: number): number {
    const mask = this.#slots.length - 1
    let slot = hash(left, right) & mask
    for (;;) {
      const pair = this.#slots[slot]!
      if (pair === 0 || (this.#left[pair - 1] === left && this.#right[pair - 1] === right)) return slot
      slot = (slot + 1) & mask
    }
  }

  #rehash(size: number): void {
    const slots = new Int32Array(size)
    const mask = size - 1
    for (let pair = 1; pair <= this.#count; pair++) {
      let slot = hash(this.#left[pair - 1]!, this.#right[pair - 1]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = pair
    }
    this.#slots = slots
  }
}

function hash(left: number, right: number): number {
  let h = Math.imul(left, 0x9e3779b1) ^ Math.imul(right + 1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return h ^ (h >>> 13)
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
