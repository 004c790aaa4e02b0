/** Fine-tuning of BERT for classes of texts or of words (Devlin et al. 2019, section 4). */
import { type Backend, type JsonValue, type Parameters, random, sha256Of } from '@elman/core'
import { z } from 'zod'
import { mostProbable } from '../../ulmfit/predict.ts'
import { type PhasedTraining, trainPhases } from '../../ulmfit/train-phases.ts'
import { bertAdam, warmUpThenDecay } from '../bert-optimizer.ts'
import { tooLong } from '../encoder.ts'
import { type MaskedModelConfig, maskedModelConfig } from '../model-config.ts'
import type { MaskedTokenIds } from '../special-tokens.ts'
import {
  type FineTunedModel,
  type FineTuningTask,
  fineTunedModel,
  fineTuningObjective,
} from './fine-tuned-model.ts'
import { createUnitPredictor } from './predict-units.ts'
import type { ReadingUnit } from './read-units.ts'
import { paddedTime, unitBatches } from './unit-batches.ts'

/** How a model is fine-tuned. */
export const fineTuningConfig = z.strictObject({
  length: z.int().min(8).default(128).describe('tokens of a sequence at most, special ones counted'),
  batch: z.int().min(1).default(32).describe('sequences of an update'),
  epochs: z.int().min(1).default(3).describe('passes over the training texts'),
  rate: z.number().positive().default(5e-5).describe('peak learning rate; the paper tries 5e-5, 3e-5, 2e-5'),
  weightDecay: z.number().nonnegative().default(0.01).describe('of weights; none of biases and norms'),
  correctBias: z
    .boolean()
    .default(true)
    .describe(
      "whether Adam's means are corrected for their start at zero, which fine-tuning needs to be stable (Zhang et al. 2021); the original code does not",
    ),
  warmUp: z.number().min(0).max(1).default(0.1).describe('part of the updates whose rate rises'),
  dropout: z.number().min(0).lt(1).optional().describe("in place of the model's, of attention too"),
})

/** How a model is fine-tuned. */
export type FineTuningConfig = z.output<typeof fineTuningConfig>

/** A fine-tuning. */
export interface FineTuning
  extends Pick<PhasedTraining, 'directory' | 'checkpointEvery' | 'signal' | 'onEvent'> {
  readonly backend: Backend
  readonly task: FineTuningTask
  readonly classes: number
  readonly config: MaskedModelConfig
  readonly vocabularySize: number
  readonly special: MaskedTokenIds
  readonly training: FineTuningConfig
  readonly units: readonly ReadingUnit[]
  /** Scored after each pass: the share of wrong labels. */
  readonly valid?: readonly ReadingUnit[] | undefined
  /** Of a masked language model, whose encoder is taken; training is from scratch unless given. */
  readonly pretrained?: Parameters | undefined
  readonly seed: number
}

/** A fine-tuned model. */
export interface FineTuned {
  readonly outcome: 'finished' | 'interrupted'
  readonly model: FineTunedModel
  readonly parameters: Parameters
  /** Share of the labels of `valid` that were told wrongly, 0 … 1. */
  readonly validError?: number | undefined
}

/**
 * Fine-tunes a model; a training whose folder was left is gone on with, to the same numbers.
 *
 * @throws `MASKED_LM_NOTHING_TO_LEARN`, `MASKED_LM_TOO_LONG`; as `trainPhases`
 */
export async function fineTune(options: FineTuning): Promise<FineTuned> {
  const { backend, task, classes, vocabularySize, training, special, seed, pretrained, valid } = options
  const { batch, epochs, rate, weightDecay, correctBias, warmUp, length, dropout } = training
  const config = maskedModelConfig.parse({
    ...options.config,
    ...(dropout === undefined ? {} : { dropout, attentionDropout: dropout }),
  })
  if (length > config.positions) throw tooLong(length, config.positions)
  const model = fineTunedModel(config, { vocabularySize, task, classes })
  const key = random.foldIn(random.key(seed), 'fine-tuning')
  const fresh = model.init(random.foldIn(key, 'parameters'))
  const encoder = pretrained && {
    ...{ embeddings: pretrained.embeddings!, blocks: pretrained.blocks!, pooler: pretrained.pooler! },
  }
  const { padding } = special
  const sizes = options.units.map(({ ids }) => ids.length).sort((a, b) => a - b)
  const usual = paddedTime(sizes[sizes.length >> 1] ?? 1, length)
  const data = sha256Of(JSON.stringify(options.units.map(({ ids, labels }) => [[...ids], [...labels]])))
  const predictor = createUnitPredictor(backend, model, { padding, length, batch })
  const errorOf = async (held: Parameters) => unitError(await predictor.predict(held, valid!), valid!)
  try {
    const result = await trainPhases({
      ...options,
      parameters: { ...fresh, ...encoder },
      key,
      phases: [
        {
          objective: fineTuningObjective(model, { batch, time: usual }),
          optimizer: bertAdam({ rate, weightDecay, correctBias }),
          schedule: warmUpThenDecay({ share: warmUp }),
          source: unitBatches(options.units, { batch, length, task, padding, seed }),
          epochs,
          config: {
            training,
            model: config,
            task,
            classes,
            vocabularySize,
            seed,
            data,
          } as unknown as JsonValue,
        },
      ],
      evaluate: valid === undefined || valid.length === 0 ? undefined : errorOf,
    })
    if (valid === undefined || valid.length === 0 || result.outcome === 'interrupted')
      return { ...result, model }
    return { ...result, model, validError: await errorOf(result.parameters) }
  } finally {
    await predictor.dispose()
  }
}

/** Share of places whose most probable class is another than their own; unknown labels count as told wrongly. */
export function unitError(
  probabilities: readonly (readonly (readonly number[])[])[],
  units: readonly ReadingUnit[],
): number {
  let [wrong, all] = [0, 0]
  for (const [index, { labels }] of units.entries())
    for (const [n, label] of labels.entries()) {
      all += 1
      if (mostProbable(probabilities[index]![n]!) !== label) wrong += 1
    }
  return all === 0 ? 0 : wrong / all
}
