import { defineExperiment } from '@elman/core'

/** A small LSTM on Wikipedia articles that begins with word vectors: about 12 seconds of processor time. */
export default defineExperiment({
  corpus: { type: 'wiki-sample', unit: 'word', vocabulary: { maximumSize: 4000 } },
  model: {
    type: 'recurrent-lm',
    embedding: 100,
    cell: { type: 'lstm', hidden: 64 },
    // made by: elman embed train --dataset wiki-sample --dimensions 100 --epochs 20 --name wiki
    initialVectors: { file: '../../embeddings/wiki/vectors.safetensors' },
  },
  train: { epochs: 3, batch: 20, bptt: 35, optimizer: { type: 'adam', rate: 0.004, clip: 1 } },
  sample: false,
  backend: { type: 'onnxruntime', threads: 2 },
})
