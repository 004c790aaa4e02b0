import { counterMachine } from '../../machines/counter.ts'
import type { Draws } from '../draws.ts'
import { distinct, envelopedRecognition } from '../enveloped.ts'
import type { Language, Word } from '../language.ts'
import { Binomials, BRACKETS, depthOf } from './brackets.ts'
import { drawDyck } from './dyck.ts'
import { dip, edgeOf, isBalanced } from './dyck-negatives.ts'

const machine = counterMachine({
  alphabet: BRACKETS.slice(0, 4),
  counters: 2,
  start: 'reading',
  rules: [
    { from: 'reading', read: '(', to: 'reading', add: [1, 0] },
    { from: 'reading', read: ')', to: 'reading', when: ['positive'], add: [-1, 0] },
    { from: 'reading', read: '[', to: 'reading', add: [0, 1] },
    { from: 'reading', read: ']', to: 'reading', when: ['any', 'positive'], add: [0, -1] },
  ],
  accept: [{ state: 'reading', when: ['zero', 'zero'] }],
  alive: () => true,
})

/** The brackets of one kind, as 0 and 1. */
const only = (word: Word, kind: number): Word =>
  word.filter(symbol => symbol >> 1 === kind).map(symbol => symbol & 1)

const binomials = new Binomials()

/** Words of one kind each, mixed at places of the first that are uniform. */
function mix(round: Word, square: Word, draws: Draws): Word {
  const length = round.length + square.length
  const places = new Set(distinct(round.length, length, draws))
  let [i, j] = [0, 0]
  return Uint8Array.from({ length }, (_, place) => (places.has(place) ? round[i++]! : 2 + square[j++]!))
}

const catalan = (n: number) => binomials.of(2 * n, n) / BigInt(n + 1)

/** Length of the part in round brackets in a uniform word: shuffles of parts 2k and 2(n−k) by how many there are. */
function drawRound(length: number, draws: Draws): number {
  const n = length / 2
  const ways = Array.from(
    { length: n + 1 },
    (_, k) => binomials.of(length, 2 * k) * catalan(k) * catalan(n - k),
  )
  let rank = draws.bigBelow(ways.reduce((sum, way) => sum + way, 0n))
  let k = 0
  while (rank >= ways[k]!) rank -= ways[k++]!
  return 2 * k
}

function positive(size: number, draws: Draws): Word {
  const round = drawRound(size, draws)
  return mix(drawDyck(1, round, draws), drawDyck(1, size - round, draws), draws)
}

/** Brackets of one kind, drawn by chance, dip below the ground between the ends of the word; the others stay. */
function dipped(word: Word, depth: 1 | 'any', draws: Draws): Word {
  const edge = edgeOf(word.length)
  const kind = draws.below(2)
  const from = only(word.subarray(0, edge), kind).length
  const own = only(word, kind)
  const to = own.length - only(word.subarray(word.length - edge), kind).length
  const changed = dip(own, from, to, depth, draws)
  let i = 0
  return word.map(symbol => (symbol >> 1 === kind ? 2 * kind + changed[i++]! : symbol))
}

/**
 * C4: two kinds of brackets, each well-nested on its own: ([)] is in it. Two counters, and not context-free. Negatives
 * have as many brackets closing as opening, of both kinds, and the ends of a positive.
 */
export const shuffleDyck: Language = {
  id: 'shuffle-dyck-1-2',
  title: 'brackets of two kinds, each well-nested on its own',
  level: 'counter',
  need: { counters: 2 },
  alphabet: BRACKETS.slice(0, 4),
  trainSize: 40,
  hasSize: size => size >= 2 && size % 2 === 0,
  lengthOf: size => size,
  recognition: envelopedRecognition({
    machine,
    symbols: 4,
    has: word => [0, 1].every(kind => depthOf(only(word, kind), 1) !== undefined),
    positive,
    inEnvelope: word => [0, 1].every(kind => isBalanced(only(word, kind))),
    member: (size, draws) => dipped(positive(size, draws), 'any', draws),
    near: (word, draws) => dipped(word, 1, draws),
    swap: (word, draws) => dipped(word, 'any', draws),
  }),
  views: ['recognise', 'next-symbol'],
}
