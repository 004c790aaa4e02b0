import { resolve } from 'node:path'
import { z } from 'zod'
import { vocabularyOverrides } from '../vocabulary/vocabulary.ts'
import { benchmarkVocabulary, planBenchmark } from './benchmark-folder.ts'
import { type DatasetFile, defineDataset } from './dataset.ts'

const FILES: readonly [DatasetFile, DatasetFile, DatasetFile] = [
  {
    name: 'wiki.train.tokens',
    sha256: '9e9fa1ad55b1c2c95b08e37dd8e653f638fac2c6de904b79e813611eefbc985f',
    bytes: 10_797_148,
  },
  {
    name: 'wiki.valid.tokens',
    sha256: 'f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8',
    bytes: 1_121_681,
  },
  {
    name: 'wiki.test.tokens',
    sha256: 'd790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0',
    bytes: 1_256_449,
  },
]

/** WikiText-2 version 1, word level: `<unk>` for words rarer than three, one paragraph a line, many lines empty. */
export const wikitext2 = defineDataset({
  type: 'wikitext-2',
  summary: 'WikiText-2 v1 (Merity 2016): 2.1 M words of Wikipedia articles, vocabulary 33,278',
  license: 'CC BY-SA 3.0 (text of English Wikipedia)',
  redistributable: true,
  bundled: false,
  files: FILES,
  splits: 'wiki.train.tokens, wiki.valid.tokens, wiki.test.tokens',
  unit: 'word',
  lines: 'all',
  config: z.strictObject({
    type: z.literal('wikitext-2'),
    directory: z
      .string()
      .min(1)
      .describe('folder with wiki.train.tokens, wiki.valid.tokens and wiki.test.tokens'),
    unit: z.enum(['word', 'character', 'byte']).default('word').describe('what one token is'),
    vocabulary: vocabularyOverrides.default({}),
  }),
  create({ directory, unit, vocabulary }, { baseDirectory }) {
    return planBenchmark({
      folder: resolve(baseDirectory, directory),
      files: FILES,
      unit,
      ...benchmarkVocabulary(unit, vocabulary),
      expected: { vocabulary: 33_278, tokens: { train: 2_088_628, valid: 217_646, test: 245_569 } },
    })
  },
})
