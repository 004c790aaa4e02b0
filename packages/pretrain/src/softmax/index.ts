// Output layers: full softmax, mixture of softmaxes, adaptive, sampled; the augmented loss; how much they can express.
export { type AdaptiveOptions, adaptiveSoftmax, adaptiveSoftmaxConfig } from './adaptive-softmax.ts'
export { type AugmentedLossOptions, augmentedLoss, augmentedLossConfig } from './augmented-loss.ts'
export { fullSoftmax } from './full-softmax.ts'
export {
  type LogProbabilityRank,
  logProbabilityRank,
  type NumericalRank,
  numericalRank,
  type RankOptions,
} from './log-probability-rank.ts'
export { type MixtureOptions, mixtureOfSoftmaxes, mixtureOfSoftmaxesConfig } from './mixture-of-softmaxes.ts'
export {
  logUniformIds,
  type SampledInput,
  type SampledOptions,
  sampledCrossEntropy,
  sampledSoftmax,
  sampledSoftmaxConfig,
} from './sampled-softmax.ts'
export { singularValues } from './singular-values.ts'
export {
  SOFTMAX,
  type SoftmaxFactory,
  type SoftmaxInput,
  type SoftmaxLayer,
  type SoftmaxPlace,
} from './softmax-layer.ts'
export { type Pass, type TextPass, withSoftmax } from './with-softmax.ts'
