/** Strictly piecewise languages: a word is in when all its pairs, neighbours or not, were seen in words of the language. */
import { blankAnswers } from './answers.ts'
import type { Baseline } from './baseline.ts'
import { decidesMembership, lastPositive } from './strictly-local.ts'

/**
 * SP₂: subsequences of one and two symbols. In `next-symbol` a flag shows its symbol after all those before it; a
 * symbol is predicted where each of those pairs was shown, and the end everywhere, as the language is closed under
 * leaving symbols out.
 */
export const strictlyPiecewise: Baseline = {
  id: 'sp-2',
  title: 'strictly piecewise, pairs of symbols',
  suits: decidesMembership,
  fit(encoding, strings) {
    const symbols = encoding.language.alphabet.length
    const { outputs } = encoding
    const isFlags = encoding.target === 'flags'
    const alone = new Uint8Array(symbols)
    const pairs = new Uint8Array(symbols * symbols) // first · symbols + second
    for (const string of strings) {
      const { inputs, targets } = string
      const last = isFlags ? inputs.length - 1 : lastPositive(string)
      const before: number[] = []
      const show = (symbol: number): void => {
        alone[symbol] = 1
        for (const first of before) pairs[first * symbols + symbol] = 1
      }
      for (let step = 0; step <= last; step++) {
        const symbol = inputs[step]!
        if (step > 0) {
          show(symbol)
          if (!before.includes(symbol)) before.push(symbol)
        }
        if (isFlags)
          for (let next = 0; next < symbols; next++) if (targets[step * outputs + next] === 1) show(next)
      }
    }
    return {
      predict(inputs) {
        const answers = blankAnswers(encoding, inputs.length)
        const allowed = alone.slice() // symbols that may come next
        const before = new Uint8Array(symbols)
        let seen = true
        for (let step = 0; step < inputs.length; step++) {
          if (step > 0) {
            const symbol = inputs[step]!
            seen &&= allowed[symbol] === 1
            if (before[symbol] === 0)
              for (let next = 0; next < symbols; next++) allowed[next]! &= pairs[symbol * symbols + next]!
            before[symbol] = 1
          }
          if (!isFlags) answers[step] = seen ? 1 : 0
          else {
            answers.set(allowed, step * outputs)
            answers[step * outputs + symbols] = 1
          }
        }
        return answers
      },
    }
  },
}
