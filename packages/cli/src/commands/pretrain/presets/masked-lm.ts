import { exampleCsv } from './example-texts.ts'
import type { PipelinePreset } from './preset.ts'

/** A small BERT (Devlin et al. 2019): trained to fill in masked words, then tuned to classify. */
export const maskedLmPipeline: PipelinePreset = {
  pipeline: {
    description:
      'Masked language model (BERT, Devlin et al. 2019) at a tiny size. The paper: "preset": "base" (12 layers, size 768, 12 heads), length 512, batch 256, a million updates on books and Wikipedia.',
    seed: 1,
    stages: [
      {
        name: 'text',
        type: 'text',
        description:
          'Text to learn from, a sentence a line: a bundled sample of Wikipedia. Your own: { "type": "text-files", "file": "my.txt" }.',
        corpus: { type: 'wiki-sample' },
      },
      {
        name: 'labelled',
        type: 'labelled-text',
        description: 'Your texts and labels: a CSV with the columns text and label.',
        ...{ format: 'csv', path: 'labelled.csv', validShare: 0.1, testShare: 0.2 },
      },
      {
        name: 'tokenizer',
        type: 'tokenizer',
        description: 'Pieces of words, learned from both. The paper: 30,000 pieces.',
        inputs: { text: 'text.text', labelled: 'labelled.labelled' },
        tokenizer: { type: 'word-piece', vocabularySize: 2000 },
      },
      {
        name: 'model',
        type: 'masked-lm',
        description:
          'Fills in masked words. Sizes: "tiny" (2 layers, size 128) to "base" in place of these. Its scores are of masked words: they are no perplexity of a causal model.',
        inputs: { text: 'text.text', tokenizer: 'tokenizer.tokenizer' },
        documents: 'heading',
        preset: 'tiny',
        model: { size: 64, inner: 128, positions: 64 },
        length: 48,
        train: { steps: 120, batch: 16 },
        evaluate: { pseudoSentences: 4 },
      },
      {
        name: 'classifier',
        type: 'masked-lm-classifier',
        description: 'Tuned on your texts and labels. The paper: 3 passes at a rate of 2e-5 to 5e-5.',
        inputs: {
          ...{ model: 'model.model', labelled: 'labelled.labelled' },
          tokenizer: 'tokenizer.tokenizer',
        },
        training: { length: 32, batch: 16, epochs: 6, rate: 0.001 },
      },
      {
        name: 'scores',
        type: 'evaluate',
        description: 'Accuracy, macro F1 and confusion on the test texts.',
        inputs: { predictions: 'classifier.predictions', labelled: 'labelled.labelled' },
      },
    ],
  },
  files: { 'labelled.csv': exampleCsv() },
  advice: [
    'put your texts and labels into labelled.csv (columns text, label)',
    'for weights of Hugging Face, leave "text", "tokenizer" and "model" out and give "classifier" { "model": "FOLDER" }',
  ],
}
