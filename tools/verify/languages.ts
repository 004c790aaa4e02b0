import {
  encodeView,
  evaluateBaselines,
  firstDisagreement,
  type Language,
  languages,
  lengthForWords,
  uniformityOf,
  wordsOfClass,
} from '@elman/eval'
import type { Check } from './check.ts'

const BINARY_LENGTH = 12
const OTHER_WORDS = 90_000
const MOST_DEVIATION = 4.5
const TRAINING_STRINGS = 6000
const TEST_STRINGS = 20_000
const MOST_PERCENT = 55
/** At the training size 40 brackets nest at most 20 deep, so 22 states decide it: no choice of negatives can resist. */
const COUNTED_BY_STATES = ['dyck-1']

/** Reference machines, samplers and negatives of all languages. */
export const languagesCheck: Check = {
  name: 'languages',
  claim: `machine and direct definition of every language agree on all words up to length ${BINARY_LENGTH} (two symbols) or on some ${OTHER_WORDS} words (more); samplers are uniform; no baseline, fitted to ${TRAINING_STRINGS} training strings, tells negatives of a language that is not regular from positives at the training size in more than ${MOST_PERCENT} % of ${TEST_STRINGS} strings (but for dyck-1, which at that size an automaton of 22 states decides)`,
  tolerance: `none; ${MOST_DEVIATION} standard deviations; ${MOST_PERCENT} %`,
  duration: '50 s',
  async run({ note }) {
    let disagreements = 0
    for (const language of languages) {
      const symbols = language.alphabet.length
      const found = firstDisagreement(
        language,
        symbols === 2 ? BINARY_LENGTH : lengthForWords(symbols, OTHER_WORDS),
      )
      if (!found) continue
      disagreements++
      note(`${language.id}: ${found.word.join(' ')} is ${found.machine} and ${found.definition}`)
    }
    note(`machine and definition: ${languages.length} languages, ${disagreements} disagreements`)

    let largestDeviation = 0
    let samplers = 0
    for (const language of languages) {
      for (const { name, deviation } of deviations(language)) {
        samplers++
        largestDeviation = Math.max(largestDeviation, deviation)
        if (deviation > MOST_DEVIATION) note(`${name}: ${deviation.toFixed(1)} standard deviations`)
      }
    }
    note(`samplers: ${samplers}, largest deviation ${largestDeviation.toFixed(2)}`)

    const best: Record<string, string> = {}
    let resistant = true
    for (const language of languages.filter(isHard)) {
      const { baseline, accuracy } = bestBaseline(language)
      best[language.id] = `${baseline} ${(100 * accuracy).toFixed(1)} %`
      note(`negatives of ${language.id}: best baseline ${best[language.id]}`)
      if (!COUNTED_BY_STATES.includes(language.id) && 100 * accuracy > MOST_PERCENT) resistant = false
    }
    return {
      measured: {
        languages: languages.length,
        disagreements,
        samplers,
        largestDeviation,
        bestBaselines: best,
      },
      pass: disagreements === 0 && largestDeviation <= MOST_DEVIATION && resistant,
    }
  },
}

const isHard = ({ level, views }: Language) => !/regular/.test(level) && views.includes('recognise')

/** How far the samplers of a language are from uniform, class by class; none where words are not meant to be. */
function* deviations({ id, alphabet, hasSize, lengthOf, recognition }: Language) {
  if (!recognition?.samplePositive || id === 'dyck-2') return
  const size = [8, 6, 4, 3].find(own => hasSize(own) && alphabet.length ** lengthOf(own) <= 70_000)
  if (size === undefined) return
  const words = [...wordsOfClass(recognition, alphabet.length, lengthOf(size), 1)]
  const { strangers, deviation } = uniformityOf(words, Math.min(50 * words.length, 20_000), index =>
    recognition.samplePositive!({ seed: 6, stream: 'uniform', size, index }),
  )
  yield { name: id, deviation: strangers > 0 ? Number.POSITIVE_INFINITY : deviation }
}

/** The baseline that is right most often at the training size, once fitted to sizes up to it. */
function bestBaseline(language: Language): { baseline: string; accuracy: number } {
  const { trainSize, hasSize } = language
  const encoding = encodeView(language, 'recognise')
  const sizes = Array.from({ length: trainSize }, (_, i) => i + 1).filter(hasSize)
  const train = Array.from({ length: TRAINING_STRINGS }, (_, index) =>
    encoding.sample({ seed: 1, stream: 'train', size: sizes[index % sizes.length]!, index }),
  )
  const strings = Array.from({ length: TEST_STRINGS }, (_, index) =>
    encoding.sample({ seed: 1, stream: 'test', size: trainSize, index }),
  )
  const results = evaluateBaselines(encoding, train, [{ size: trainSize, strings }], 1)
  const scores = results.map(({ baseline, sizes: [only] }) => ({
    baseline,
    accuracy: only!.strings.right / only!.strings.total,
  }))
  return scores.reduce((most, score) => (score.accuracy > most.accuracy ? score : most))
}
