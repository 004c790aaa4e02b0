/** The tasks labelled context-sensitive that move symbols. */
import { BITS, DIGITS, type TaskParts, uniformWord } from './task.ts'

/** Duplicate String. */
export function duplicateString(): TaskParts {
  return {
    name: 'duplicate-string',
    title: 'the word twice',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    kind: 'queue',
    alphabet: BITS,
    outputs: BITS,
    outputLength: length => 2 * length,
    // a queue whose symbols go round once
    machine(word) {
      const queue = [...word]
      const output: number[] = []
      for (let i = 0; i < 2 * word.length; i++) {
        const symbol = queue.shift()!
        output.push(symbol)
        queue.push(symbol)
      }
      return output
    },
    direct: word => Array.from({ length: 2 * word.length }, (_, i) => word[i % word.length]!),
    sample: (draws, size) => uniformWord(draws, size, 2),
  }
}

const HOLE = 2
const PAD = 3

/** Missing Duplicate: a word twice with a hole. */
export function missingDuplicate(original: boolean): TaskParts {
  return {
    name: 'missing-duplicate',
    title: 'the bit that a hole hides in a word written twice',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    kind: 'tape',
    alphabet: ['0', '1', '_', 'pad'],
    outputs: BITS,
    from: original ? 1 : 2,
    differences: [
      {
        what: 'length 1, which has no word twice',
        original: 'the input 1, whose answer is 1',
        here: 'left out',
        switchable: true,
      },
    ],
    outputLength: () => 1,
    // two heads go over the halves together; one of them stands on the hole once
    machine(word) {
      if (word.length === 1) return [Number(word[0] === 1)]
      const length = Math.floor(word.length / 2)
      let [holes, bit] = [0, 0]
      for (let i = 0; i < length; i++) {
        const [first, second] = [word[i]!, word[length + i]!]
        if (first === HOLE) holes++
        if (second === HOLE) holes++
        if (first === HOLE || second === HOLE) bit = first === HOLE ? second : first
      }
      return [holes === 1 && bit === 1 ? 1 : 0]
    },
    direct(word) {
      if (word.length === 1) return [Number(word[0] === 1)]
      const both = word.subarray(0, word.length - (word.length % 2))
      const hole = both.indexOf(HOLE)
      if (hole === -1 || both.lastIndexOf(HOLE) !== hole) return [0]
      return [Number(both[(hole + both.length / 2) % both.length] === 1)]
    },
    sample(draws, size) {
      if (size === 1) return [1]
      const half = uniformWord(draws, Math.floor(size / 2), 2)
      const word = [...half, ...half]
      word[draws.below(word.length)] = HOLE
      return size % 2 === 0 ? word : [...word, PAD]
    },
  }
}

/** Odds First. */
export function oddsFirst(original: boolean): TaskParts {
  const first = original ? 1 : 0
  return {
    name: 'odds-first',
    title: 'every other symbol, then those that were left out',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    kind: 'queue',
    alphabet: BITS,
    outputs: BITS,
    differences: [
      {
        what: 'which symbols come first',
        original: 'the 2nd, 4th, 6th …',
        here: 'the 1st, 3rd, 5th …, as in the paper and in the comments of the code',
        switchable: true,
      },
    ],
    outputLength: length => length,
    machine(word) {
      const queues: [number[], number[]] = [[], []]
      let turn: 0 | 1 = 0
      for (const symbol of word) {
        queues[turn].push(symbol)
        turn = turn === 0 ? 1 : 0
      }
      return first === 0 ? [...queues[0], ...queues[1]] : [...queues[1], ...queues[0]]
    },
    direct(word) {
      const leading = Math.ceil((word.length - first) / 2)
      return Array.from(word, (_, i) => word[i < leading ? 2 * i + first : 2 * (i - leading) + 1 - first]!)
    },
    sample: (draws, size) => uniformWord(draws, size, 2),
  }
}

/** Bucket Sort. */
export function bucketSort(): TaskParts {
  return {
    name: 'bucket-sort',
    title: 'the symbols in order',
    level: 'context-sensitive',
    need: { counters: 5 },
    kind: 'counter',
    alphabet: DIGITS,
    outputs: DIGITS,
    differences: [
      {
        what: 'level',
        original: 'context-sensitive',
        here: 'labelled so too, but five counters are enough, and places alone give 90 %',
        switchable: false,
      },
    ],
    outputLength: length => length,
    machine(word) {
      const counters = [0, 0, 0, 0, 0]
      for (const symbol of word) counters[symbol]!++
      return counters.flatMap((count, symbol) => Array<number>(count).fill(symbol))
    },
    direct: word => [...word.toSorted()],
    sample: (draws, size) => uniformWord(draws, size, 5),
  }
}
