/** The baseline for functions on words that knows the function but remembers only so many symbols. */
import type { Language, Transduction, Word } from '../languages/language.ts'
import { blankAnswers, firstAsked, wordOf } from './answers.ts'
import type { Baseline } from './baseline.ts'
import { majorityAnswer } from './majority.ts'
import { mostFrequent } from './table.ts'

const COMPLETIONS = 15

/** Words of the language's inputs with this length, drawn once; none when no size has the length. */
function wordsOfLength(language: Language, { sample }: Transduction, length: number, seed: number): Word[] {
  for (let size = 1; size <= length; size++)
    if (language.lengthOf(size) === length && language.hasSize(size))
      return Array.from({ length: COMPLETIONS }, (_, index) =>
        sample({ seed, stream: 'baseline-buffer', size, index }),
      )
  return []
}

/** The output, or nothing where the word makes no sense as an input. */
function outputOf(transduction: Transduction, word: Word, length: number): Word | undefined {
  try {
    const output = transduction.transduce(word)
    return output.length === length ? output : undefined
  } catch {
    return undefined // half of one input and half of another need not be one
  }
}

/**
 * Remembers the first (or the last) m symbols of the input, m being the length of the longest word in training, and
 * its length. Words of at most m symbols it gets right. For longer ones it takes 15 other inputs of the same length,
 * puts the remembered symbols into them, and answers at each place of the output what is most frequent among their
 * outputs: places that depend on remembered symbols alone come out right, the others are guessed. The other inputs
 * are the same for all words of a length, so nothing of the forgotten symbols enters. Where no such input makes sense
 * it answers as `majority`.
 */
export function finiteBuffer(end: 'first' | 'last'): Baseline {
  return {
    id: `buffer-${end}`,
    title: `the function on the ${end} N symbols, the rest guessed`,
    suits: ({ view, language }) => view === 'transduce' && language.transduction !== undefined,
    fit(encoding, strings, seed) {
      const { language } = encoding
      const transduction = language.transduction! // `suits`
      const memory = strings.reduce((most, { inputs }) => Math.max(most, wordOf(encoding, inputs).length), 0)
      const fallback = majorityAnswer.fit(encoding, strings, seed)
      const drawn = new Map<number, Word[]>()
      const outputs = (word: Word, length: number): Word[] => {
        if (word.length <= memory) return [transduction.transduce(word)]
        let others = drawn.get(word.length)
        if (others === undefined) {
          others = wordsOfLength(language, transduction, word.length, seed)
          drawn.set(word.length, others)
        }
        const from = end === 'first' ? 0 : word.length - memory
        return others.flatMap(other => {
          const mixed = other.slice()
          mixed.set(word.subarray(from, from + memory), from)
          return outputOf(transduction, mixed, length) ?? []
        })
      }
      return {
        predict(inputs) {
          const first = firstAsked(encoding, inputs)
          const count = inputs.length - first
          const found = outputs(wordOf(encoding, inputs), count)
          if (found.length === 0) return fallback.predict(inputs)
          const answers = blankAnswers(encoding, inputs.length)
          const votes = new Int32Array(encoding.outputs)
          for (let place = 0; place < count; place++) {
            votes.fill(0)
            for (const output of found) votes[output[place]!]!++
            answers[first + place] = mostFrequent(votes)
          }
          return answers
        },
      }
    },
  }
}
