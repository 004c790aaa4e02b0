/** D1: reversal, as a function and as the language w#wᴿ. A stack is what it takes. */

import { pushdownMachine, pushdownTransducer } from '../../machines/pushdown.ts'
import type { Language, Word } from '../language.ts'
import { bitFunction } from './bit-function.ts'
import { halvesRecognition, MARKER } from './halves.ts'

const reversed = (word: Word): Word => word.slice().reverse()

const writer = pushdownTransducer({
  alphabet: ['0', '1'],
  outputs: ['0', '1'],
  start: 'reading',
  rules: ['0', '1'].flatMap(bit => [
    { from: 'reading', read: bit, to: 'reading', push: [bit] },
    { from: 'reading', read: null, to: 'writing', top: bit, pop: true, write: bit },
    { from: 'writing', read: null, to: 'writing', top: bit, pop: true, write: bit },
  ]),
})

/** w to w backwards. */
export const reverse: Language = bitFunction({
  id: 'reverse',
  title: 'a word over 0 and 1 backwards',
  level: 'deterministic-context-free',
  need: { memory: 'stack' },
  trainSize: 16,
  machine: writer,
  transduce: word => word.map((_, i) => word[word.length - 1 - i]!),
})

/** The first half is pushed; the second takes it away. */
const machine = pushdownMachine({
  alphabet: ['0', '1', '#'],
  start: 'empty',
  rules: [
    ...['0', '1'].flatMap(bit => [
      { from: 'empty', read: bit, to: 'first', push: [bit] },
      { from: 'first', read: bit, to: 'first', push: [bit] },
      { from: 'second', read: bit, to: 'second', top: bit, pop: true },
    ]),
    { from: 'first', read: '#', to: 'second' },
  ],
  accept: [{ state: 'second', top: null }],
})

/** w#wᴿ over 0 and 1, w not empty. Its size is the length of w. */
export const markedReverse: Language = {
  id: 'marked-reverse',
  title: 'w#wᴿ: a word, a marker and the word backwards',
  level: 'deterministic-context-free',
  need: { memory: 'stack' },
  alphabet: ['0', '1', '#'],
  trainSize: 16,
  hasSize: size => size >= 1,
  lengthOf: size => 2 * size + 1,
  recognition: halvesRecognition({
    machine,
    marker: [MARKER],
    halfOf: size => size,
    has: word => {
      const half = (word.length - 1) / 2
      return (
        half >= 1 &&
        word.indexOf(MARKER) === half &&
        word.every((symbol, i) => symbol === word[word.length - 1 - i])
      )
    },
    second: reversed,
  }),
  views: ['recognise', 'next-symbol'],
}
