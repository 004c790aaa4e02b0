/** S1: copying, as a function and as the language w#w of cross-serial dependencies. A queue is what it takes. */
import { drawsAt } from '../draws.ts'
import { uniformWord } from '../enveloped.ts'
import type { Language } from '../language.ts'
import type { Machine } from '../machine.ts'
import { halvesRecognition, MARKER } from './halves.ts'

/** w to w, once w has been read. */
export const copy: Language = {
  id: 'copy',
  title: 'a word over 0 and 1 again',
  level: 'context-sensitive',
  need: { memory: 'queue' },
  alphabet: ['0', '1'],
  trainSize: 12,
  hasSize: size => size >= 1,
  lengthOf: size => size,
  transduction: {
    outputs: ['0', '1'],
    machine: {
      kind: 'queue',
      transduce(word) {
        const queue = [...word]
        return Uint8Array.from({ length: word.length }, () => queue.shift()!)
      },
    },
    transduce: word => word.slice(),
    outputLength: length => length,
    delimiters: 0,
    sample: at => uniformWord(at.size, 2, drawsAt(at)),
  },
  views: ['transduce'],
}

/** What must still be read, first symbol first, once the marker was seen. */
type State = { readonly phase: 'first' | 'second' | 'out'; readonly queue: string }

const out: State = { phase: 'out', queue: '' }

const machine: Machine<State> = {
  kind: 'queue',
  start: { phase: 'first', queue: '' },
  step({ phase, queue }, symbol) {
    if (phase === 'first' && symbol !== MARKER) return { phase, queue: queue + symbol }
    if (phase === 'first') return queue === '' ? out : { phase: 'second', queue }
    return phase === 'second' && queue.startsWith(String(symbol)) ? { phase, queue: queue.slice(1) } : out
  },
  classOf: ({ phase, queue }) => Number(phase === 'second' && queue === ''),
  key: ({ phase, queue }) => `${phase} ${queue}`,
  next({ phase, queue }) {
    if (phase === 'first') return Uint8Array.of(1, 1, Number(queue !== ''), 0)
    if (phase === 'out') return new Uint8Array(4)
    return Uint8Array.of(
      Number(queue.startsWith('0')),
      Number(queue.startsWith('1')),
      0,
      Number(queue === ''),
    )
  },
}

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
