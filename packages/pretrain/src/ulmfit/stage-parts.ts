/** What the stages of ULMFiT share: presets with changes, words of a tokenizer, progress. */
import { join } from 'node:path'
import { ElmanError } from '@elman/core'
import type { Tokenizer } from '@elman/text'
import { z } from 'zod'
import type { StageContext } from '../stages/stage.ts'
import { type AwdSizes, awdSizes } from './awd-lstm.ts'
import type { ReadingDirection } from './documents.ts'
import { ulmfitPresets } from './presets.ts'
import type { PhaseEvent } from './train-phases.ts'

/** Options that the stages share. */
export const commonStageConfig = {
  preset: z
    .enum(['paper', 'scripts', 'fastai-v1', 'fastai-v2'])
    .default('fastai-v2')
    .describe('published values'),
  sizes: awdSizes
    .optional()
    .describe("of the encoder, in place of the preset's; those of an input model hold anyway"),
  direction: z
    .enum(['forward', 'backward'])
    .optional()
    .describe('way of reading; that of an input model, or forward'),
  training: z.record(z.string(), z.unknown()).default({}).describe("what differs from the preset's training"),
}

/**
 * A preset's training with changes.
 *
 * @throws `ULMFIT_TRAINING_INVALID`
 */
export function changedTraining<Training>(
  schema: z.ZodType<Training>,
  preset: object,
  changes: object,
): Training {
  const result = schema.safeParse({ ...preset, ...changes })
  if (result.success) return result.data
  throw new ElmanError('ULMFIT_TRAINING_INVALID', {
    message: 'the changed training is none',
    found: z.prettifyError(result.error),
    where: 'training',
  })
}

/** Sizes of a new encoder. */
export function sizesOf(config: {
  readonly preset: keyof typeof ulmfitPresets
  readonly sizes?: AwdSizes | undefined
}): AwdSizes {
  return config.sizes ?? ulmfitPresets[config.preset].sizes
}

/**
 * The way to read: that of the model a stage starts from.
 *
 * @throws `ULMFIT_DIRECTION_DIFFERS` when the config asks for the other one
 */
export function agreedDirection(
  asked: ReadingDirection | undefined,
  model: ReadingDirection | undefined,
): ReadingDirection {
  if (asked === undefined || model === undefined || asked === model) return asked ?? model ?? 'forward'
  throw new ElmanError('ULMFIT_DIRECTION_DIFFERS', {
    message: 'the language model reads in another direction than the stage is to',
    expected: `${asked} (direction of the stage)`,
    found: `${model} (of the language model)`,
    hint: 'give the language model of that direction, or leave "direction" out',
  })
}

/** Words of a tokenizer by their ids. */
export function wordsOf(tokenizer: Tokenizer): string[] {
  return Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenOf(id) ?? '')
}

/** File of a tokenizer's artefact. */
export function tokenizerPath({ inputs }: StageContext): string {
  return join(inputs.tokenizer!.path, 'tokenizer.json')
}

/** Tells a stage's listener of updates, now and then. */
export function progressTeller({ onEvent }: StageContext, every = 20): (event: PhaseEvent) => void {
  let phaseStart = performance.now()
  let first = 0
  return ({ phase, phases, event }) => {
    if (event.kind === 'start') {
      phaseStart = performance.now()
      first = event.step
    }
    if (event.kind === 'evaluate') return
    if (event.kind !== 'step' || (event.step % every !== 0 && event.step !== event.totalSteps)) return
    const seconds = (performance.now() - phaseStart) / 1000
    const rate = (event.step - first) / Math.max(seconds, 1e-9)
    onEvent({
      ...{ kind: 'progress', phase: `phase ${phase} of ${phases}`, unit: 'updates', rate },
      ...{ done: event.step, total: event.totalSteps, loss: event.loss },
      secondsLeft: (event.totalSteps - event.step) / Math.max(rate, 1e-9),
    })
  }
}
