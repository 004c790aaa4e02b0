/**
 * S4: addition of two binary numbers, lowest bits first. Interleaved, bit beside bit, one carry is all that must be
 * remembered: a regular twin of the serial form, in which the second number comes after the first.
 */
import { drawsAt } from '../draws.ts'
import { uniformWord } from '../enveloped.ts'
import { automatonOf } from '../finite.ts'
import type { Language, Word } from '../language.ts'
import { regularLanguage } from '../regular.ts'

/** Value of bits, lowest first; anything but 1 counts as 0. */
function numberOf(bits: Word): bigint {
  return bits.reduceRight((value, bit) => 2n * value + (bit === 1 ? 1n : 0n), 0n)
}

const bitOf = (value: bigint, place: number) => Number((value >> BigInt(place)) & 1n)

/** After each pair of bits, the bit of the sum at their place. */
export const additionInterleaved: Language = regularLanguage({
  id: 'addition-interleaved',
  title: 'bits of a sum, as pairs of bits of the summands come, lowest first',
  need: { states: 2 },
  alphabet: ['0/0', '0/1', '1/0', '1/1'],
  trainSize: 12,
  automaton: automatonOf({
    symbols: 4,
    start: { carry: 0, bit: 0 },
    step({ carry }, symbol) {
      const sum = carry + (symbol >> 1) + (symbol & 1)
      return { carry: sum >> 1, bit: sum & 1 }
    },
    classOf: ({ bit }) => bit,
  }),
  classes: ['0', '1'],
  classOf(word) {
    const sum = numberOf(word.map(symbol => symbol >> 1)) + numberOf(word.map(symbol => symbol & 1))
    return word.length === 0 ? 0 : bitOf(sum, word.length - 1)
  },
  views: ['dense'],
})

const PLUS = 2

/**
 * a+b to the sum, one bit longer than the longer half of the word. Its size is the number of bits of each summand. In
 * words without a plus everything is the first summand; a second plus reads as 0.
 */
export const additionSerial: Language = {
  id: 'addition-serial',
  title: 'two numbers one after the other, lowest bits first, to their sum',
  level: 'context-sensitive',
  need: { memory: 'tape' },
  alphabet: ['0', '1', '+'],
  trainSize: 12,
  hasSize: size => size >= 1,
  lengthOf: size => 2 * size + 1,
  transduction: {
    outputs: ['0', '1'],
    machine: {
      kind: 'tape',
      transduce(word) {
        // two heads walk over the tape, one in each summand, and carry
        let [left, right, carry] = [0, word.indexOf(PLUS), 0]
        const end = right < 0 ? word.length : right
        return Uint8Array.from({ length: sumLength(word.length) }, () => {
          if (right >= 0) right++
          const sum = carry + bitAt(word, left < end ? left++ : -1) + bitAt(word, right)
          carry = sum >> 1
          return sum & 1
        })
      },
    },
    transduce(word) {
      const plus = word.includes(PLUS) ? word.indexOf(PLUS) : word.length
      const sum = numberOf(word.subarray(0, plus)) + numberOf(word.subarray(plus + 1))
      return Uint8Array.from({ length: sumLength(word.length) }, (_, place) => bitOf(sum, place))
    },
    outputLength: sumLength,
    delimiters: 2,
    sample({ size, ...at }) {
      const draws = drawsAt({ size, ...at })
      return Uint8Array.of(...uniformWord(size, 2, draws), PLUS, ...uniformWord(size, 2, draws))
    },
  },
  views: ['transduce'],
}

function sumLength(length: number): number {
  return Math.floor(length / 2) + 1
}

function bitAt(word: Word, place: number): number {
  return word[place] === 1 ? 1 : 0
}
