/** Groups of layers from the bottom up: which learn, and how fast (discriminative fine-tuning, gradual unfreezing). */
import {
  ElmanError,
  isTensor,
  leavesWithPaths,
  matchesPattern,
  type Objective,
  type ParameterGroup,
  stopGradient,
  type Tensor,
  type TensorParameters,
  withLeaves,
} from '@elman/core'
import { z } from 'zod'

/** How the learning rates of the groups relate: `divisor` 2.6 is the rule of the paper. */
export const groupRates = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('divisor'),
    divisor: z
      .number()
      .min(1)
      .default(2.6)
      .describe('each group learns so many times slower than the one above'),
  }),
  z.strictObject({
    type: z.literal('span'),
    lowest: z
      .number()
      .positive()
      .max(1)
      .describe('factor of the lowest group; the others in equal ratios up to 1'),
  }),
  z.strictObject({
    type: z.literal('list'),
    factors: z.array(z.number().nonnegative()).min(1).describe('a factor for each group from the bottom up'),
  }),
])

/** How the learning rates of the groups relate. */
export type GroupRates = z.output<typeof groupRates>

/** Patterns of the parameters of each group, from the bottom up. */
export type LayerGroups = readonly (readonly string[])[]

/** Groups of a language model: each recurrent layer, and above them word vectors with the softmax (as fastai has them). */
export function languageModelGroups(layers: number): LayerGroups {
  return [...Array.from({ length: layers }, (_, layer) => [`rnn.${layer}.**`]), ['embedding', 'softmax.**']]
}

/** Groups of a classifier: word vectors, each recurrent layer, head. */
export function classifierGroups(layers: number): LayerGroups {
  return [
    ['encoder.embedding'],
    ...Array.from({ length: layers }, (_, layer) => [`encoder.rnn.${layer}.**`]),
    ['head.**'],
  ]
}

/**
 * Factor of each group on the learning rate, from the bottom up.
 *
 * @throws `ULMFIT_RATES_MISFIT` when a list has another length
 */
export function rateFactors(rates: GroupRates, groups: number): number[] {
  if (rates.type === 'list') {
    if (rates.factors.length === groups) return [...rates.factors]
    throw new ElmanError('ULMFIT_RATES_MISFIT', {
      message: 'there is not one learning-rate factor for each group of layers',
      expected: `${groups} factors`,
      found: `${rates.factors.length} factors`,
      hint: 'language models have a group for each layer and one for the word vectors; classifiers one more for the head',
    })
  }
  const below = Array.from({ length: groups }, (_, index) => groups - 1 - index)
  if (rates.type === 'divisor') return below.map(steps => rates.divisor ** -steps)
  return below.map(steps => (groups < 2 ? 1 : rates.lowest ** (steps / (groups - 1))))
}

/** What an optimiser is told: the lowest groups stand still, the upper `unfrozen` have rates of their own. */
export function optimizerGroups(
  groups: LayerGroups,
  unfrozen: number | 'all',
  factors: readonly number[],
  alwaysFrozen: readonly string[] = [],
): ParameterGroup[] {
  const first = unfrozen === 'all' ? 0 : Math.max(0, groups.length - unfrozen)
  return [
    ...alwaysFrozen.map(pattern => ({ pattern, frozen: true })),
    ...groups.flatMap((patterns, index) =>
      patterns.map(pattern =>
        index < first ? { pattern, frozen: true } : { pattern, rateFactor: factors[index]! },
      ),
    ),
  ]
}

/** The task with the parameters of frozen groups as constants: no gradient of theirs is computed, clipped or counted. */
export function withFrozen(objective: Objective, groups: readonly ParameterGroup[]): Objective {
  const standsStill = (path: string) =>
    groups.find(({ pattern }) => matchesPattern(pattern, path))?.frozen === true
  const { withBatch } = objective
  return {
    ...objective,
    ...(withBatch && { withBatch: batch => withFrozen(withBatch(batch), groups) }),
    loss(parameters, carried, batch, context) {
      const leaves = leavesWithPaths<Tensor>(parameters, isTensor).map(({ path, leaf }) =>
        standsStill(path) ? stopGradient(leaf) : leaf,
      )
      const held = withLeaves(parameters, isTensor, leaves) as TensorParameters
      return objective.loss(held, carried, batch, context)
    },
  }
}
