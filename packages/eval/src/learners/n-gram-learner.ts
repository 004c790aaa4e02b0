/** An n-gram as a learner: it counts answers by the last few inputs, and stands in a sweep beside trained networks. */
import { defineComponent } from '@elman/core'
import { z } from 'zod'
import { nGram } from '../baselines/index.ts'
import { LEARNER } from './learner.ts'

/** Registry entry `n-gram`. */
export const nGramLearnerComponent = defineComponent(LEARNER, {
  type: 'n-gram',
  summary: 'the most frequent answer after the last few inputs',
  config: z.strictObject({ order: z.int().positive().default(3).describe('inputs that are looked at') }),
  create: ({ order }) => ({ counted: nGram(order) }),
})
