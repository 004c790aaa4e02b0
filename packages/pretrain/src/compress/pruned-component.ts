/** Pruning in an experiment file: `optimizer: { type: 'pruned', optimizer: { type: 'adam' }, final: 0.8, … }`. */
import { componentOf, defineComponent, OPTIMIZER, parameterGroupConfig } from '@elman/core'
import { z } from 'zod'
import { prunedOptimizer } from './pruned-optimizer.ts'

const share = () => z.number().min(0).lt(1)
const updates = (least: number) => z.int().min(least)

/** Options of optimizer `pruned`. */
export const prunedConfig = z.strictObject({
  optimizer: componentOf(OPTIMIZER).default({ type: 'adam', rate: 0.002, clip: 1 }).describe('what learns'),
  final: share().describe('share of zeros at the end'),
  initial: share().default(0).describe('share of zeros at the beginning of the rise'),
  begin: updates(0).default(0).describe('updates before the rise'),
  end: updates(1).describe('updates after which it is over'),
  every: updates(1).default(100).describe('updates between changes'),
  scope: z
    .enum(['layer', 'global'])
    .default('layer')
    .describe('the same share of each array, or of all together'),
  parameters: z
    .array(z.string().min(1))
    .optional()
    .describe('patterns of the arrays to prune; those of two axes or more unless given'),
  groups: z.array(parameterGroupConfig).optional().describe("settings by parameter path, for `optimizer`'s"),
})

/** Registry entry `pruned`. */
export const prunedComponent = defineComponent(OPTIMIZER, {
  type: 'pruned',
  summary: 'magnitude pruning around another optimiser (Zhu & Gupta 2017)',
  config: prunedConfig,
  create({ optimizer, groups, ...options }, services) {
    const reference = typeof optimizer === 'string' ? { type: optimizer } : optimizer
    const complete = groups === undefined ? reference : { ...reference, groups }
    return prunedOptimizer(
      services.create(OPTIMIZER, complete, { path: 'train.optimizer.optimizer' }),
      options,
    )
  },
})
