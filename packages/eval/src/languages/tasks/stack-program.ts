import { pushdownTransducer } from '../../machines/pushdown.ts'
import { drawsAt } from '../draws.ts'
import { uniformWord } from '../enveloped.ts'
import type { Language } from '../language.ts'

const POP = 2
const END = 2

const writer = pushdownTransducer({
  alphabet: ['push 0', 'push 1', 'pop'],
  outputs: ['0', '1'],
  start: 'reading',
  rules: [
    ...['0', '1'].flatMap(bit => [
      { from: 'reading', read: `push ${bit}`, to: 'reading', push: [bit] },
      { from: 'reading', read: 'pop', to: 'reading', top: bit, pop: true },
      { from: 'reading', read: null, to: 'writing', top: bit, pop: true, write: bit },
      { from: 'writing', read: null, to: 'writing', top: bit, pop: true, write: bit },
    ]),
    { from: 'reading', read: 'pop', to: 'reading', top: null },
  ],
})

/** D3: what a program of pushes and pops leaves on the stack, top first, and an end mark. Pops of nothing do nothing. */
export const stackProgram: Language = {
  id: 'stack-program',
  title: 'pushes and pops to the stack that they leave, top first',
  level: 'deterministic-context-free',
  need: { memory: 'stack' },
  alphabet: ['push 0', 'push 1', 'pop'],
  trainSize: 16,
  hasSize: size => size >= 1,
  lengthOf: size => size,
  transduction: {
    outputs: ['0', '1', 'end'],
    machine: {
      kind: 'pushdown',
      transduce: word => padded([...writer.transduce(word)], word.length),
    },
    // backwards: a push is left unless a later pop, not yet used up, takes it
    transduce(word) {
      const left: number[] = []
      let pops = 0
      for (const symbol of word.toReversed()) {
        if (symbol === POP) pops++
        else if (pops > 0) pops--
        else left.push(symbol)
      }
      return padded(left, word.length)
    },
    outputLength: length => length + 1,
    scored: output => output.map((_, i) => Number(i <= output.indexOf(END))),
    delimiters: 0,
    sample: at => uniformWord(at.size, 3, drawsAt(at)),
  },
  views: ['transduce'],
}

/** Symbols, the end mark, and zeros to one more than a length. */
function padded(symbols: readonly number[], length: number): Uint8Array {
  const output = new Uint8Array(length + 1)
  output.set([...symbols, END])
  return output
}
