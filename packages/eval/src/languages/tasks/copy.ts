/** S1: copying, as a function and as the language w#w of cross-serial dependencies. A queue is what it takes. */

import { queueMachine, queueTransducer } from '../../machines/queue.ts'
import type { Language } from '../language.ts'
import { bitFunction } from './bit-function.ts'
import { halvesRecognition, MARKER } from './halves.ts'

const writer = queueTransducer({
  alphabet: ['0', '1'],
  outputs: ['0', '1'],
  start: 'reading',
  rules: ['0', '1'].flatMap(bit => [
    { from: 'reading', read: bit, to: 'reading', enqueue: [bit] },
    { from: 'reading', read: null, to: 'writing', front: bit, dequeue: true, write: bit },
    { from: 'writing', read: null, to: 'writing', front: bit, dequeue: true, write: bit },
  ]),
})

/** w to w, once w has been read. */
export const copy: Language = bitFunction({
  id: 'copy',
  title: 'a word over 0 and 1 again',
  level: 'context-sensitive',
  need: { memory: 'queue' },
  trainSize: 12,
  machine: writer,
  transduce: word => word.slice(),
})

/** The first half is queued; the second takes it away. */
const machine = queueMachine({
  alphabet: ['0', '1', '#'],
  start: 'empty',
  rules: [
    ...['0', '1'].flatMap(bit => [
      { from: 'empty', read: bit, to: 'first', enqueue: [bit] },
      { from: 'first', read: bit, to: 'first', enqueue: [bit] },
      { from: 'second', read: bit, to: 'second', front: bit, dequeue: true },
    ]),
    { from: 'first', read: '#', to: 'second' },
  ],
  accept: [{ state: 'second', front: null }],
  alive: () => true,
})

/** w#w over 0 and 1, w not empty. Its size is the length of w. */
export const markedCopy: Language = {
  id: 'marked-copy',
  title: 'w#w: a word, a marker and the word again',
  level: 'context-sensitive',
  need: { memory: 'queue' },
  alphabet: ['0', '1', '#'],
  trainSize: 12,
  hasSize: size => size >= 1,
  lengthOf: size => 2 * size + 1,
  recognition: halvesRecognition({
    machine,
    marker: [MARKER],
    halfOf: size => size,
    has: word => {
      const [first, second, ...rest] = word.join('').split('2')
      return rest.length === 0 && first !== '' && first === second
    },
    second: word => word.slice(),
  }),
  views: ['recognise', 'next-symbol'],
}
