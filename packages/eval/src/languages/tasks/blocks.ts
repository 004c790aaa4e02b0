/** C1, C2, S5: a block of each letter in order, all equally long. One counter fewer than letters is enough. */

import { type CounterTest, counterMachine } from '../../machines/counter.ts'
import type { Draws } from '../draws.ts'
import { distinct, envelopedRecognition } from '../enveloped.ts'
import type { Language, View, Word } from '../language.ts'
import type { Machine } from '../machine.ts'

/**
 * State `letter` reads that letter. Counter k holds how many of letter k + 1 are due: the first letter raises all
 * counters, each other letter lowers its own, and comes only once the letter before it is no longer due.
 */
function blockMachine(alphabet: readonly string[]): Machine {
  const counters = alphabet.length - 1
  const only = <T>(counter: number, value: T, others: T) =>
    Array.from({ length: counters }, (_, own) => (own === counter ? value : others))
  const tests = (letter: number): CounterTest[] => only<CounterTest>(letter - 1, 'positive', 'any')
  const [first, ...others] = alphabet as [string, ...string[]]
  const rules = others.flatMap((name, i) => {
    const rule = { read: name, to: name, add: only(i, -1, 0) }
    const entry = tests(i + 1).map((test, counter) => (counter === i - 1 ? ('zero' as const) : test))
    return [
      { ...rule, from: alphabet[i]!, when: entry },
      { ...rule, from: name, when: tests(i + 1) },
    ]
  })
  return counterMachine({
    alphabet,
    counters,
    start: first,
    rules: [{ from: first, read: first, to: first, add: Array<number>(counters).fill(1) }, ...rules],
    accept: [{ state: others.at(-1)!, when: only<CounterTest>(counters - 1, 'zero', 'any') }],
    alive: () => true,
  }) as Machine
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
      machine: blockMachine([...'abcd'].slice(0, letters)),
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
