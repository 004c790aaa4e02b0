/** Registry entries of the evaluators that come with elman. */
import { defineComponent, EVALUATOR } from '@elman/core'
import { dynamicConfig, dynamicEvaluator } from './dynamic.ts'
import { monteCarloConfig, monteCarloEvaluator } from './monte-carlo.ts'
import { neuralCacheConfig, neuralCacheEvaluator } from './neural-cache.ts'
import { staticConfig, staticEvaluator } from './static.ts'

/** Registry entry `static`. */
export const staticComponent = defineComponent(EVALUATOR, {
  type: 'static',
  summary: 'the model as it was trained; nothing changes but the recurrent state',
  config: staticConfig,
  create: config => staticEvaluator(config),
})

/** Registry entry `neural-cache`. */
export const neuralCacheComponent = defineComponent(EVALUATOR, {
  type: 'neural-cache',
  summary: 'recent words by the likeness of their hidden vectors (Grave et al. 2017); AWD-LSTM’s pointer',
  config: neuralCacheConfig,
  create: config => neuralCacheEvaluator(config),
})

/** Registry entry `dynamic`. */
export const dynamicComponent = defineComponent(EVALUATOR, {
  type: 'dynamic',
  summary: 'the model learns from what it was scored on (Mikolov et al. 2010, Krause et al. 2018)',
  config: dynamicConfig,
  create: config => dynamicEvaluator(config),
})

/** Registry entry `monte-carlo`. */
export const monteCarloComponent = defineComponent(EVALUATOR, {
  type: 'monte-carlo',
  summary: 'mean probability over passes with dropout on (Gal & Ghahramani 2016)',
  config: monteCarloConfig,
  create: config => monteCarloEvaluator(config),
})
