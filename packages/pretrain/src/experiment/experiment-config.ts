/** What an experiment file may say, with every default. */
import { averagingConfig, BACKEND, componentOf, MODEL, OPTIMIZER, SCHEDULE } from '@elman/core'
import { variableStreamConfig } from '@elman/text'
import { z } from 'zod'
import { kneserNeyConfig } from '../ngram/kneser-ney.ts'

const count = (text: string) => z.int().min(1).describe(text)

/** Windows of random length in training: what `train.variableBptt` says besides batch, usual length and seed. */
const variableBpttConfig = variableStreamConfig.omit({ batch: true, time: true, seed: true })

/** When a training evaluates, logs and saves: the same for every kind of model. */
export const runSettings = {
  evaluateEvery: count('updates between evaluations; a pass unless given').optional(),
  checkpointEvery: count('updates between checkpoints, besides those of evaluations').optional(),
  logEvery: count('updates between lines of the log').default(100),
  keep: count('checkpoints to keep besides the best').default(2),
}

/** A corpus as a config names it: a dataset by name, or with options. */
export const corpusConfig = z.preprocess(
  corpus => (typeof corpus === 'string' ? { type: corpus } : corpus),
  z.looseObject({ type: z.string() }),
)

/** The `train` part. */
export const trainConfig = z.strictObject({
  epochs: count('passes over the training text').default(5),
  steps: count('updates, in place of epochs').optional(),
  batch: count('rows: pieces of the text that are read side by side').default(20),
  bptt: count('tokens a row between two updates').default(35),
  variableBptt: variableBpttConfig
    .optional()
    .describe(
      'random window lengths around `bptt`; the rate is scaled by length / bptt (Merity et al. 2018)',
    ),
  stateReset: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("probability of setting a row's carried state to zero before a window (Melis et al. 2018)"),
  accumulate: count('batches that one update takes together').default(1),
  optimizer: componentOf(OPTIMIZER).default({ type: 'adam', rate: 0.002, clip: 1 }),
  schedule: componentOf(SCHEDULE).default({ type: 'constant' }),
  loss: z
    .enum(['mean', 'sum-over-time'])
    .default('mean')
    .describe(
      'what is differentiated: the mean over tokens, or over rows of the sum over time (Zaremba 2014)',
    ),
  penalties: z
    .strictObject({
      activation: z
        .number()
        .min(0)
        .default(0)
        .describe("AR: on the mean square of the top layer's dropped output"),
      temporal: z
        .number()
        .min(0)
        .default(0)
        .describe('TAR: on the mean square of its change from step to step'),
    })
    .prefault({})
    .describe('what is added to the loss (Merity et al. 2017)'),
  averaging: averagingConfig
    .optional()
    .describe('averaging of the weights: NT-ASGD over plain gradient descent (Merity et al. 2018)'),
  ...runSettings,
  earlyStopping: z
    .strictObject({
      rule: z
        .enum(['no-gain', 'non-monotonic'])
        .default('no-gain')
        .describe('too long without a gain, or a score above the lowest of all but the last `patience`'),
      patience: count('evaluations that the rule counts'),
      minimumGain: z.number().min(0).default(0).describe('nats per token that count as a gain'),
    })
    .optional(),
})

/** Where the parameters come from that a run starts with, in place of drawn ones. */
const initialRunConfig = z.preprocess(
  run => (typeof run === 'string' ? { path: run } : run),
  z.strictObject({
    path: z.string().min(1).describe("folder of the run, from the config's folder"),
    checkpoint: z
      .union([z.enum(['best', 'latest']), z.int().min(0)])
      .default('best')
      .describe('best, latest or a step'),
  }),
)

/** The `evaluate` part: how texts are laid out to be scored. */
export const evaluateConfig = z.strictObject({
  batch: count('rows side by side; the result does not depend on it').default(10),
  time: count('tokens a row and window').default(64),
  warmUp: z.int().min(0).default(256).describe('tokens each row after the first reads to fill its state'),
})

/** The `sample` part: what the model writes after each evaluation. */
export const sampleConfig = z.strictObject({
  tokens: count('tokens to write').default(60),
  prompt: z.string().default('').describe('text to go on from'),
  temperature: z.number().min(0).default(0.8).describe('divides the logits'),
  topK: count('only the so many most likely tokens').optional(),
  topP: z.number().positive().max(1).optional().describe('only the most likely tokens of this probability'),
  seed: z.int().default(1).describe('the same seed writes the same text'),
})

/** A language-model experiment. */
export const experimentConfig = z.strictObject({
  corpus: corpusConfig.describe(
    'where the text comes from: a dataset by name, or { type: name, ...options }',
  ),
  model: componentOf(MODEL).default({ type: 'recurrent-lm' }).describe('the language model'),
  initialRun: initialRunConfig
    .optional()
    .describe('run whose parameters are trained on (fine-tuning), averages where it has some'),
  train: trainConfig.prefault({}),
  evaluate: evaluateConfig.prefault({}),
  sample: z.union([z.literal(false), sampleConfig]).prefault({}),
  baseline: z
    .union([z.literal(false), kneserNeyConfig])
    .prefault({})
    .describe('model to compare with'),
  seed: z.int().default(1).describe('seed of all random choices'),
  backend: componentOf(BACKEND).default({ type: 'onnxruntime' }).describe('what computes'),
})

/** An experiment, checked and complete: plain data that can be run again. */
export type LanguageModelExperiment = z.output<typeof experimentConfig>

declare module '@elman/core' {
  interface ExperimentSections {
    train: z.input<typeof trainConfig>
    evaluate: z.input<typeof evaluateConfig>
    initialRun: string | { readonly path: string; readonly checkpoint?: 'best' | 'latest' | number }
    sample: z.input<typeof sampleConfig> | false
    baseline: z.input<typeof kneserNeyConfig> | false
    seed: number
    backend: z.input<ReturnType<typeof componentOf>>
  }
}
