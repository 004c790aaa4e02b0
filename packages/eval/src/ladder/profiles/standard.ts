/** Every task with six networks of the width of its tier and five seeds, and what gates and claims need besides. */
import type { Language } from '../../languages/language.ts'
import { mainView, recipeOf } from '../recipes.ts'
import { claimProbes } from './claim-probes.ts'
import { gateProbes } from './gate-probes.ts'
import { type Profile, probeOf } from './profile.ts'

/** Kinds of the six networks; the window has a width of its own. */
export const STANDARD_KINDS = ['elman-tanh', 'gru', 'lstm', 'stack-rnn', 'queue-rnn'] as const

/** What must fail wherever a state is needed. */
export const STANDARD_WINDOW = 'window-8'

/** Variants over all elements, left to profile `full` for their cost; A5 was not solved in the calibration runs. */
export const HARD_VARIANTS: readonly string[] = ['z60-full', 'a4xz5-full', 'a5-full']

/** Profile `standard`. */
export const standard: Profile = {
  name: 'standard',
  title: 'all tasks but the hard variants, six networks, five seeds; hours on two cores',
  seeds: 5,
  test: { multiples: [1, 1.5, 2, 4, 8], strings: 512 },
  probes: languages => [
    ...languages.filter(({ id }) => !HARD_VARIANTS.includes(id)).flatMap(standardProbes),
    ...gateProbes(languages, gate => gate.requirements),
    ...claimProbes(languages),
  ],
}

function standardProbes(language: Language) {
  const { width } = recipeOf(language)
  const view = mainView(language)
  const learners = [...STANDARD_KINDS.map(kind => `${kind}-${width}`), STANDARD_WINDOW]
  return learners.map(learner => probeOf(language, view, learner))
}
