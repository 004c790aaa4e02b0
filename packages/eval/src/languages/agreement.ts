/** Whether a language's machine and its direct definition, two texts by different ways, say the same. */
import { wordsUpTo } from '../automata/words.ts'
import type { Language, Word } from './language.ts'

/** A word on which they differ, and what each says: a class, or an output with blanks between symbols. */
export interface Disagreement {
  readonly word: Word
  readonly machine: string
  readonly definition: string
}

/**
 * The first word of at most a length on which machine and definition of a language differ; undefined when there is
 * none. Walks the tree of prefixes, a step of the machine for each word.
 */
export function firstDisagreement(language: Language, length: number): Disagreement | undefined {
  return disagreementOfClasses(language, length) ?? disagreementOfOutputs(language, length)
}

/** Words up to this length are about so many, at most; 12 over two symbols when it is 10,000. */
export function lengthForWords(symbols: number, words: number): number {
  let length = 0
  for (let all = 1, level = 1; ; length++) {
    level *= symbols
    all += level
    if (all > words) return length
  }
}

function disagreementOfClasses({ recognition, alphabet }: Language, most: number): Disagreement | undefined {
  if (!recognition) return undefined
  const { machine, classes, classOf } = recognition
  const visit = (state: unknown, word: Word): Disagreement | undefined => {
    const [found, wanted] = [machine.classOf(state), classOf(word)]
    if (found !== wanted) return { word, machine: classes[found]!, definition: classes[wanted]! }
    if (word.length === most) return undefined
    for (let symbol = 0; symbol < alphabet.length; symbol++) {
      const below = visit(machine.step(state, symbol), Uint8Array.of(...word, symbol))
      if (below) return below
    }
    return undefined
  }
  return visit(machine.start, new Uint8Array(0))
}

function disagreementOfOutputs({ transduction, alphabet }: Language, most: number): Disagreement | undefined {
  if (!transduction) return undefined
  for (const word of wordsUpTo(alphabet.length, most)) {
    const [machine, definition] = [transduction.machine, transduction].map(of => of.transduce(word).join(' '))
    if (machine !== definition) return { word, machine: machine!, definition: definition! }
  }
  return undefined
}
