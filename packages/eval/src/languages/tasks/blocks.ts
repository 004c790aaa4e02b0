/** C1, C2, S5: a block of each letter in order, all equally long. One counter fewer than letters is enough. */
import type { Draws } from '../draws.ts'
import { distinct, envelopedRecognition } from '../enveloped.ts'
import type { Language, View, Word } from '../language.ts'
import type { Machine } from '../machine.ts'

/** In block `letter`, `left` more of it are needed (in the first: how many came); `size` is the first block's length. */
interface State {
  readonly letter: number
  readonly size: number
  readonly left: number
}

const OUT: State = { letter: -1, size: 0, left: 0 }

function blockMachine(letters: number): Machine<State> {
  const last = letters - 1
  // in the last block its length no longer matters
  const enter = (letter: number, size: number): State => ({
    letter,
    size: letter === last ? 0 : size,
    left: size - 1,
  })
  return {
    kind: 'counter',
    start: { letter: 0, size: 0, left: 0 },
    step({ letter, size, left }, symbol) {
      if (letter < 0) return OUT
      if (letter === 0 && symbol === 0) return { letter, size: size + 1, left: 0 }
      if (letter > 0 && symbol === letter && left > 0) return { letter, size, left: left - 1 }
      const fits = symbol === letter + 1 && left === 0 && size > 0 && letter < last
      return fits ? enter(symbol, size) : OUT
    },
    classOf: ({ letter, left }) => Number(letter === last && left === 0),
    key: ({ letter, size, left }) => `${letter} ${size} ${left}`,
    next({ letter, size, left }) {
      const flags = new Uint8Array(letters + 1)
      if (letter < 0) return flags
      if (letter === 0) flags[0] = 1
      else if (left > 0) flags[letter] = 1
      if (left === 0 && (letter === last || size > 0)) flags[letter + 1] = 1
      return flags
    },
  }
}

function blocks(lengths: readonly number[]): Word {
  return Uint8Array.from(lengths.flatMap((length, letter) => Array<number>(length).fill(letter)))
}

/** Blocks of negatives differ by multiples of this, so that few states cannot tell them apart by counting in a circle. */
const CIRCLE = 6

/** By how much two blocks of negatives differ at least; blocks that are too short for a circle by one. */
const circleOf = (size: number) => (size > CIRCLE ? CIRCLE : 1)

/**
 * The language over the first letters. Its size is the length of a block. In the envelope are words of the same length
 * with all blocks in order, none empty, and all of one length modulo 6. Of sixteen negatives one has but a symbol too
 * much in a block and one too few in another.
 */
function equalBlocks(id: string, title: string, letters: number, trainSize: number, views: View[]): Language {
  const lengthsOf = (word: Word) =>
    Array.from({ length: letters }, (_, letter) => word.filter(symbol => symbol === letter).length)
  const text = (word: Word) => Array.from(word, symbol => 'abcd'[symbol]).join('')
  const moved = (word: Word, count: number, from: number, to: number) => {
    const lengths = lengthsOf(word)
    lengths[to]! += count
    lengths[from]! -= count
    return blocks(lengths)
  }
  const inOrder = new RegExp(`^${'abcd'.slice(0, letters).replaceAll(/./g, '$&+')}$`)
  return {
    id,
    title,
    level: letters === 4 ? 'context-sensitive' : 'counter',
    need: { counters: letters - 1 },
    alphabet: [...'abcd'].slice(0, letters),
    trainSize,
    hasSize: size => size >= 1,
    lengthOf: size => letters * size,
    recognition: envelopedRecognition({
      machine: blockMachine(letters),
      symbols: letters,
      has(word) {
        const n = word.length / letters
        return Number.isInteger(n) && n > 0 && word.every((symbol, i) => symbol === Math.floor(i / n))
      },
      positive: size => blocks(Array<number>(letters).fill(size)),
      inEnvelope(word) {
        const lengths = lengthsOf(word)
        const circle = circleOf(word.length / letters)
        return inOrder.test(text(word)) && lengths.every(length => (length - lengths[0]!) % circle === 0)
      },
      member(size, draws) {
        const circle = circleOf(size)
        const least = ((size - 1) % circle) + 1
        const circles = (letters * (size - least)) / circle
        const parts = composition(circles + letters, letters, draws)
        return blocks(parts.map(part => least + (part - 1) * circle))
      },
      near: (word, draws) => moved(word, circleOf(word.length / letters), ...pair(letters, draws)),
      // at a border between blocks, where it leaves them in order
      oneSymbol(word, draws) {
        const border = draws.below(letters - 1)
        return draws.below(2) === 0 ? moved(word, 1, border, border + 1) : moved(word, 1, border + 1, border)
      },
    }),
    views,
  }
}

const pair = (letters: number, draws: Draws) => distinct(2, letters, draws) as [number, number]

/** A uniform way to write a number as a sum of so many positive ones, in order. */
function composition(total: number, parts: number, draws: Draws): number[] {
  const cuts = distinct(parts - 1, total - 1, draws).map(cut => cut + 1)
  const bounds = [0, ...cuts.sort((x, y) => x - y), total]
  return bounds.slice(1).map((bound, i) => bound - bounds[i]!)
}

/** C1: aⁿbⁿ. */
export const anbn: Language = equalBlocks('anbn', 'aⁿbⁿ', 2, 40, ['recognise', 'next-symbol'])

/** C2: aⁿbⁿcⁿ, not context-free. */
export const anbncn: Language = equalBlocks('anbncn', 'aⁿbⁿcⁿ', 3, 40, ['recognise', 'next-symbol'])

/** S5: aⁿbⁿcⁿdⁿ. */
export const anbncndn: Language = equalBlocks('anbncndn', 'aⁿbⁿcⁿdⁿ', 4, 30, ['next-symbol'])
