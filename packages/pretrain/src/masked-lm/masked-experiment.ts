/** What the training of a masked language model may say, with every default. */
import { BACKEND, componentOf, type ElmanContainer, OPTIMIZER, resolveConfig, SCHEDULE } from '@elman/core'
import { TOKENIZER } from '@elman/text'
import { z } from 'zod'
import { corpusConfig, runSettings } from '../experiment/experiment-config.ts'
import { withPreset } from '../experiment/with-preset.ts'
import { MASKED_MODEL_SIZES, maskedModelConfig } from './model-config.ts'
import { DOCUMENT_RULES, SENTENCE_RULES } from './token-documents.ts'

const count = (text: string) => z.int().min(1).describe(text)

const maskingConfig = z.strictObject({
  type: z
    .enum(['dynamic', 'static'])
    .default('dynamic')
    .describe('masks drawn anew in each pass, or `copies` of them that passes take in turn'),
  copies: count('masked copies of the text for static masks: dupe_factor').default(10),
  rate: z.number().positive().max(1).default(0.15).describe('part of the tokens that is asked for'),
  wholeWords: z.boolean().default(false).describe('whether all pieces of a word are asked for together'),
})

/** The `train` part. */
const trainConfig = z.strictObject({
  epochs: count('passes over the training text').default(40),
  steps: count('updates, in place of epochs').optional(),
  batch: count('sequences of an update').default(32),
  accumulate: count('batches that one update takes together').default(1),
  optimizer: componentOf(OPTIMIZER).default({ type: 'bert-adam' }),
  schedule: componentOf(SCHEDULE).default({ type: 'warm-up-decay' }),
  ...runSettings,
  earlyStopping: z
    .strictObject({
      patience: count('evaluations without a gain'),
      minimumGain: z.number().min(0).default(0),
    })
    .optional(),
})

/** An experiment that trains a masked language model. */
export const maskedExperimentConfig = z.strictObject({
  corpus: corpusConfig.describe('where the text comes from: a dataset, or files'),
  documents: z
    .enum(DOCUMENT_RULES)
    .default('blank-line')
    .describe('where documents begin: after blank lines, at headings of WikiText, at each line, or nowhere'),
  sentences: z
    .enum(SENTENCE_RULES)
    .default('line')
    .describe(
      'each line, or cut after full stops where lines are paragraphs: next sentences need several in a document',
    ),
  tokenizer: componentOf(TOKENIZER)
    .default({ type: 'word-piece' })
    .describe(
      'made from the training text, or { type: "file", file }; with [CLS], [SEP], [MASK], [PAD], [UNK]',
    ),
  preset: z
    .enum(Object.keys(MASKED_MODEL_SIZES) as [keyof typeof MASKED_MODEL_SIZES])
    .default('tiny')
    .describe('published sizes that `model` changes'),
  model: maskedModelConfig.prefault({}),
  length: z.int().min(8).default(128).describe('tokens of a sequence, special ones counted'),
  shortSequences: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('probability that a sequence is meant to be shorter'),
  masking: maskingConfig.prefault({}),
  train: trainConfig.prefault({}),
  evaluate: z
    .strictObject({
      batch: count('sequences side by side').default(16),
      pseudoSentences: z
        .int()
        .min(0)
        .default(16)
        .describe('first sentences whose pseudo-perplexity is told: each token costs a pass of its sentence'),
    })
    .prefault({}),
  seed: z.int().default(1).describe('seed of all random choices'),
  backend: componentOf(BACKEND).default({ type: 'onnxruntime' }).describe('what computes'),
})

/** An experiment, checked and complete. */
export type MaskedExperiment = z.output<typeof maskedExperimentConfig>

/**
 * Checks an experiment and completes it: `model` takes the sizes of `preset` where it says nothing.
 *
 * @param file - The config's file as the user knows it, for errors.
 * @throws as `resolveConfig`
 */
export function resolveMaskedExperiment(
  config: unknown,
  container: ElmanContainer,
  file?: string,
): MaskedExperiment {
  return resolveConfig(
    maskedExperimentConfig,
    withPreset(config, MASKED_MODEL_SIZES, 'tiny'),
    'the masked-LM experiment',
    {
      registryOf: kind => container.registryOf(kind),
      ...(file === undefined ? {} : { file }),
    },
  )
}
