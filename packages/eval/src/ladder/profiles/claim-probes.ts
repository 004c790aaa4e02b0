/** The probes that the claims speak of, by the width of their language's recipe. */
import type { Language } from '../../languages/language.ts'
import { CLAIMS } from '../claims.ts'
import type { ProbePlan } from '../plan.ts'
import { recipeOf } from '../recipes.ts'
import { byId, probeOf } from './profile.ts'

/** Probes of claims whose languages are there. A window sees eight symbols. */
export function claimProbes(languages: readonly Language[]): ProbePlan[] {
  const known = byId(languages)
  return CLAIMS.flatMap(({ expectations }) =>
    expectations.flatMap(({ language: id, view, kind }) => {
      const language = known.get(id)
      if (language?.views.includes(view) !== true) return []
      const number = kind === 'window' ? 8 : recipeOf(language).width
      return [probeOf(language, view, `${kind}-${number}`)]
    }),
  )
}
