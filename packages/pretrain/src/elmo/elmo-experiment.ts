/** What the training of an ELMo may say, with every default. */
import { BACKEND, componentOf, type ElmanContainer, OPTIMIZER, resolveConfig, SCHEDULE } from '@elman/core'
import { z } from 'zod'
import { corpusConfig, runSettings } from '../experiment/experiment-config.ts'
import { withPreset } from '../experiment/with-preset.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { ELMO_PRESETS, elmoOptions } from './elmo-options.ts'

const count = (text: string) => z.int().min(1).describe(text)

/** The `train` part. */
const trainConfig = z.strictObject({
  epochs: count('passes over the training sentences').default(10),
  steps: count('updates, in place of epochs').optional(),
  batch: count('rows of packed sentences, read side by side').default(16),
  time: count('tokens a row between two updates').default(20),
  shuffle: z.boolean().default(true).describe('whether each pass reads the sentences in another order'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe('on the input of each recurrent layer and the output of the last, a new mask at each step'),
  optimizer: componentOf(OPTIMIZER)
    .default({ type: 'adagrad', rate: 0.2, initialSum: 1, clip: 10 })
    .describe('that of bilm-tf unless given'),
  schedule: componentOf(SCHEDULE).default({ type: 'constant' }),
  ...runSettings,
  earlyStopping: z
    .strictObject({
      patience: count('evaluations without a gain'),
      minimumGain: z.number().min(0).default(0),
    })
    .optional(),
})

/** An experiment that trains an ELMo. */
export const elmoExperimentConfig = z.strictObject({
  corpus: corpusConfig.describe('where the sentences come from: lines of a dataset'),
  preset: z.enum(['tiny', 'small', 'original']).default('small').describe('sizes that `model` changes'),
  model: elmoOptions.prefault({}),
  softmax: componentOf(SOFTMAX)
    .default({ type: 'sampled', samples: 1024 })
    .describe('what both directions are trained by; evaluations take the whole vocabulary'),
  vocabulary: z
    .strictObject({
      maximumSize: z
        .int()
        .min(4)
        .optional()
        .describe('most words that are predicted, ends and <UNK> included'),
      minimumCount: count('rarer words are predicted as <UNK>').default(1),
    })
    .prefault({})
    .describe('words that the softmax predicts; the characters of others are read all the same'),
  train: trainConfig.prefault({}),
  evaluate: z
    .strictObject({
      batch: count('rows side by side').default(16),
      time: count('tokens a row and window').default(20),
      state: z
        .enum(['carry', 'reset'])
        .default('carry')
        .describe('whether the state goes on from sentence to sentence, as in training'),
    })
    .prefault({}),
  seed: z.int().default(1).describe('seed of all random choices'),
  backend: componentOf(BACKEND).default({ type: 'onnxruntime' }).describe('what computes'),
})

/** An experiment, checked and complete. */
export type ElmoExperiment = z.output<typeof elmoExperimentConfig>

/**
 * Checks an experiment and completes it: `model` takes the sizes of `preset` where it says nothing.
 *
 * @param file - The config's file as the user knows it, for errors.
 * @throws as `resolveConfig`
 */
export function resolveElmoExperiment(
  config: unknown,
  container: ElmanContainer,
  file?: string,
): ElmoExperiment {
  return resolveConfig(
    elmoExperimentConfig,
    withPreset(config, ELMO_PRESETS, 'small'),
    'the ELMo experiment',
    {
      registryOf: kind => container.registryOf(kind),
      ...(file === undefined ? {} : { file }),
    },
  )
}
