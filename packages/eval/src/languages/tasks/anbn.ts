import { envelopedRecognition } from '../enveloped.ts'
import type { Language, Word } from '../language.ts'
import type { Machine } from '../machine.ts'

/** Phase: `a` while a's are read, `b` after the first b, `out` when no continuation helps. */
type State = { readonly phase: 'a' | 'b' | 'out'; readonly count: number }

const out: State = { phase: 'out', count: 0 }

const machine: Machine<State> = {
  kind: 'counter',
  start: { phase: 'a', count: 0 },
  step({ phase, count }, symbol) {
    if (phase === 'a' && symbol === 0) return { phase, count: count + 1 }
    return symbol === 1 && phase !== 'out' && count > 0 ? { phase: 'b', count: count - 1 } : out
  },
  classOf: ({ phase, count }) => Number(phase === 'b' && count === 0),
  key: ({ phase, count }) => `${phase}${count}`,
  next: ({ phase, count }) =>
    Uint8Array.of(
      Number(phase === 'a'),
      Number(phase !== 'out' && count > 0),
      Number(phase === 'b' && count === 0),
    ),
}

const word = (as: number, bs: number): Word => Uint8Array.from({ length: as + bs }, (_, i) => Number(i >= as))

/** C1: aⁿbⁿ, n at least 1. One counter. Its size is n; negatives are aⁱbʲ of the same length. */
export const anbn: Language = {
  id: 'anbn',
  title: 'aⁿbⁿ',
  level: 'counter',
  need: { counters: 1 },
  alphabet: ['a', 'b'],
  trainSize: 40,
  hasSize: size => size >= 1,
  lengthOf: size => 2 * size,
  recognition: envelopedRecognition({
    machine,
    symbols: 2,
    has: w =>
      w.length > 0 && w.length % 2 === 0 && w.every((symbol, i) => symbol === Number(2 * i >= w.length)),
    positive: size => word(size, size),
    inEnvelope: w => w.every((symbol, i) => i === 0 || symbol >= w[i - 1]!),
    member: (size, draws) => {
      const as = 1 + draws.below(2 * size - 1)
      return word(as, 2 * size - as)
    },
  }),
  views: ['recognise', 'next-symbol'],
}
