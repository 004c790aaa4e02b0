/** D1: reversal, as a function and as the language w#wᴿ. A stack is what it takes. */
import { drawsAt } from '../draws.ts'
import { uniformWord } from '../enveloped.ts'
import type { Language, Word } from '../language.ts'
import type { Machine } from '../machine.ts'
import { halvesRecognition, MARKER } from './halves.ts'

const reversed = (word: Word): Word => word.slice().reverse()

/** w to w backwards. */
export const reverse: Language = {
  id: 'reverse',
  title: 'a word over 0 and 1 backwards',
  level: 'deterministic-context-free',
  need: { memory: 'stack' },
  alphabet: ['0', '1'],
  trainSize: 16,
  hasSize: size => size >= 1,
  lengthOf: size => size,
  transduction: {
    outputs: ['0', '1'],
    machine: {
      kind: 'pushdown',
      transduce(word) {
        const stack = [...word]
        return Uint8Array.from({ length: word.length }, () => stack.pop()!)
      },
    },
    transduce: word => word.map((_, i) => word[word.length - 1 - i]!),
    outputLength: length => length,
    delimiters: 0,
    sample: at => uniformWord(at.size, 2, drawsAt(at)),
  },
  views: ['transduce'],
}

/** What must still be read, last symbol first, once the marker was seen; `out` when it cannot be. */
type State = { readonly phase: 'first' | 'second' | 'out'; readonly stack: string }

const out: State = { phase: 'out', stack: '' }

const machine: Machine<State> = {
  kind: 'pushdown',
  start: { phase: 'first', stack: '' },
  step({ phase, stack }, symbol) {
    if (phase === 'first' && symbol !== MARKER) return { phase, stack: stack + symbol }
    if (phase === 'first') return stack === '' ? out : { phase: 'second', stack }
    return phase === 'second' && stack.endsWith(String(symbol)) ? { phase, stack: stack.slice(0, -1) } : out
  },
  classOf: ({ phase, stack }) => Number(phase === 'second' && stack === ''),
  key: ({ phase, stack }) => `${phase} ${stack}`,
  next({ phase, stack }) {
    if (phase === 'first') return Uint8Array.of(1, 1, Number(stack !== ''), 0)
    if (phase === 'out') return new Uint8Array(4)
    return Uint8Array.of(Number(stack.endsWith('0')), Number(stack.endsWith('1')), 0, Number(stack === ''))
  },
}

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
