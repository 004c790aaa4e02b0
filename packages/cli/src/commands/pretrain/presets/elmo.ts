import { exampleSentences } from './example-texts.ts'
import type { PipelinePreset } from './preset.ts'

/** A small ELMo (Peters et al. 2018) and the vectors it gives. */
export const elmoPipeline: PipelinePreset = {
  pipeline: {
    description:
      'ELMo (Peters et al. 2018) at a tiny size. The paper: "preset": "original" (hidden 4096, projection 512, 2 layers, 93.6 million parameters) on the One Billion Word Benchmark, 10 passes.',
    seed: 1,
    stages: [
      {
        name: 'text',
        type: 'text',
        description:
          'Sentences to learn from, a line each: a bundled sample of Wikipedia. Your own: { "type": "text-files", "file": "my.txt" }.',
        corpus: { type: 'wiki-sample' },
      },
      {
        name: 'model',
        type: 'elmo-language-model',
        description:
          'A language model over characters in both directions. Sizes: "tiny" for minutes, "small" for hours on two cores, "original" for those of the paper.',
        inputs: { text: 'text.text' },
        preset: 'tiny',
        vocabulary: { maximumSize: 2000 },
        softmax: { type: 'full' },
        train: { steps: 200, batch: 16, time: 20 },
      },
      {
        name: 'vectors',
        type: 'elmo-embed',
        description:
          'Every layer of every token of your sentences, a sentence a line. Formats: hdf5, npy, safetensors.',
        inputs: { model: 'model.model' },
        sentences: 'sentences.txt',
        format: 'hdf5',
      },
    ],
  },
  files: { 'sentences.txt': exampleSentences() },
  advice: [
    'put your sentences into sentences.txt, a line each, tokens between spaces',
    'for weights of bilm-tf or AllenNLP, leave "text" and "model" out and give "vectors" { "model": "FOLDER" }',
  ],
}
