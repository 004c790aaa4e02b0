/** How the steps of ULMFiT are trained, as data: presets.ts has the published values. */
import {
  adam,
  adamW,
  constantSchedule,
  type Optimizer,
  oneCycleSchedule,
  type ParameterGroup,
  type Schedule,
  slantedTriangularSchedule,
} from '@elman/core'
import { z } from 'zod'
import { awdDropouts } from './awd-lstm.ts'
import { headConfig } from './classifier.ts'
import { groupRates } from './layer-groups.ts'

/** Learning rate over the updates of a phase. */
export const phaseSchedule = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('slanted-triangular'),
    ratio: z.number().min(1).default(32).describe('the lowest rate is the peak over this'),
    cutFraction: z.number().positive().lt(1).default(0.1).describe('part of the updates that rises'),
  }),
  z.strictObject({
    type: z.literal('one-cycle'),
    rise: z.number().positive().lt(1).default(0.3).describe('part of the updates that rises'),
    startDivisor: z.number().positive().default(25).describe('the first rate is the peak over this'),
    endDivisor: z.number().positive().default(1e4).describe('the last rate is the first over this'),
  }),
  z.strictObject({ type: z.literal('constant') }),
])

/** Learning rate over the updates of a phase. */
export type PhaseSchedule = z.output<typeof phaseSchedule>

/** A part of a training with the same layers learning throughout. */
export const trainingPhase = z.strictObject({
  unfrozen: z.union([z.int().min(1), z.literal('all')]).describe('groups of layers that learn, from the top'),
  epochs: z.int().min(1).describe('passes over the data'),
  rateFactor: z.number().positive().default(1).describe('on the learning rate of the training'),
  rates: groupRates.optional().describe("in place of the training's"),
  schedule: phaseSchedule,
})

/** A part of a training with the same layers learning throughout. */
export type TrainingPhase = z.output<typeof trainingPhase>

/** Adam, by published values. */
export const phaseOptimizer = z.strictObject({
  type: z
    .enum(['adam', 'adamw'])
    .default('adam')
    .describe('adam adds weight decay to the gradient, adamw shrinks'),
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).default([0.7, 0.99]),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().nonnegative().default(0),
  clip: z.number().positive().optional().describe('largest global norm of the gradients'),
})

/** Adam, by published values. */
export type PhaseOptimizer = z.output<typeof phaseOptimizer>

const penalties = z.strictObject({
  activation: z.number().nonnegative().default(0).describe('AR: factor on the mean square of the outputs'),
  temporal: z.number().nonnegative().default(0).describe('TAR: factor on the mean square of their changes'),
})

const common = {
  dropouts: awdDropouts.prefault({}),
  rate: z.number().positive().describe('peak learning rate of the top group'),
  rates: groupRates.default({ type: 'divisor', divisor: 2.6 }),
  optimizer: phaseOptimizer.prefault({}),
  batch: z.int().min(2).default(64),
  bptt: z.int().min(2).default(70).describe('steps between two cuts of back-propagation'),
  penalties: penalties.prefault({}),
  phases: z.array(trainingPhase).min(1),
}

/** Training of a language model. */
export const languageModelTraining = z.strictObject({
  ...common,
  variableLengths: z
    .boolean()
    .default(false)
    .describe('whether the lengths of windows vary (Merity et al. 2018)'),
  decoderBias: z.boolean().default(true).describe('whether the softmax has a bias that learns'),
})

/** Training of a language model. */
export type LanguageModelTraining = z.output<typeof languageModelTraining>

/** Training of a classifier. */
export const classifierTraining = z.strictObject({
  ...common,
  keep: z.int().min(1).default(1400).describe('last steps of a document that are pooled and learn'),
  head: headConfig.prefault({}),
})

/** Training of a classifier. */
export type ClassifierTraining = z.output<typeof classifierTraining>

/** The schedule of a phase. */
export function scheduleOf(schedule: PhaseSchedule): Schedule {
  if (schedule.type === 'slanted-triangular') return slantedTriangularSchedule(schedule)
  return schedule.type === 'one-cycle' ? oneCycleSchedule(schedule) : constantSchedule()
}

/** The optimiser of a phase. */
export function optimizerOf(
  { type, ...options }: PhaseOptimizer,
  rate: number,
  groups: readonly ParameterGroup[],
): Optimizer {
  return (type === 'adam' ? adam : adamW)({ ...options, rate, groups })
}

/**
 * Phases of gradual unfreezing: the top group alone, then one more in each phase of an epoch, then all together.
 *
 * @param groups - Groups of layers.
 * @param epochs - Passes of the last phase, in which all learn.
 */
export function gradualUnfreezing(groups: number, epochs: number, schedule: PhaseSchedule): TrainingPhase[] {
  const rising = Array.from({ length: groups - 1 }, (_, index) => ({
    ...{ unfrozen: index + 1, epochs: 1, rateFactor: 1 },
    schedule,
  }))
  return [...rising, { unfrozen: 'all', epochs, rateFactor: 1, schedule }]
}
