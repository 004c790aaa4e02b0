// The feed-forward language model of Bengio et al. (2003).
export { type FeedForwardConfig, feedForwardComponent, feedForwardConfig } from './feed-forward-config.ts'
export { type FeedForwardOptions, feedForwardModel } from './feed-forward-model.ts'
export { bengioBrown, bengioNews } from './presets.ts'
