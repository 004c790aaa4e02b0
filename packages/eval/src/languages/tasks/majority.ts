import { counterMachine } from '../../machines/counter.ts'
import { type Draws, drawsAt } from '../draws.ts'
import { distinct } from '../enveloped.ts'
import type { Language, Word } from '../language.ts'
import type { Machine } from '../machine.ts'
import { Binomials } from './brackets.ts'

const binomials = new Binomials()

/** Whether a number of ones among so many symbols gives a class. */
const CLASS_OF_ONES = (ones: number, length: number) => 1 + Math.sign(2 * ones - length)

/** A uniform word of a class: how many ones by binomials, then where. */
function drawOfClass(label: number, length: number, draws: Draws): Word {
  const counts = Array.from({ length: length + 1 }, (_, ones) =>
    CLASS_OF_ONES(ones, length) === label ? binomials.of(length, ones) : 0n,
  )
  let rank = draws.bigBelow(counts.reduce((sum, count) => sum + count, 0n))
  let ones = 0
  while (rank >= counts[ones]!) rank -= counts[ones++]!
  const few = Math.min(ones, length - ones)
  const word = new Uint8Array(length).fill(few === ones ? 0 : 1)
  for (const place of distinct(few, length, draws)) word[place]! ^= 1
  return word
}

const machine = counterMachine({
  alphabet: ['0', '1'],
  counters: 1,
  start: 'reading',
  rules: [
    { from: 'reading', read: '0', to: 'reading', add: [-1] },
    { from: 'reading', read: '1', to: 'reading', add: [1] },
  ],
  accept: [
    { state: 'reading', when: ['zero'], class: 1 },
    { state: 'reading', when: ['positive'], class: 2 },
  ],
})

/** C5: whether there are fewer ones than zeros, as many, or more: the sign of a walk. One counter with a sign. */
export const majority: Language = {
  id: 'majority',
  title: 'fewer ones than zeros, as many, or more',
  level: 'counter',
  need: { counters: 1 },
  alphabet: ['0', '1'],
  trainSize: 40,
  hasSize: size => size >= 1,
  lengthOf: size => size,
  recognition: {
    classes: ['fewer', 'equal', 'more'],
    machine: machine as Machine,
    classOf: word => CLASS_OF_ONES(word.filter(symbol => symbol === 1).length, word.length),
    sample(at) {
      const labels = at.size % 2 === 0 ? [0, 1, 2] : [0, 2]
      const label = labels[at.index % labels.length]!
      return { word: drawOfClass(label, at.size, drawsAt(at)), label, origin: 'drawn' }
    },
  },
  views: ['dense'],
}
