/** Released labels against our own membership tests. */
import { ElmanError } from '@elman/core'
import type { Count } from '../../probe/record.ts'
import type { FlareLanguage } from './language.ts'
import { flareLanguage } from './languages.ts'
import type { FlareData } from './layout.ts'

/** A string whose label is not what it should be. */
export interface WrongLabel {
  /** Line in `main.tok`. */
  readonly line: number
  readonly length: number
  readonly released: number
  readonly ours: number
}

/** What an audit of labels found. */
export interface LabelAudit {
  readonly language: string
  readonly split: string
  readonly labels: Count
  readonly positives: Count
  readonly negatives: Count
  /** Every wrong label, in the order of the file. */
  readonly wrong: readonly WrongLabel[]
  /** Length of the shortest string with a wrong label. */
  readonly shortestWrong?: number
  /** Sets of next symbols that are as they should be, of all that are given; absent where none are. */
  readonly nextSymbols?: Count
}

/**
 * Looks at every label, and every set of next symbols, by definition.
 *
 * @param language ours unless given: that of the data's name
 * @throws ElmanError `FLARE_ALPHABET_DIFFERS` for a language with other symbols.
 */
export function auditLabels(
  data: FlareData,
  language: FlareLanguage = flareLanguage(data.language),
): LabelAudit {
  const found = data.alphabet.join(' ')
  const expected = language.alphabet.join(' ')
  if (found !== expected) {
    throw new ElmanError('FLARE_ALPHABET_DIFFERS', {
      message: `data of ${data.language} is looked at by a language with other symbols, ${language.id}`,
      expected,
      found,
    })
  }
  const { machine } = language.recognition
  const wrong: WrongLabel[] = []
  const counts = [0, 1].map(() => ({ right: 0, total: 0 }))
  const sets = { right: 0, total: 0 }
  for (const { word, label, line, next } of data.strings) {
    const ours = language.recognition.classOf(word)
    const count = counts[label]!
    count.total++
    if (ours === label) count.right++
    else wrong.push({ line, length: word.length, released: label, ours })
    if (next === undefined || machine.next === undefined) continue
    let state = machine.start
    for (const [i, flags] of next.entries()) {
      sets.total++
      sets.right += Number(machine.next(state).join() === flags.join())
      if (i < word.length) state = machine.step(state, word[i]!)
    }
  }
  const [negatives, positives] = counts as [Count, Count]
  return {
    language: data.language,
    split: data.split,
    labels: {
      right: negatives.right + positives.right,
      total: negatives.total + positives.total,
    },
    positives,
    negatives,
    wrong,
    ...(wrong.length === 0 ? {} : { shortestWrong: Math.min(...wrong.map(({ length }) => length)) }),
    ...(sets.total === 0 ? {} : { nextSymbols: sets }),
  }
}
