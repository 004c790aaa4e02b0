/** What the stages of fine-tuning begin with: a trained model, released weights, or sizes and chance. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ElmanError, type Parameters } from '@elman/core'
import { loadTokenizer, type Tokenizer } from '@elman/text'
import { z } from 'zod'
import type { Port, StageContext, StageEvent } from '../../stages/stage.ts'
import type { PhaseEvent } from '../../ulmfit/train-phases.ts'
import { fineTuningConfig } from '../fine-tuning/fine-tune.ts'
import { openMaskedModel, vocabularyHash } from '../load-masked-run.ts'
import { MASKED_MODEL_SIZES, type MaskedModelConfig, maskedModelConfig } from '../model-config.ts'
import { TOKENIZER_FILE } from '../train-masked.ts'

/** Options that the stages of fine-tuning share. */
export const fineTuningStageOptions = {
  model: z
    .string()
    .min(1)
    .optional()
    .describe('folder of a run or of Hugging Face, in place of the artefact `model`'),
  preset: z
    .enum(Object.keys(MASKED_MODEL_SIZES) as [keyof typeof MASKED_MODEL_SIZES])
    .default('tiny')
    .describe('sizes of a model from scratch'),
  sizes: maskedModelConfig
    .partial()
    .prefault({})
    .describe('options of a model from scratch, in place of those of `preset`'),
  training: fineTuningConfig.prefault({}),
}

/** Inputs that the stages of fine-tuning share. */
export const fineTuningInputs: { readonly [name: string]: Port } = {
  model: {
    kind: 'language-model',
    summary: 'masked language model; without one training is from scratch',
    optional: true,
  },
  tokenizer: {
    kind: 'tokenizer',
    summary: 'what cuts the texts; that of the model unless given',
    optional: true,
  },
}

/** What a fine-tuning begins with. */
export interface StartModel {
  readonly config: MaskedModelConfig
  readonly vocabularySize: number
  readonly tokenizer: Tokenizer
  readonly pretrained: Parameters | undefined
}

/**
 * Finds the model that a stage starts from.
 *
 * @throws `MASKED_LM_TOKENIZER_MISSING`, `MASKED_LM_OTHER_MODEL`; as `openMaskedModel`
 */
export async function startModelOf(
  {
    model,
    preset,
    sizes,
  }: {
    readonly model?: string | undefined
    readonly preset: keyof typeof MASKED_MODEL_SIZES
    readonly sizes: { readonly [option: string]: unknown }
  },
  { inputs, baseDirectory, container }: Pick<StageContext, 'inputs' | 'baseDirectory' | 'container'>,
): Promise<StartModel> {
  const given = inputs.tokenizer && (await loadTokenizer(join(inputs.tokenizer.path, TOKENIZER_FILE)))
  const path = model === undefined ? inputs.model?.path : resolve(baseDirectory, model)
  if (path !== undefined) {
    const family = model === undefined ? (inputs.model?.facts.family ?? 'masked-lm') : 'masked-lm'
    if (family !== 'masked-lm') throw otherModel(path, `family ${String(family)}`)
    if (!existsSync(join(path, 'config.json'))) throw otherModel(path, 'no config.json')
    const { parameters, tokenizer, ...opened } = await openMaskedModel(path, container, given)
    const { config, vocabularySize } = opened.model
    return { config, vocabularySize, tokenizer, pretrained: parameters }
  }
  if (given === undefined) {
    throw new ElmanError('MASKED_LM_TOKENIZER_MISSING', {
      message: 'the stage has neither a model nor a tokenizer',
      expected: 'the artefact "model" or "tokenizer" of another stage, or the option "model"',
    })
  }
  const told = Object.fromEntries(Object.entries(sizes).filter(([, value]) => value !== undefined))
  const config = maskedModelConfig.parse({ ...MASKED_MODEL_SIZES[preset], ...told })
  return { config, vocabularySize: given.vocabularySize, tokenizer: given, pretrained: undefined }
}

/** What an artefact says of its tokenizer, as stage `tokenizer` does. */
export function tokenizerFacts(tokenizer: Tokenizer): {
  readonly tokenizer: string
  readonly vocabulary: string
} {
  return { tokenizer: tokenizer.hash, vocabulary: vocabularyHash(tokenizer) }
}

/** The events of a fine-tuning as a pipeline shows them. */
export function fineTuningReporter(
  onEvent: (event: StageEvent) => void,
  every = 20,
): (event: PhaseEvent) => void {
  let [began, first] = [performance.now(), 0]
  return ({ event }) => {
    if (event.kind === 'start') [began, first] = [performance.now(), event.step]
    if (event.kind !== 'step' || (event.step % every !== 0 && event.step !== event.totalSteps)) return
    const seconds = Math.max((performance.now() - began) / 1000, 1e-9)
    const rate = (event.step - first) / seconds
    onEvent({
      ...{ kind: 'progress', phase: 'fine-tuning', unit: 'updates', rate },
      ...{ done: event.step, total: event.totalSteps, loss: event.loss },
      secondsLeft: (event.totalSteps - event.step) / Math.max(rate, 1e-9),
    })
  }
}

function otherModel(where: string, found: string): ElmanError {
  return new ElmanError('MASKED_LM_OTHER_MODEL', {
    message: 'there is no masked language model',
    expected: 'the folder of a run or of Hugging Face, or the artefact of stage "masked-lm"',
    found,
    where,
  })
}
