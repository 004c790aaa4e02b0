import { z } from 'zod'
import { vocabularyOverrides } from '../vocabulary/vocabulary.ts'
import { benchmarkVocabulary, planBenchmark } from './benchmark-folder.ts'
import { bundledFolder } from './data-folders.ts'
import { type DatasetFile, defineDataset } from './dataset.ts'

const FILES: readonly [DatasetFile, DatasetFile, DatasetFile] = [
  {
    name: 'wiki.train.tokens',
    sha256: '19e62ad726c1c86b03f6d857fd17d6242a2a674f626b52a293ed9241b8223580',
    bytes: 1_226_097,
  },
  {
    name: 'wiki.valid.tokens',
    sha256: 'd8378c537be25856aaee02aa74196d956811da022a2138c20a008bfc3371f10b',
    bytes: 155_623,
  },
  {
    name: 'wiki.test.tokens',
    sha256: '24b59a7bb9f0c4a5171ba5010352647d17b0491d60bff97b22b8c3484fc826e7',
    bytes: 106_217,
  },
]

/** Eighty articles of WikiText-2's training file, unchanged; made by tools/make-wiki-sample.ts. */
export const wikiSample = defineDataset({
  type: 'wiki-sample',
  summary: '80 Wikipedia articles from the training text of WikiText-2, 0.29 M words',
  license: 'CC BY-SA 3.0 (text of English Wikipedia; see datasets/wiki-sample/NOTICE.md)',
  redistributable: true,
  bundled: true,
  files: FILES,
  splits: '66, 7 and 7 articles: wiki.train.tokens, wiki.valid.tokens, wiki.test.tokens',
  unit: 'word',
  lines: 'all',
  config: z.strictObject({
    type: z.literal('wiki-sample'),
    unit: z.enum(['word', 'character', 'byte']).default('word').describe('what one token is'),
    vocabulary: vocabularyOverrides.default({}),
  }),
  create({ unit, vocabulary }) {
    return planBenchmark({
      folder: bundledFolder('wiki-sample'),
      files: FILES,
      unit,
      ...benchmarkVocabulary(unit, vocabulary, 3), // WikiText's own rule, applied to the smaller text
      expected: { vocabulary: 8209, tokens: { train: 237_334, valid: 29_998, test: 20_303 } },
    })
  },
})
