/** The `model` part of an experiment: options of a recurrent language model, and how they become one. */
import { CELL, type Cell, componentOf, defineComponent, MODEL, type Services } from '@elman/core'
import {
  candidateDropout,
  type GatedCell,
  variationalDropout,
  weightDrop,
  zoneout,
} from '@elman/layers-recurrent'
import { z } from 'zod'
import { augmentedLossConfig } from '../softmax/augmented-loss.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { initialVectorsConfig } from './initial-vectors-config.ts'
import { type LanguageModel, languageModel } from './language-model.ts'

const rate = (text: string) => z.number().min(0).lt(1).default(0).describe(text)

/** Dropout of a language model: on its way between parts, and inside the cells. */
export const dropoutConfig = z.strictObject({
  input: rate('of embeddings on their way into the first layer'),
  between: rate('of what one layer hands to the next'),
  output: rate('of what the last layer hands to the softmax'),
  kind: z.enum(['step', 'locked']).default('step').describe('a new mask each step, or one over time'),
  embeddingRows: rate('of words, wherever they occur in the batch'),
  weights: rate('of the recurrent weights (weight drop)'),
  zoneout: rate('of keeping the old value of each element of the state'),
  candidate: rate('of what is about to be written to the memory (Semeniuta et al. 2016)'),
  gateInput: rate('of x on its way into the gates, one mask over time (Gal & Ghahramani 2016)'),
  gateRecurrent: rate('of h on its way into the gates, one mask over time (Gal & Ghahramani 2016)'),
  gateMasks: z.enum(['tied', 'per-gate']).default('tied').describe('one mask for all gates, or one for each'),
})

/** Options of model `recurrent-lm`. */
export const recurrentModelConfig = z.strictObject({
  embedding: z.int().min(1).default(200).describe('size of the word vectors'),
  cell: componentOf(CELL).default({ type: 'lstm', hidden: 200 }).describe('cell of every layer'),
  layers: z.int().min(1).default(1).describe('number of layers with that cell'),
  cells: z.array(componentOf(CELL)).min(1).optional().describe('a cell for each layer, in place of the two'),
  skip: z
    .boolean()
    .default(false)
    .describe("whether the softmax reads the sum of all layers' outputs (Melis et al. 2018)"),
  tied: z.boolean().default(false).describe('whether the softmax takes the word vectors as its weights'),
  softmax: componentOf(SOFTMAX).default('full').describe('output layer: full, mixture, adaptive or sampled'),
  augmentedLoss: augmentedLossConfig
    .optional()
    .describe('a term of the training loss that asks for words like the target (Inan et al. 2017)'),
  initialScale: z
    .number()
    .positive()
    .optional()
    .describe('all parameters start uniform in ± this; cells that say their own keep it'),
  initialVectors: initialVectorsConfig
    .optional()
    .describe('word vectors to start with, of as many numbers as `embedding` says'),
  dropout: dropoutConfig.prefault({}),
})

/** Options of model `recurrent-lm`, complete. */
export type RecurrentModelConfig = z.output<typeof recurrentModelConfig>

/** Makes a language model once the vocabulary is known: what the components of extension point `model` create. */
export type LanguageModelFactory = (vocabularySize: number) => LanguageModel

declare module '@elman/core' {
  interface ExtensionPoints {
    model: { product: LanguageModelFactory }
  }
}

/** Registry entry `recurrent-lm`. */
export const recurrentModelComponent = defineComponent(MODEL, {
  type: 'recurrent-lm',
  summary: 'recurrent language model: embedding, stack of cells, tied or untied softmax',
  config: recurrentModelConfig,
  create: (config, services): LanguageModelFactory => {
    const { embedding, tied, skip, initialScale, dropout, initialVectors, augmentedLoss } = config
    const softmax = services.create(SOFTMAX, config.softmax, { path: 'model.softmax' })
    const references = config.cells ?? Array.from({ length: config.layers }, () => config.cell)
    return vocabularySize => {
      const cells: Cell[] = []
      for (const [layer, reference] of references.entries()) {
        const inputSize = cells.at(-1)?.outputSize ?? embedding
        const path = config.cells === undefined ? 'model.cell' : `model.cells.${layer}`
        const complete = withInitialScale(reference, initialScale, services)
        cells.push(withDropout(services.create(CELL, complete, { path })(inputSize), dropout))
      }
      const model = languageModel({
        ...{ vocabularySize, embedding, cells, tied, skip, initialScale, dropout, softmax, augmentedLoss },
        frozenEmbedding: initialVectors?.tune === false,
        embeddingRateFactor: initialVectors?.rateFactor,
      })
      if (initialVectors === undefined) return model
      return { ...model, initialVectors: { config: initialVectors, size: embedding } }
    }
  },
})

type CellReference = RecurrentModelConfig['cell']

/** A cell's reference with the model's initial scale, where the cell has such an option and does not set it. */
function withInitialScale(
  reference: CellReference,
  initialScale: number | undefined,
  services: Services,
): CellReference {
  if (initialScale === undefined) return reference
  const full = typeof reference === 'string' ? { type: reference } : reference
  const schema = services.registry(CELL).find(full.type)?.descriptor.config
  const takes = schema instanceof z.ZodObject && 'initialScale' in schema.shape
  return takes ? { initialScale, ...full } : full
}

/** A cell with the dropouts that act inside it. */
function withDropout(cell: Cell, dropout: RecurrentModelConfig['dropout']): Cell {
  const { weights, candidate, gateInput, gateRecurrent, gateMasks, zoneout: keep } = dropout
  let result = cell
  if (weights > 0) result = weightDrop(result, weights)
  if (gateInput > 0 || gateRecurrent > 0) {
    const rates = { input: gateInput, recurrent: gateRecurrent, masks: gateMasks }
    result = variationalDropout(result as GatedCell, rates)
  }
  if (candidate > 0) result = candidateDropout(result as GatedCell, { rate: candidate })
  if (keep > 0) result = zoneout(result, keep)
  return result
}
