/** FLaRe's languages of words and their images: copies, reversals, reorderings. */
import type { Draws } from '../../languages/draws.ts'
import type { Word } from '../../languages/language.ts'
import type { Machine } from '../../languages/machine.ts'
import { answerMachine } from './answer-machine.ts'
import type { FlareParts } from './language.ts'

const MARKER = 2
const BITS_AND_MARKER = ['0', '1', '#']

const uniform = (draws: Draws, length: number, symbols = 2): number[] =>
  Array.from({ length }, () => draws.below(symbols))

const odd = (length: number) => length % 2 === 1
const half = (length: number) => (length - 1) / 2

/** Both sides of the only marker, or nothing. */
function sides(word: Word, marker: number): readonly [Word, Word] | undefined {
  const place = word.indexOf(marker)
  if (place === -1 || word.lastIndexOf(marker) !== place) return undefined
  return [word.subarray(0, place), word.subarray(place + 1)]
}

/** w#w. */
export function markedCopy(): FlareParts {
  return {
    name: 'marked-copy',
    title: 'a word, a marker, the word',
    level: 'context-sensitive',
    need: { memory: 'queue' },
    alphabet: BITS_AND_MARKER,
    machine: answerMachine<readonly number[]>({
      kind: 'queue',
      symbols: 3,
      start: [],
      read: (queue, symbol) => (symbol === MARKER ? { answer: queue } : { memory: [...queue, symbol] }),
      key: queue => queue.join(),
    }),
    contains(word) {
      const both = sides(word, MARKER)
      return (
        both !== undefined &&
        both[0].length === both[1].length &&
        both[0].every((bit, i) => bit === both[1][i])
      )
    },
    hasPositive: odd,
    ofLength(draws, length) {
      const word = uniform(draws, half(length))
      return [...word, MARKER, ...word]
    },
  }
}

/** w#wᴿ. */
export function markedReversal(): FlareParts {
  return {
    name: 'marked-reversal',
    title: 'a word, a marker, the word from its end',
    level: 'deterministic-context-free',
    need: { memory: 'stack' },
    alphabet: BITS_AND_MARKER,
    machine: answerMachine<readonly number[]>({
      kind: 'pushdown',
      symbols: 3,
      start: [],
      read: (stack, symbol) => (symbol === MARKER ? { answer: stack } : { memory: [symbol, ...stack] }),
      key: stack => stack.join(),
    }),
    contains: word =>
      odd(word.length) &&
      word.every((symbol, i) => symbol === word.at(-1 - i)) &&
      word.indexOf(MARKER) === half(word.length),
    hasPositive: odd,
    ofLength(draws, length) {
      const word = uniform(draws, half(length))
      return [...word, MARKER, ...word.toReversed()]
    },
  }
}

/** wwᴿ, by a pushdown machine that tries every middle: the stacks that it may have while it pops. */
const reversalMachine: Machine<{ readonly read: readonly number[]; readonly pops: readonly string[] }> = {
  kind: 'grammar',
  start: { read: [], pops: [''] },
  step({ read, pops }, symbol) {
    const going = pops.filter(stack => stack.startsWith(`${symbol}`)).map(stack => stack.slice(1))
    const stack = [symbol, ...read]
    return { read: stack, pops: [...going, stack.join('')] }
  },
  classOf: ({ pops }) => Number(pops.includes('')),
  key: ({ read }) => read.join(''),
  next: ({ pops }) => Uint8Array.of(1, 1, Number(pops.includes(''))),
}

/** wwᴿ. */
export function unmarkedReversal(): FlareParts {
  return {
    name: 'unmarked-reversal',
    title: 'a word and the word from its end, without a marker',
    level: 'context-free',
    need: { memory: 'stack' },
    alphabet: ['0', '1'],
    machine: reversalMachine as Machine,
    contains: word => !odd(word.length) && word.every((symbol, i) => symbol === word.at(-1 - i)),
    hasPositive: length => !odd(length),
    ofLength(draws, length) {
      const word = uniform(draws, length / 2)
      return [...word, ...word.toReversed()]
    },
  }
}

const HOLE = 2

/** ww with a hole for a 1, by a tape with everything that was read and two heads. */
const missingMachine: Machine<readonly number[]> = {
  kind: 'tape',
  start: [],
  step: (tape, symbol) => [...tape, symbol],
  classOf(tape) {
    if (odd(tape.length)) return 0
    let holes = 0
    for (let i = 0; i < tape.length / 2; i++) {
      const [first, second] = [tape[i]!, tape[tape.length / 2 + i]!]
      if (first === HOLE) holes++
      if (second === HOLE) holes++
      const fits = first === second || (first === HOLE && second === 1) || (first === 1 && second === HOLE)
      if (!fits) return 0
    }
    return Number(holes === 1)
  },
  key: tape => tape.join(''),
  next(tape) {
    const holes = tape.filter(symbol => symbol === HOLE).length
    if (holes > 1) return new Uint8Array(4)
    return Uint8Array.of(1, 1, 1 - holes, missingMachine.classOf(tape))
  },
}

/** ww with one of its ones replaced by a hole. */
export function missingDuplicate(): FlareParts {
  return {
    name: 'missing-duplicate-string',
    title: 'a word twice, one of its ones replaced by a hole',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    alphabet: ['0', '1', '_'],
    differences: [
      {
        what: 'the hidden symbol',
        original: 'always 1; in the task of Delétang et al. it is either',
        here: 'always 1',
        switchable: false,
      },
    ],
    machine: missingMachine as Machine,
    contains(word) {
      const both = sides(word, HOLE)
      if (both === undefined) return false
      const text = `${both[0].join('')}1${both[1].join('')}`
      return text === text.slice(0, text.length / 2).repeat(2)
    },
    hasPositive: length => length >= 2 && !odd(length),
    ofLength(draws, length) {
      const own = uniform(draws, length / 2)
      own[draws.below(own.length)] = 1
      const word = [...own, ...own]
      const ones = [...word.keys()].filter(place => word[place] === 1)
      word[ones[draws.below(ones.length)]!] = HOLE
      return word
    },
  }
}

/** w#, then the 1st, 3rd, 5th … symbol of w, then the others. */
export function oddsFirst(): FlareParts {
  return {
    name: 'odds-first',
    title: 'a word, a marker, every other symbol and then the others',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    alphabet: BITS_AND_MARKER,
    machine: answerMachine<{ readonly turn: readonly number[]; readonly other: readonly number[] }>({
      kind: 'queue',
      symbols: 3,
      start: { turn: [], other: [] },
      // the queue whose turn it is takes the symbol; the first symbol went into the one with more or as many
      read({ turn, other }, symbol) {
        const firsts = turn.length === other.length ? turn : other
        const seconds = turn.length === other.length ? other : turn
        if (symbol === MARKER) return { answer: [...firsts, ...seconds] }
        return { memory: { turn: other, other: [...turn, symbol] } }
      },
      key: ({ turn, other }) => `${turn.join()}/${other.join()}`,
    }),
    contains(word) {
      const both = sides(word, MARKER)
      if (both === undefined || both[0].length !== both[1].length) return false
      const firsts = Math.ceil(both[0].length / 2)
      return both[1].every((bit, i) => bit === both[0][i < firsts ? 2 * i : 2 * (i - firsts) + 1])
    },
    hasPositive: odd,
    ofLength(draws, length) {
      const word = uniform(draws, half(length))
      const parity = (rest: number) => word.filter((_, i) => i % 2 === rest)
      return [...word, MARKER, ...parity(0), ...parity(1)]
    },
  }
}

/** w#, then the symbols of w in order. */
export function bucketSort(): FlareParts {
  const marker = 5
  return {
    name: 'bucket-sort',
    title: 'a word over five symbols, a marker, its symbols in order',
    level: 'context-sensitive',
    need: { counters: 5 },
    alphabet: ['1', '2', '3', '4', '5', '#'],
    machine: answerMachine<readonly number[]>({
      kind: 'counter',
      symbols: 6,
      start: [0, 0, 0, 0, 0],
      read(counts, symbol) {
        if (symbol !== marker) return { memory: counts.with(symbol, counts[symbol]! + 1) }
        return { answer: counts.flatMap((count, own) => Array<number>(count).fill(own)) }
      },
      key: counts => counts.join(),
    }),
    contains(word) {
      const both = sides(word, marker)
      return both !== undefined && both[1].join() === both[0].toSorted().join()
    },
    hasPositive: odd,
    ofLength(draws, length) {
      const word = uniform(draws, half(length), 5)
      return [...word, marker, ...word.toSorted((a, b) => a - b)]
    },
  }
}
