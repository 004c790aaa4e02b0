// Probes: a learner trained on a view of a language with one seed, and tested by length.

export { type EvaluateProbeOptions, evaluateProbe, type ProbeResults } from './evaluate-probe.ts'
export type { BaselineResult, Count, ProbeRecord, SizeResult } from './record.ts'
export { type ProbeOptions, type ProbeOutcome, runProbes } from './run-probe.ts'
export { accuracyOf, bestBaseline, frontier, skill, tokensOf } from './scores.ts'
export {
  CACHED_MEMORY,
  CACHED_NUMBERS,
  MOST_SEEDS_TOGETHER,
  type SeedWork,
  seedGroups,
  seedsTogether,
} from './seed-groups.ts'
export {
  TEST_MULTIPLES,
  type TestSet,
  type TestSetOptions,
  testHash,
  testSet,
  testSizes,
} from './test-strings.ts'
export {
  type CompleteRecipe,
  completeRecipe,
  type ProbeRecipe,
  rateOfStep,
  type TrainedSeed,
  type TrainProbeOptions,
  trainProbe,
} from './train-probe.ts'
