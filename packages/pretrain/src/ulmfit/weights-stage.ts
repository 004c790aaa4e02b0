/** Stage `ulmfit-weights`: a language model from the files of the ULMFiT scripts or of fastai. */
import { isAbsolute, join } from 'node:path'
import { defineComponent, STAGE } from '@elman/core'
import { z } from 'zod'
import { readPickledStrings, readTorchFile } from '../pickle/read-pickle.ts'
import type { Stage } from '../stages/stage.ts'
import { saveUlmfitModel, vocabularyHash } from './model-folder.ts'
import { transferVocabulary } from './transfer-vocabulary.ts'
import { importAwd, stateDictOf } from './weight-names.ts'

const weightsConfig = z.strictObject({
  weights: z.string().min(1).describe('file of torch.save: fwd_wt103.h5, lstm_wt103.pth, …'),
  words: z.string().min(1).describe('pickled list of words: itos_wt103.pkl, …'),
  direction: z.enum(['forward', 'backward']).default('forward').describe('way that the model reads'),
})

/** Registry entry `ulmfit-weights`. */
export const ulmfitWeightsStage = defineComponent(STAGE, {
  type: 'ulmfit-weights',
  summary: 'language model from weights of the ULMFiT scripts or fastai',
  config: weightsConfig,
  create: (config): Stage => ({
    inputs: {},
    outputs: { model: { kind: 'language-model', summary: 'AWD-LSTM with its words' } },
    sources: () => [config.weights, config.words],
    async run({ baseDirectory, outputDirectory, onEvent }) {
      const place = (path: string) => (isAbsolute(path) ? path : join(baseDirectory, path))
      const words = await readPickledStrings(place(config.words))
      const value = await readTorchFile(place(config.weights))
      const model = importAwd(stateDictOf(value, config.weights), { where: config.weights })
      const { parameters } = transferVocabulary(model.parameters, words, words) // refuses words of another model
      const { sizes, keyMap, style } = model
      const { direction } = config
      const card = { kind: 'language-model', sizes, direction } as const
      await saveUlmfitModel(await outputDirectory('model'), { card, words, parameters })
      onEvent({ kind: 'note', text: `${words.length} words, hidden ${sizes.hidden}, names of ${style}` })
      const facts = { vocabulary: vocabularyHash(words), direction, keyMap, sizes }
      return { outcome: 'finished', outputs: { model: facts } }
    },
  }),
})
