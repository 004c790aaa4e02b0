// Language models with attention: Transformers, and stacks of recurrent and attention blocks.
export {
  type HybridModelConfig,
  hybridBlockConfig,
  hybridModelComponent,
  hybridModelConfig,
} from './hybrid-model.ts'
export { type RecurrentBlockOptions, recurrentBlock } from './recurrent-block.ts'
export { type SequenceModelOptions, sequenceModel } from './sequence-model.ts'
export {
  type TransformerModelConfig,
  transformerModelComponent,
  transformerModelConfig,
} from './transformer-model.ts'
