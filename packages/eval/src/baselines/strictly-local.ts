/**
 * Strictly local languages: a word is in when all its pieces of k neighbours, with marks at its ends, were seen in
 * words of the language.
 */
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import { blankAnswers } from './answers.ts'
import type { Baseline } from './baseline.ts'

/** Whether answers are "in" and "out", or sets of next symbols. */
export const decidesMembership = ({ view, target, outputs }: Encoding): boolean =>
  view !== 'transduce' && (target === 'flags' || outputs === 2)

/** Last step of a string at which the prefix is known to be in the language; −1 when there is none. */
export function lastPositive({ targets, scored }: EncodedString): number {
  for (let step = scored.length - 1; step >= 0; step--)
    if (scored[step] === 1 && targets[step] === 1) return step
  return -1
}

/**
 * SLₖ. In `recognise` and `dense` a prefix that is in the language shows its pieces. In `next-symbol` a flag shows
 * the piece of its symbol and the k − 1 symbols before it, and the prediction is the flags that were ever shown there.
 * Exact while (symbols + 2)ᵏ is below 2⁵³.
 */
export function strictlyLocal(k: number): Baseline {
  return {
    id: `sl-${k}`,
    title: `strictly local, pieces of ${k}`,
    suits: decidesMembership,
    fit(encoding, strings) {
      const symbols = encoding.language.alphabet.length
      const base = symbols + 1
      const modulus = base ** (k - 1)
      const pieces = new Set<number>()
      const piece = (context: number, next: number): number => context * base + next // next = symbols is the end
      const after = (context: number, symbol: number): number => (context * base + symbol + 1) % modulus
      const { outputs } = encoding
      const isFlags = encoding.target === 'flags'

      for (const string of strings) {
        const { inputs, targets, scored } = string
        const last = isFlags ? inputs.length - 1 : lastPositive(string)
        let context = 0
        for (let step = 0; step <= last; step++) {
          if (step > 0) {
            const symbol = inputs[step]!
            pieces.add(piece(context, symbol))
            context = after(context, symbol)
          }
          if (scored[step] !== 1) continue
          if (!isFlags && targets[step] === 1) pieces.add(piece(context, symbols))
          if (isFlags)
            for (let next = 0; next < outputs; next++)
              if (targets[step * outputs + next] === 1) pieces.add(piece(context, next))
        }
      }

      return {
        predict(inputs) {
          const answers = blankAnswers(encoding, inputs.length)
          let context = 0
          let seen = true
          for (let step = 0; step < inputs.length; step++) {
            if (step > 0) {
              const symbol = inputs[step]!
              seen &&= pieces.has(piece(context, symbol))
              context = after(context, symbol)
            }
            if (isFlags)
              for (let next = 0; next < outputs; next++)
                answers[step * outputs + next] = pieces.has(piece(context, next)) ? 1 : 0
            else if (!seen)
              break // no longer prefix is in
            else answers[step] = pieces.has(piece(context, symbols)) ? 1 : 0
          }
          return answers
        },
      }
    },
  }
}
