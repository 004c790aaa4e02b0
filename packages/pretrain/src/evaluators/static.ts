import { z } from 'zod'
import { createEvaluator } from '../language-model/evaluate.ts'
import type { EvaluatorFactory } from './text-evaluator.ts'

/** Options of evaluator `static`. */
export const staticConfig = z.strictObject({
  batch: z.int().min(1).default(1).describe('rows side by side; 1 reads the text in one sequence'),
  time: z.int().min(1).default(64).describe('tokens a row and window; the result does not depend on it'),
  warmUp: z
    .int()
    .min(0)
    .default(256)
    .describe('tokens each row after the first reads, unscored, to fill its state'),
})

/** The model as it was trained: nothing changes but the recurrent state. */
export function staticEvaluator(config: z.input<typeof staticConfig> = {}): EvaluatorFactory {
  const { batch, time, warmUp } = staticConfig.parse(config)
  return {
    adaptive: false,
    readsTraining: false,
    async create(model, vocabulary, backend, { dtype, threads } = {}) {
      const options = { batch, time, warmUp, dtype, threads }
      const { tokenLogProbabilities, dispose } = await createEvaluator(backend, model, vocabulary, options)
      return { name: 'static', adaptive: false, tokenLogProbabilities, dispose }
    },
  }
}
