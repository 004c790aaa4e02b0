/**
 * How much work a probe is, in arbitrary units, so that the heaviest start first and all workers end together. Factors
 * are times of a training step beside that of a tanh cell of 16 units; a wrong one costs some waiting at the end.
 */
import type { ProbePlan } from './plan.ts'

const FACTORS: readonly (readonly [RegExp, number])[] = [
  [/^n-gram/, 0.02],
  [/^window/, 0.5],
  [/^(elman|diagonal)/, 1],
  [/^gru/, 2],
  [/^lstm/, 2.2],
  [/^transformer/, 4],
  [/^(stack|superposition)/, 5],
  [/^queue/, 9],
  [/^tape/, 7],
]

/** Work of a probe with this many seeds. */
export function workOf({ learner, training }: ProbePlan, seeds: number): number {
  const factor = FACTORS.find(([name]) => name.test(learner))?.[1] ?? 2
  const width = Number(/-(\d+)$/.exec(learner)?.[1] ?? 16)
  const { steps, trainSize, batch } = training
  return (seeds * factor * steps * (trainSize + 1) * (8 + (batch * width) / 64)) / 1000
}

/** The heaviest first; equal ones by their order in the plan. */
export function heaviestFirst(probes: readonly ProbePlan[], seeds: number): ProbePlan[] {
  return probes
    .map((probe, index) => ({ probe, index, work: workOf(probe, seeds) }))
    .sort((a, b) => b.work - a.work || a.index - b.index)
    .map(({ probe }) => probe)
}
