/** The optimiser of an experiment, told what the model asks for its own parameters. */
import {
  averagedOptimizer,
  type ElmanContainer,
  ElmanError,
  matchesPattern,
  OPTIMIZER,
  type Optimizer,
  type ParameterGroup,
} from '@elman/core'
import { z } from 'zod'
import type { LanguageModel } from '../language-model/language-model.ts'
import type { LanguageModelExperiment } from './experiment-config.ts'

/**
 * Makes the optimiser of a config, with the mean of its weights beside it where `train.averaging` says so.
 *
 * @throws `OPTIMIZER_WITHOUT_GROUPS` when the model asks for groups of parameters and the optimiser knows none
 */
export function createOptimizer(
  config: LanguageModelExperiment,
  model: LanguageModel,
  container: ElmanContainer,
): Optimizer {
  const { averaging } = config.train
  const optimizer = bareOptimizer(config, model, container)
  return averaging === undefined ? optimizer : averagedOptimizer(optimizer, averaging)
}

function bareOptimizer(
  { train }: LanguageModelExperiment,
  { parameterGroups = [] }: LanguageModel,
  container: ElmanContainer,
): Optimizer {
  const at = { path: 'train.optimizer' }
  if (parameterGroups.length === 0) return container.create(OPTIMIZER, train.optimizer, at)
  const reference = typeof train.optimizer === 'string' ? { type: train.optimizer } : train.optimizer
  const schema = container.registry(OPTIMIZER).find(reference.type)?.descriptor.config
  if (schema instanceof z.ZodObject && !('groups' in schema.shape)) throw withoutGroups(reference.type)
  const own = (reference as { readonly groups?: readonly ParameterGroup[] }).groups ?? []
  return container.create(OPTIMIZER, { ...reference, groups: withModelGroups(own, parameterGroups) }, at)
}

/**
 * The groups of a config after those of a model, whose patterns are whole paths. The first group that matches a
 * parameter counts, so what the config says of that parameter is taken into the model's group, which has the last word.
 */
export function withModelGroups(
  own: readonly ParameterGroup[],
  model: readonly ParameterGroup[],
): readonly ParameterGroup[] {
  const joined = model.map(group => ({
    ...own.find(({ pattern }) => matchesPattern(pattern, group.pattern)),
    ...group,
  }))
  return [...joined, ...own]
}

function withoutGroups(type: string): ElmanError {
  return new ElmanError('OPTIMIZER_WITHOUT_GROUPS', {
    message: `the model wants its word vectors to learn apart from the rest, and optimizer "${type}" has no groups`,
    where: 'train.optimizer',
    hint: 'leave "tune" and "rateFactor" out of model.initialVectors, or take an optimizer with option "groups"',
  })
}
