/** Stage `ulmfit-language-model`: a general language model, or one tuned on the target's texts. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineComponent, fileError, STAGE } from '@elman/core'
import { loadTokenizer, type Tokenizer } from '@elman/text'
import { z } from 'zod'
import type { Stage, StageContext } from '../stages/stage.ts'
import { readLabelledTexts } from './labelled-texts.ts'
import { loadUlmfitLanguageModel, saveUlmfitModel, vocabularyHash } from './model-folder.ts'
import { ulmfitPresets } from './presets.ts'
import {
  agreedDirection,
  changedTraining,
  commonStageConfig,
  progressTeller,
  sizesOf,
  tokenizerPath,
  wordsOf,
} from './stage-parts.ts'
import { trainUlmfitLanguageModel } from './train-language-model.ts'
import { languageModelTraining } from './training-config.ts'
import { transferVocabulary } from './transfer-vocabulary.ts'

const languageModelStageConfig = z.strictObject({ ...commonStageConfig })

/**
 * Registry entry `ulmfit-language-model`. Texts are those of artefact `text` (`train.txt`, `valid.txt` where there is
 * one; a text a line) and of `labelled` (`train.jsonl`, `valid.jsonl`; labels are not read).
 */
export const ulmfitLanguageModelStage = defineComponent(STAGE, {
  type: 'ulmfit-language-model',
  summary: 'AWD-LSTM language model, general or tuned from another one (Howard & Ruder 2018)',
  config: languageModelStageConfig,
  create: (config): Stage => ({
    inputs: {
      tokenizer: { kind: 'tokenizer', summary: 'what cuts the texts' },
      text: { kind: 'text', summary: 'texts, one a line', optional: true },
      labelled: { kind: 'labelled-texts', summary: 'texts of the target task', optional: true },
      general: {
        kind: 'language-model',
        summary: 'model to tune; without it one is trained',
        optional: true,
        mayDiffer: ['vocabulary', 'tokenizer'], // its vocabulary is moved
      },
    },
    outputs: { model: { kind: 'language-model', summary: 'language model with its words' } },
    async run(context) {
      const { backend, inputs, seed, signal, workDirectory, outputDirectory, onEvent } = context
      const tokenizer = await loadTokenizer(tokenizerPath(context))
      const words = wordsOf(tokenizer)
      const general = inputs.general && (await loadUlmfitLanguageModel(inputs.general.path))
      const direction = agreedDirection(config.direction, general?.card.direction)
      const preset = ulmfitPresets[config.preset]
      const usual = general === undefined ? preset.pretraining : preset.fineTuning
      const moved = general && transferVocabulary(general.parameters, general.words, words)
      if (moved !== undefined)
        onEvent({ kind: 'note', text: `${moved.kept} words known to the general model, ${moved.fresh} new` })
      const sizes = general?.card.sizes ?? sizesOf(config)
      const valid = await idsOf(context, tokenizer, 'valid')
      const result = await trainUlmfitLanguageModel({
        ...{ backend, vocabularySize: words.length, sizes, direction, seed, signal },
        training: changedTraining(languageModelTraining, usual, config.training),
        ids: await idsOf(context, tokenizer, 'train'),
        valid: valid.length > 1 ? valid : undefined,
        parameters: moved?.parameters,
        directory: workDirectory,
        onEvent: progressTeller(context),
      })
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      const card = { kind: 'language-model', sizes, direction } as const
      await saveUlmfitModel(await outputDirectory('model'), { card, words, parameters: result.parameters })
      const facts = { vocabulary: vocabularyHash(words), tokenizer: tokenizer.hash, direction, sizes }
      const { validLoss } = result
      const scores = validLoss === undefined ? {} : { validLoss, validPerplexity: Math.exp(validLoss) }
      return { outcome: 'finished', outputs: { model: facts }, scores }
    },
  }),
})

/** All texts of a split, one after the other; empty where no input has it. */
async function idsOf(
  { inputs }: StageContext,
  tokenizer: Tokenizer,
  split: 'train' | 'valid',
): Promise<Int32Array> {
  const texts: string[] = []
  if (inputs.text !== undefined) {
    const text = await textOf(join(inputs.text.path, `${split}.txt`), split === 'train')
    texts.push(...text.split(/\r?\n/).filter(line => line.trim() !== ''))
  }
  if (inputs.labelled !== undefined) {
    const path = join(inputs.labelled.path, `${split}.jsonl`)
    if ((await textOf(path, split === 'train')) !== '')
      for (const { text } of await readLabelledTexts(path)) texts.push(text)
  }
  const parts = texts.map(text => tokenizer.encode(text).ids)
  const ids = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    ids.set(part, at)
    at += part.length
  }
  return ids
}

async function textOf(path: string, needed: boolean): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!needed && (error as { code?: unknown }).code === 'ENOENT') return ''
    throw fileError('read', path, error)
  }
}
