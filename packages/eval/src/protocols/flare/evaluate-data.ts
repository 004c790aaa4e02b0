/** Runs recognisers and shortcuts on released strings. */
import { type ShortcutAudit, shortcutAudit } from '../../baselines/shortcut-audit.ts'
import type { Word } from '../../languages/language.ts'
import { classesOf, type Recogniser } from '../../learners/recogniser.ts'
import type { Count, SizeResult } from '../../probe/record.ts'
import { flareLanguage } from './languages.ts'
import type { FlareData } from './layout.ts'

/** Answers 0 or 1 for many words. */
export type Classifier = (words: readonly Word[]) => Promise<ArrayLike<number>> | ArrayLike<number>

/** How a classifier did. */
export interface FlareResult {
  /** Answers that are the released labels. */
  readonly released: Count
  /** Answers that are right: by our own membership test. They differ where released labels are wrong. */
  readonly mended: Count
  /** Right answers by length of the strings, by our own test. */
  readonly byLength: readonly SizeResult[]
}

/** Counts right answers, by the released labels and by ours. */
export async function evaluateFlare(data: FlareData, classify: Classifier): Promise<FlareResult> {
  const { recognition } = flareLanguage(data.language)
  const answers = await classify(data.strings.map(({ word }) => word))
  const [released, mended] = [
    { right: 0, total: 0 },
    { right: 0, total: 0 },
  ]
  const lengths = new Map<number, { right: number; total: number }>()
  for (const [i, { word, label }] of data.strings.entries()) {
    const own = lengths.get(word.length) ?? { right: 0, total: 0 }
    lengths.set(word.length, own)
    const right = Number(answers[i] === recognition.classOf(word))
    for (const count of [mended, own]) {
      count.right += right
      count.total++
    }
    released.right += Number(answers[i] === label)
    released.total++
  }
  const byLength = [...lengths]
    .sort(([a], [b]) => a - b)
    .map(([size, count]): SizeResult => ({ size, length: size + 1, strings: count, tokens: { ...count } }))
  return { released, mended, byLength }
}

/**
 * A trained learner as a classifier: its class after the last symbol. Words go through together, the longest first, so
 * that those still being read are always the first rows.
 *
 * @param rows most words that are read at once
 */
export function classifierOf(recogniser: Recogniser, rows = 256): Classifier {
  const { stateSize, outputs } = recogniser
  return async words => {
    const answers = new Uint8Array(words.length)
    const order = [...words.keys()].sort((a, b) => words[b]!.length - words[a]!.length)
    for (let from = 0; from < order.length; from += rows) {
      const group = order.slice(from, from + rows)
      const first = await recogniser.start()
      let states = new Float32Array(group.length * stateSize)
      for (let row = 0; row < group.length; row++) states.set(first.states, row * stateSize)
      const empty = classesOf(first.logits, outputs)[0]!
      for (const i of group) answers[i] = empty
      let going = group.length
      for (let place = 0; ; place++) {
        while (going > 0 && words[group[going - 1]!]!.length <= place) going--
        if (going === 0) break
        const symbols = Uint8Array.from({ length: going }, (_, row) => words[group[row]!]![place]!)
        const after = await recogniser.step(states.subarray(0, going * stateSize), symbols)
        states = Float32Array.from(after.states)
        const classes = classesOf(after.logits, outputs)
        for (let row = 0; row < going; row++) answers[group[row]!] = classes[row]!
      }
    }
    return answers
  }
}

/** How far shortcuts get on released data: fitted to one split, counted on another. */
export function flareShortcuts(train: FlareData, test: FlareData, seed = 0): ShortcutAudit {
  return shortcutAudit(
    { alphabet: train.alphabet, train: train.strings, test: test.strings, longFrom: 41 },
    seed,
  )
}
