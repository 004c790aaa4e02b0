/** Sampled evidence (K0, K1): the language's own test words by size, from a stream that nothing else draws from. */
import type { Language, View, Word } from '../languages/language.ts'
import type { Recogniser } from '../learners/recogniser.ts'
import { errorUpperBound } from './bounds.ts'
import type { Evidence } from './format.ts'
import { answersAlong, referenceOf, subjectOf } from './subject.ts'
import { languageWords } from './words-of.ts'

/** What is sampled. */
export interface SamplingOptions {
  /** Sizes in training sizes; default 1, 2, 4, 8. Where the language has no words of one, the next smaller is taken. */
  readonly multiples?: readonly number[]
  /** Words of each size, of which equal ones count once; default 256. */
  readonly strings?: number
  /** Default 0.95. */
  readonly confidence?: number
  readonly seed?: number
}

/** Sampled evidence, as it stands in a certificate. */
export type SampledEvidence = NonNullable<Evidence['sampled']>

/**
 * Samples words and counts those that are answered right: at the end in view `recognise`, after every prefix in the
 * other views. Undefined when the language has no words of these sizes.
 */
export async function sampledEvidence(
  recogniser: Recogniser,
  language: Language,
  view: View,
  options: SamplingOptions = {},
): Promise<SampledEvidence | undefined> {
  const { multiples = [1, 2, 4, 8], strings = 256, confidence = 0.95, seed = 0 } = options
  const reference = referenceOf(language, recogniser.target)
  const sizes: SampledEvidence['sizes'] = []
  for (const multiple of multiples) {
    let size = Math.round(multiple * language.trainSize)
    while (size > 1 && !language.hasSize(size)) size-- // expressions have odd lengths
    if (sizes.some(own => own.size === size)) continue
    const words = distinct(languageWords(language, recogniser.target, { seed, size, count: strings }))
    if (words.length === 0) continue
    const answers = await answersAlong(subjectOf(recogniser), words)
    const right = words.filter((word, i) => {
      const own = answers[i]!
      let state = reference.start
      for (let t = 0; t <= word.length; t++) {
        if (t > 0) state = reference.next(state, word[t - 1]!)
        if (view === 'recognise' && t < word.length) continue
        if (own[t] !== reference.answer(state)) return false
      }
      return true
    }).length
    sizes.push({ size, length: language.lengthOf(size), right, total: words.length })
  }
  if (sizes.length === 0) return undefined
  const total = sizes.reduce((sum, own) => sum + own.total, 0)
  const errors = total - sizes.reduce((sum, own) => sum + own.right, 0)
  return { confidence, sizes, upper: errorUpperBound(errors, total, confidence) }
}

/** The words without those that came before: one word of a language that has no other of its size says it once. */
export function distinct(words: readonly Word[]): Word[] {
  return [...new Map(words.map(word => [word.join(), word])).values()]
}
