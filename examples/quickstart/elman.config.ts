import { defineExperiment } from '@elman/core'

/** A character LSTM on Shakespeare's plays, beside a 5-gram model: about a minute on two cores. */
export default defineExperiment({
  corpus: { type: 'tiny-shakespeare', unit: 'character' },
  model: { type: 'recurrent-lm', embedding: 64, cell: { type: 'lstm', hidden: 256 } },
  train: {
    epochs: 5,
    batch: 32,
    bptt: 32,
    logEvery: 20,
    optimizer: { type: 'adam', rate: 0.006, clip: 1 },
    schedule: { type: 'cosine' },
  },
  sample: { prompt: 'ROMEO:\n', tokens: 300 },
  baseline: { order: 5 },
  backend: { type: 'onnxruntime', threads: 2 },
})
