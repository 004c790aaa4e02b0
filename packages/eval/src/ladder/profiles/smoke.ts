/** The nine gates marked in the specification, one seed, in a minute and a half on two cores. */
import { gateProbes } from './gate-probes.ts'
import type { Profile } from './profile.ts'

/** Steps that show that a weak learner stays weak; those that must pass train longer. */
const WEAK = 500

/** Profile `smoke`. */
export const smoke: Profile = {
  name: 'smoke',
  title: 'the nine quick gates, one seed, under 90 s on two cores',
  seeds: 1,
  test: { multiples: [1, 2, 4], strings: 512 },
  probes: languages => [
    ...gateProbes(
      languages,
      gate => (gate.smoke ? (gate.smokeRequirements ?? gate.requirements) : []),
      changes,
    ),
  ],
}

function changes(language: string, learner: string) {
  if (language === 'anbn') return { trainSize: 30, steps: 1500 }
  if (learner.startsWith('window')) return { steps: WEAK }
  if (learner.startsWith('diagonal')) return { steps: 2 * WEAK }
  return {}
}
