/**
 * Sums of weights by pair of words, in memory of a fixed size: a dense triangle for pairs of frequent words, which
 * make up most of the text, and a hash table for the others, which is emptied into a sorted run when it is full.
 *
 * Where counts are symmetric a pair is kept once, smaller index first, and told both ways when it is read.
 */

/** Receives sums in order of word, then context; the sums are numerators (`windowWeights`). */
export type TakePair = (word: number, context: number, sum: number) => void

/** Pairs in order of word and context; rows are asked for once, in order. */
export interface RowSource {
  /** Gives the pairs of one word in order of context. */
  takeRow(word: number, take: TakePair): void
}

/** Sums by pair of words. */
export interface PairAccumulator {
  /** Adds to a pair. Gives true when the table must be emptied before the next word. */
  add(word: number, context: number, weight: number): void
  /** Whether the table has no room for `pairs` more new pairs. */
  isFull(pairs: number): boolean
  /** The pairs of the hash table in order; good until the next pair is added. */
  sorted(): RowSource
  /** Empties the hash table. */
  clear(): void
  /** The pairs of the triangle in order. */
  readonly dense: RowSource
}

/** Bytes that a slot costs: 16 in the table, and two orders of 4 bytes for the pair and its mirror when it is sorted. */
const SLOT_BYTES = 32
const LOAD = 0.7
const SMALLEST_TABLE = 1 << 12

/** @param memoryBytes - A quarter at most goes to the triangle, the rest to the table. */
export function createPairAccumulator(
  words: number,
  symmetric: boolean,
  memoryBytes: number,
): PairAccumulator {
  const dense = denseTriangle(words, symmetric, Math.floor(memoryBytes / 4 / 8))
  const table = hashTable(Math.floor((memoryBytes * 0.75) / SLOT_BYTES))
  const { limits, starts, cells } = dense

  return {
    add(word, context, weight) {
      // A pair of a word with itself counts in both directions, as in GloVe.
      const sum = symmetric && word === context ? 2 * weight : weight
      const first = symmetric && context < word ? context : word
      const second = first === word ? context : word
      if (second < limits[first]!) cells[starts[first]! + second]! += sum
      else table.add(first, second, sum)
    },
    isFull: pairs => table.isFull(pairs),
    sorted: () => table.sorted(words, symmetric),
    clear: table.clear,
    dense: {
      takeRow(word, take) {
        const limit = limits[word]!
        for (let context = 0; context < limit; context++) {
          const swap = symmetric && context < word
          const sum = swap ? cells[starts[context]! + word]! : cells[starts[word]! + context]!
          if (sum !== 0) take(word, context, sum)
        }
      },
    },
  }
}

/** Pairs whose ranks, from 1, have a product below a bound (as in GloVe): the largest bound that fits. */
function denseTriangle(words: number, symmetric: boolean, room: number) {
  const limitOf = (word: number, bound: number) => Math.min(words, Math.ceil(bound / (word + 1)) - 1)
  // Symmetric: only contexts from the word on have cells.
  const cellsOf = (bound: number) => {
    let cells = 0
    for (let word = 0; word < words; word++) {
      const row = limitOf(word, bound) - (symmetric ? word : 0)
      if (row <= 0) break
      cells += row
    }
    return cells
  }
  let low = 0
  let high = words * words + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (cellsOf(middle) <= room) low = middle
    else high = middle
  }
  const limits = new Int32Array(words)
  const starts = new Float64Array(words)
  let at = 0
  for (let word = 0; word < words; word++) {
    const first = symmetric ? word : 0
    limits[word] = Math.max(0, limitOf(word, low))
    starts[word] = at - first
    at += Math.max(0, limits[word]! - first)
  }
  return { limits, starts, cells: new Float64Array(at) }
}

/** Open addressing with slots of int32 word + 1 (0 where free), int32 context, float64 sum. */
function hashTable(mostSlots: number) {
  const largest = Math.max(SMALLEST_TABLE, 2 ** Math.floor(Math.log2(Math.max(1, mostSlots))))
  let slots = SMALLEST_TABLE
  let ids = new Int32Array(slots * 4)
  let sums = new Float64Array(ids.buffer)
  let used = 0

  const slotOf = (word: number, context: number) => {
    let hash = Math.imul(word, 0x9e3779b1) ^ Math.imul(context, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    const mask = slots - 1
    let slot = (hash ^ (hash >>> 13)) & mask
    for (;;) {
      const found = ids[slot * 4]!
      if (found === 0 || (found === word + 1 && ids[slot * 4 + 1] === context)) return slot
      slot = (slot + 1) & mask
    }
  }
  const grow = () => {
    const [oldIds, oldSums, oldSlots] = [ids, sums, slots]
    slots *= 2
    ids = new Int32Array(slots * 4)
    sums = new Float64Array(ids.buffer)
    for (let old = 0; old < oldSlots; old++) {
      if (oldIds[old * 4] === 0) continue
      const slot = slotOf(oldIds[old * 4]! - 1, oldIds[old * 4 + 1]!)
      ids[slot * 4] = oldIds[old * 4]!
      ids[slot * 4 + 1] = oldIds[old * 4 + 1]!
      sums[slot * 2 + 1] = oldSums[old * 2 + 1]!
    }
  }

  return {
    add(word: number, context: number, sum: number): void {
      const slot = slotOf(word, context)
      if (ids[slot * 4] !== 0) {
        sums[slot * 2 + 1]! += sum
        return
      }
      ids[slot * 4] = word + 1
      ids[slot * 4 + 1] = context
      sums[slot * 2 + 1] = sum
      used++
      if (used > slots * LOAD && slots < largest) grow()
    },
    isFull: (pairs: number) => slots === largest && used + pairs > slots * LOAD,
    sorted(words: number, symmetric: boolean): RowSource {
      // Entry 2·slot is a pair, 2·slot + 1 its mirror. Two stable counting sorts: by context, then by word.
      const wordOf = (entry: number) =>
        entry & 1 ? ids[(entry >>> 1) * 4 + 1]! : ids[(entry >>> 1) * 4]! - 1
      const contextOf = (entry: number) => wordOf(entry ^ 1)
      const entries = new Uint32Array(used * (symmetric ? 2 : 1))
      let count = 0
      for (let slot = 0; slot < slots; slot++) {
        if (ids[slot * 4] === 0) continue
        entries[count++] = 2 * slot
        if (symmetric && ids[slot * 4]! - 1 !== ids[slot * 4 + 1]) entries[count++] = 2 * slot + 1
      }
      const filled = entries.subarray(0, count)
      const ordered = countingSort(countingSort(filled, words, contextOf), words, wordOf)
      let at = 0
      return {
        takeRow(word, take) {
          for (; at < ordered.length; at++) {
            const entry = ordered[at]!
            if (wordOf(entry) !== word) return
            take(word, contextOf(entry), sums[(entry >>> 1) * 2 + 1]!)
          }
        },
      }
    },
    clear(): void {
      ids.fill(0)
      used = 0
    },
  }
}

function countingSort(entries: Uint32Array, keys: number, keyOf: (entry: number) => number): Uint32Array {
  const places = new Uint32Array(keys + 1)
  for (let at = 0; at < entries.length; at++) places[keyOf(entries[at]!) + 1]!++
  for (let key = 0; key < keys; key++) places[key + 1]! += places[key]!
  const ordered = new Uint32Array(entries.length)
  for (let at = 0; at < entries.length; at++) ordered[places[keyOf(entries[at]!)]!++] = entries[at]!
  return ordered
}
