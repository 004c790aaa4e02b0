/** Which probes a call is about: `--tasks` and `--cells` over a profile's plan, and probes that they add to it. */
import { ElmanError, suggestion } from '@elman/core'
import type { View } from '../languages/language.ts'
import { type NamedLearner, namedLearner } from './learner-names.ts'
import type { LadderPlan, ProbePlan } from './plan.ts'
import { probeGroup } from './plan.ts'
import type { LadderLanguage } from './profiles/profile.ts'
import { probeOf } from './profiles/profile.ts'
import { mainView } from './recipes.ts'

/** What a call asks for. */
export interface Selection {
  /** Ids of languages. */
  readonly tasks?: readonly string[] | undefined
  /** Names of learners, or configs as JSON. */
  readonly cells?: readonly string[] | undefined
  /** Names of registered cells and learners. */
  readonly known: { readonly cells: readonly string[]; readonly learners: readonly string[] }
  readonly steps?: number | undefined
}

/** A plan with what a call adds to it, and the probes it is about. */
export interface SelectedPlan {
  readonly plan: LadderPlan
  /** Whether the call is about a probe. */
  readonly selected: (probe: ProbePlan) => boolean
}

/**
 * Learners that the profile does not have, such as a plugin's cell, are added: on the tasks that are named, or on all.
 *
 * @throws `LADDER_TASK_UNKNOWN`, `LADDER_LEARNER_UNKNOWN`
 */
export function selectProbes(
  plan: LadderPlan,
  languages: readonly LadderLanguage[],
  { tasks, cells, known, steps }: Selection,
): SelectedPlan {
  const chosen = tasks?.map(id => findLanguage(languages, id)) ?? languages
  const ids = new Set(chosen.map(({ language }) => language.id))
  const learners = cells?.map(text => namedLearner(text, known.cells, known.learners))
  const names = learners && new Set(learners.map(({ name }) => name))
  const selected = (probe: ProbePlan) => ids.has(probe.language) && (names?.has(probe.learner) ?? true)
  const have = new Set(plan.probes.map(probeGroup))
  const added: ProbePlan[] = []
  for (const item of chosen) {
    for (const learner of learners ?? []) {
      const isPlanned = plan.probes.some(
        probe => probe.language === item.language.id && probe.learner === learner.name,
      )
      if (!isPlanned) added.push(addedProbe(item, learner, viewIn(plan, item), steps))
    }
    // A task that the profile has nothing of, asked for by name alone: with the learners of the profile.
    if (
      tasks !== undefined &&
      learners === undefined &&
      !plan.probes.some(({ language }) => language === item.language.id)
    ) {
      const kinds = new Map(plan.probes.map(probe => [probe.learner, probe.learnerConfig]))
      for (const [name, config] of kinds) {
        added.push(
          addedProbe(
            item,
            { name, config: config as NamedLearner['config'] },
            mainView(item.language),
            steps,
          ),
        )
      }
    }
  }
  const probes = [...plan.probes, ...added.filter(probe => !have.has(probeGroup(probe)))]
  return { plan: { ...plan, probes }, selected }
}

/** The view in which a plan probes a language, so that what is added stands beside it. */
function viewIn(plan: LadderPlan, { language }: LadderLanguage): View {
  const own = plan.probes.filter(probe => probe.language === language.id).map(({ view }) => view)
  const main = mainView(language)
  return own.length === 0 || own.includes(main) ? main : own[0]!
}

function addedProbe(
  { language, config }: LadderLanguage,
  learner: NamedLearner,
  view: View,
  steps: number | undefined,
): ProbePlan {
  const probe = probeOf(language, view, 'window-8', steps === undefined ? {} : { steps })
  return { ...probe, learner: learner.name, learnerConfig: learner.config, languageConfig: config }
}

/**
 * A language by its id.
 *
 * @throws `LADDER_TASK_UNKNOWN`
 */
export function findLanguage(languages: readonly LadderLanguage[], id: string): LadderLanguage {
  const found = languages.find(({ language }) => language.id === id)
  if (found !== undefined) return found
  const ids = languages.map(({ language }) => language.id)
  throw new ElmanError('LADDER_TASK_UNKNOWN', {
    message: `there is no language "${id}"`,
    hint: suggestion(id, ids, 'languages'),
  })
}
