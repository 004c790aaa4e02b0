// Probes: a learner trained on a view of a language with one seed, and tested by length.

export { SEEDS_TOGETHER, SMALL_STEP, seedGroups } from './seed-groups.ts'
export { TEST_MULTIPLES, type TestSet, testHash, testSet, testSizes } from './test-strings.ts'
export {
  type CompleteRecipe,
  completeRecipe,
  type ProbeRecipe,
  rateOfStep,
  type TrainedSeed,
  type TrainProbeOptions,
  trainProbe,
} from './train-probe.ts'
