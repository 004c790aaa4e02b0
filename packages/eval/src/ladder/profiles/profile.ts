/** What a profile is: a way to make a plan of the languages that are registered, a plugin's among them. */
import type { Language, View } from '../../languages/language.ts'
import { namedLearner } from '../learner-names.ts'
import type { LadderPlan, ProbePlan, ProbeTraining, TestPlan } from '../plan.ts'
import { probeGroup } from '../plan.ts'
import { type Recipe, recipeOf, trainingOf } from '../recipes.ts'

/** A profile. */
export interface Profile {
  readonly name: string
  /** One line. */
  readonly title: string
  readonly seeds: number
  readonly test: TestPlan
  /** Its probes of these languages. */
  probes(languages: readonly Language[]): readonly ProbePlan[]
}

/** A language and what it was made from. */
export interface LadderLanguage {
  readonly language: Language
  /** What the extension point `language` resolves. */
  readonly config: unknown
}

/** Changes that a call makes to a profile. */
export interface ProfileChanges {
  /** Number of seeds. */
  readonly seeds?: number | undefined
  /** Steps of every probe. */
  readonly steps?: number | undefined
  /** Test strings of each size. */
  readonly strings?: number | undefined
}

/** The plan of a profile: seeds 1, 2, … */
export function planOf(
  profile: Profile,
  languages: readonly LadderLanguage[],
  { seeds = profile.seeds, steps, strings = profile.test.strings }: ProfileChanges = {},
): LadderPlan {
  const configs = new Map(languages.map(({ language, config }) => [language.id, config]))
  const changed = (probe: ProbePlan): ProbePlan => ({
    ...probe,
    languageConfig: configs.get(probe.language) ?? probe.languageConfig,
    training: steps === undefined ? probe.training : { ...probe.training, steps },
  })
  return {
    profile: profile.name,
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    test: { ...profile.test, strings },
    probes: withoutRepeats(profile.probes(languages.map(({ language }) => language)).map(changed)),
  }
}

/** A probe by the recipe of its language. */
export function probeOf(
  language: Language,
  view: View,
  learner: string,
  changes: Partial<ProbeTraining> = {},
): ProbePlan {
  const { name, config } = namedLearner(learner)
  const { multiples }: Partial<Recipe> = view === 'next-symbol' ? recipeOf(language) : {}
  return {
    ...{ language: language.id, languageConfig: language.id, view, learner: name, learnerConfig: config },
    ...{ training: trainingOf(language, changes), certify: isCertifiable(language, view) },
    ...(multiples === undefined ? {} : { multiples }),
  }
}

/** Languages of finite automata have certificates for all lengths. */
function isCertifiable({ recognition }: Language, view: View): boolean {
  return recognition?.machine.automaton !== undefined && view !== 'transduce'
}

/** Probes of the same language, view and learner once, the first of them. */
export function withoutRepeats(probes: readonly ProbePlan[]): ProbePlan[] {
  const first = new Map<string, ProbePlan>()
  for (const probe of probes) if (!first.has(probeGroup(probe))) first.set(probeGroup(probe), probe)
  return [...first.values()]
}

/** Languages by id. */
export function byId(languages: readonly Language[]): ReadonlyMap<string, Language> {
  return new Map(languages.map(language => [language.id, language]))
}
