/**
 * What a sweep does, as data: probes with their recipes, the seeds of each, and how they are tested. A plan is stored
 * beside the results; two plans may share a folder as long as they agree on everything they both speak of.
 */
import { ElmanError, hashConfig } from '@elman/core'
import type { View } from '../languages/language.ts'
import { differences } from '../report/config-difference.ts'

/** How a probe is trained. */
export interface ProbeTraining {
  /** Sizes 1 … trainSize are drawn uniformly, one size a batch. */
  readonly trainSize: number
  readonly steps: number
  /** Strings a step. */
  readonly batch: number
  /** Adam's rate: constant for the first half, then linear to zero. */
  readonly rate: number
  /** Largest norm of the gradient. */
  readonly clip: number
}

/** A learner on a view of a language; its seeds are trained together. */
export interface ProbePlan {
  /** The language's id. */
  readonly language: string
  /** What the extension point `language` resolves: a name, or a config. */
  readonly languageConfig: unknown
  readonly view: View
  /** Name in tables: `lstm-16`. */
  readonly learner: string
  readonly learnerConfig: unknown
  readonly training: ProbeTraining
  /** Whether a certificate is looked for once it is solved. */
  readonly certify: boolean
  /** Tested multiples of the training size, where they are not those of the plan. */
  readonly multiples?: readonly number[] | undefined
}

/** How every probe is tested. */
export interface TestPlan {
  /** Sizes as multiples of the training size. */
  readonly multiples: readonly number[]
  /** Strings of each size. */
  readonly strings: number
}

/** All of a sweep. */
export interface LadderPlan {
  /** `smoke`, `standard`, `full`, or another name. */
  readonly profile: string
  readonly seeds: readonly number[]
  readonly test: TestPlan
  readonly probes: readonly ProbePlan[]
}

/** `parity/dense/lstm-16`: a probe without its seed. */
export function probeGroup(probe: Pick<ProbePlan, 'language' | 'view' | 'learner'>): string {
  return `${probe.language}/${probe.view}/${probe.learner}`
}

/** `parity/dense/lstm-16/seed-1`, as in a record. */
export function probeName(probe: Pick<ProbePlan, 'language' | 'view' | 'learner'>, seed: number): string {
  return `${probeGroup(probe)}/seed-${seed}`
}

/** SHA-256 of a plan. */
export function planHash(plan: LadderPlan): string {
  return hashConfig(plan)
}

/**
 * The plan of a folder with that of a call: probes of both, each once.
 *
 * @throws `LADDER_PLAN_DIFFERS` with both sides when the profile, the seeds, the test or the recipe of a shared probe
 * differ
 */
export function mergePlans(stored: LadderPlan, wanted: LadderPlan, where: string): LadderPlan {
  const own = new Map(stored.probes.map(probe => [probeGroup(probe), probe]))
  const shared = wanted.probes.filter(probe => own.has(probeGroup(probe)))
  const sideOf = (plan: LadderPlan, probes: readonly ProbePlan[]) => ({
    ...{ profile: plan.profile, seeds: plan.seeds, test: plan.test },
    ...Object.fromEntries(probes.map(probe => [probeGroup(probe), probe])),
  })
  const found = differences([
    sideOf(
      stored,
      shared.map(probe => own.get(probeGroup(probe))!),
    ),
    sideOf(wanted, shared),
  ])
  const first = found[0]
  if (first !== undefined) {
    const more = found.length > 1 ? `, and ${found.length - 1} more` : ''
    throw new ElmanError('LADDER_PLAN_DIFFERS', {
      message: `the folder holds results of another plan: ${first.path} differs${more}`,
      expected: `${first.values[0] ?? 'nothing'}, as the folder has it`,
      found: `${first.values[1] ?? 'nothing'}, as this call asks for`,
      where,
      hint: 'give another folder with --directory, or the options that the folder was made with',
    })
  }
  return {
    ...stored,
    probes: [...stored.probes, ...wanted.probes.filter(probe => !own.has(probeGroup(probe)))],
  }
}
