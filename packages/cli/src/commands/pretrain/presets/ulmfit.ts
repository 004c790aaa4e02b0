import { exampleCsv } from './example-texts.ts'
import type { PipelinePreset } from './preset.ts'

/** The three steps of ULMFiT (Howard & Ruder 2018), at a size of minutes. */
export const ulmfitPipeline: PipelinePreset = {
  pipeline: {
    description:
      'ULMFiT (Howard & Ruder 2018) at a tiny size. The paper: sizes embedding 400, hidden 1150, layers 3; WikiText-103 as general text; its training by "preset": "paper" without "training".',
    seed: 1,
    stages: [
      {
        name: 'general-text',
        type: 'text',
        description:
          'Text that the general language model learns from: a bundled sample of Wikipedia. Your own: { "type": "text-files", "file": "my.txt" }.',
        corpus: { type: 'wiki-sample' },
      },
      {
        name: 'labelled',
        type: 'labelled-text',
        description: 'Your texts and labels: a CSV with the columns text and label.',
        format: 'csv',
        path: 'labelled.csv',
        validShare: 0.1,
        testShare: 0.2,
      },
      {
        name: 'tokenizer',
        type: 'tokenizer',
        description:
          'Words with the special tokens of fastai, most frequent first. The paper: 60,000 at most.',
        inputs: { text: 'general-text.text', labelled: 'labelled.labelled' },
        tokenizer: { type: 'word', maximumSize: 4000, minimumCount: 2 },
      },
      {
        name: 'general-model',
        type: 'ulmfit-language-model',
        description:
          'Step 1: a language model on general text. Released weights in its place: type "ulmfit-weights".',
        inputs: { tokenizer: 'tokenizer.tokenizer', text: 'general-text.text' },
        sizes: { embedding: 32, hidden: 48, layers: 3 },
        training: {
          ...{ batch: 32, bptt: 32 },
          phases: [{ unfrozen: 'all', epochs: 1, schedule: { type: 'one-cycle' } }],
        },
      },
      {
        name: 'tuned-model',
        type: 'ulmfit-language-model',
        description: 'Step 2: the same model on the texts of the task; labels are not read.',
        inputs: {
          ...{ tokenizer: 'tokenizer.tokenizer', labelled: 'labelled.labelled' },
          general: 'general-model.model',
        },
        training: {
          ...{ batch: 8, bptt: 16 },
          phases: [{ unfrozen: 'all', epochs: 5, schedule: { type: 'slanted-triangular' } }],
        },
      },
      {
        name: 'classifier',
        type: 'ulmfit-classifier',
        description: 'Step 3: a classifier on the encoder, layers unfrozen from the top.',
        inputs: {
          ...{ tokenizer: 'tokenizer.tokenizer', labelled: 'labelled.labelled' },
          model: 'tuned-model.model',
        },
        training: {
          ...{ batch: 16, bptt: 16 },
          phases: [
            { unfrozen: 1, epochs: 2, schedule: { type: 'slanted-triangular' } },
            { unfrozen: 'all', epochs: 4, schedule: { type: 'slanted-triangular' } },
          ],
        },
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
    'for the sizes of the paper, take "preset": "paper" and leave "sizes" and "training" out',
  ],
}
