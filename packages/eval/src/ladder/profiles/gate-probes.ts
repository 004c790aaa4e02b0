/** The probes that the gates need. */
import type { Language } from '../../languages/language.ts'
import { GATES, type Gate } from '../gates.ts'
import type { ProbePlan, ProbeTraining } from '../plan.ts'
import { byId, probeOf } from './profile.ts'

/** How a probe of a gate differs from the recipe of its language. */
export type GateChanges = (language: string, learner: string) => Partial<ProbeTraining>

/** Probes of gates whose languages are there. Baselines come with every probe of their language and view. */
export function gateProbes(
  languages: readonly Language[],
  requirementsOf: (gate: Gate) => Gate['requirements'],
  changes: GateChanges = () => ({}),
): ProbePlan[] {
  const known = byId(languages)
  return GATES.flatMap(gate =>
    requirementsOf(gate).flatMap(({ language: id, view, learners }) => {
      const language = known.get(id)
      if (language?.views.includes(view) !== true) return []
      return learners
        .filter(learner => !learner.startsWith('baseline:'))
        .map(learner => probeOf(language, view, learner, changes(id, learner)))
    }),
  )
}
