/** The baseline that learns a finite automaton by merging states. */
import type { Dfa } from '../automata/dfa.ts'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import { type AnswerBook, answerBook, blankAnswers, wordOf } from './answers.ts'
import type { Baseline } from './baseline.ts'
import { type LabelledPrefixes, prefixTree } from './prefix-tree.ts'
import { mergeStates, type StateMergingOptions } from './state-merging.ts'

const MOST_STRINGS = 2000
const MOST_NODES = 30_000
const MOST_CLASSES = 255 // a class is a byte

/** What state merging learns. */
export interface LearnedLanguage {
  /** Over the language's alphabet. Its classes are those of the view, or numbers of `flags`. */
  readonly dfa: Dfa
  /** In `next-symbol`: the set of flags that each class stands for. */
  readonly flags?: readonly Uint8Array[]
}

/**
 * The automaton that state merging learns from training strings: from the first 2,000 of them, shorter ones first,
 * and at most 30,000 prefixes.
 */
export function languageOfStateMerging(
  encoding: Encoding,
  strings: readonly EncodedString[],
  options: StateMergingOptions = {},
): LearnedLanguage {
  const book = answerBook(encoding)
  const dfa = learn(encoding, strings, book, options)
  if (encoding.target === 'class') return { dfa }
  const flags = Array.from({ length: Math.max(...dfa.classes) + 1 }, (_, answer) => {
    const set = new Uint8Array(encoding.outputs)
    book.write(answer, set, 0)
    return set
  })
  return { dfa, flags }
}

function learn(
  encoding: Encoding,
  strings: readonly EncodedString[],
  book: AnswerBook,
  options: StateMergingOptions,
): Dfa {
  const words = strings.slice(0, MOST_STRINGS).map(({ inputs, targets, scored }): LabelledPrefixes => {
    const labels = Int16Array.from(scored, (asked, step) => (asked === 1 ? book.idOf(targets, step) : -1))
    return {
      word: wordOf(encoding, inputs),
      labels: labels.map(label => (label < MOST_CLASSES ? label : -1)),
    }
  })
  words.sort((a, b) => a.word.length - b.word.length)
  return mergeStates(prefixTree(encoding.language.alphabet.length, words, MOST_NODES), options)
}

/** A learned automaton of at most 32 states; in `next-symbol` its classes are sets of flags. */
export const learnedAutomaton: Baseline = {
  id: 'state-merging',
  title: 'automaton of at most 32 states, learned by merging',
  suits: ({ view }) => view !== 'transduce',
  fit(encoding, strings) {
    const book = answerBook(encoding)
    const { symbols, start, next, classes } = learn(encoding, strings, book, {})
    return {
      predict(inputs) {
        const answers = blankAnswers(encoding, inputs.length)
        let state = start
        for (let step = 0; step < inputs.length; step++) {
          if (step > 0) state = next[state * symbols + inputs[step]!]!
          book.write(classes[state]!, answers, step)
        }
        return answers
      },
    }
  },
}
