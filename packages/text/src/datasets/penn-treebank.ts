import { resolve } from 'node:path'
import { z } from 'zod'
import { vocabularyOverrides } from '../vocabulary/vocabulary.ts'
import { benchmarkVocabulary, planBenchmark } from './benchmark-folder.ts'
import { type DatasetFile, defineDataset } from './dataset.ts'

const FILES: readonly [DatasetFile, DatasetFile, DatasetFile] = [
  {
    name: 'ptb.train.txt',
    sha256: 'fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf',
    bytes: 5_101_618,
  },
  {
    name: 'ptb.valid.txt',
    sha256: 'c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2',
    bytes: 399_782,
  },
  {
    name: 'ptb.test.txt',
    sha256: 'dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0',
    bytes: 449_945,
  },
]

/** Penn Treebank in Mikolov's preprocessing: 10,000 words with `<unk>` and `<eos>`, one sentence a line. */
export const pennTreebank = defineDataset({
  type: 'ptb',
  summary: 'Penn Treebank, Mikolov 2010: 0.93 M words of the Wall Street Journal, vocabulary 10,000',
  license: 'research only (Wall Street Journal text, LDC / Dow Jones)',
  redistributable: false,
  bundled: false,
  files: FILES,
  splits: 'ptb.train.txt, ptb.valid.txt, ptb.test.txt (WSJ sections 0-20, 21-22, 23-24)',
  unit: 'word',
  lines: 'all',
  config: z.strictObject({
    type: z.literal('ptb'),
    directory: z.string().min(1).describe('folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt'),
    unit: z.enum(['word', 'character', 'byte']).default('word').describe('what one token is'),
    vocabulary: vocabularyOverrides.default({}),
  }),
  create({ directory, unit, vocabulary }, { baseDirectory }) {
    return planBenchmark({
      folder: resolve(baseDirectory, directory),
      files: FILES,
      unit,
      ...benchmarkVocabulary(unit, vocabulary),
      expected: { vocabulary: 10_000, tokens: { train: 929_589, valid: 73_760, test: 82_430 } },
    })
  },
})
