import { defineExperiment } from '@elman/core'

/** The quickstart with a cell of this package's plugin. */
export default defineExperiment({
  // in a project that installed the package: plugins: ['elman-plugin-mgu']
  plugins: ['./src/index.ts'],
  corpus: { type: 'tiny-shakespeare', unit: 'character' },
  model: { type: 'recurrent-lm', embedding: 64, cell: { type: 'mgu', hidden: 256 } },
  train: { epochs: 2, batch: 32, bptt: 64, optimizer: { type: 'adam', rate: 0.004, clip: 1 } },
  sample: { prompt: 'ROMEO:\n', tokens: 300 },
  baseline: { order: 5 },
})
