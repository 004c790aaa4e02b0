import { join } from 'node:path'
import { z } from 'zod'
import { overrideRules, vocabularyOverrides } from '../vocabulary/vocabulary.ts'
import { bundledFolder } from './data-folders.ts'
import { defineDataset } from './dataset.ts'

const FILE = {
  name: 'input.txt',
  sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
  bytes: 1_115_394,
}

/** Karpathy's excerpt of Shakespeare's plays, 65 distinct characters. */
export const tinyShakespeare = defineDataset({
  type: 'tiny-shakespeare',
  summary: "40,000 lines of Shakespeare's plays (Karpathy 2015), 1.1 MB",
  license: 'public domain (text); MIT (the compilation in karpathy/char-rnn)',
  redistributable: true,
  bundled: true,
  files: [FILE],
  splits: 'first 90 % train, next 5 % valid, last 5 % test (there is no official split)',
  unit: 'character',
  lines: 'all',
  config: z.strictObject({
    type: z.literal('tiny-shakespeare'),
    unit: z.enum(['word', 'character', 'byte']).default('character').describe('what one token is'),
    vocabulary: vocabularyOverrides.default({}),
  }),
  create({ unit, vocabulary }) {
    const path = join(bundledFolder('tiny-shakespeare'), FILE.name)
    return {
      unit,
      lines: 'all',
      decode: {},
      // All 65 characters are in the first 90 %. Words of the other 10 % are not: <unk> must be learnt from something.
      vocabulary: overrideRules(
        { minimumCount: unit === 'word' ? 2 : 1, unknown: unit === 'word' },
        vocabulary,
      ),
      splits: {
        train: { path, to: 0.9 },
        valid: { path, from: 0.9, to: 0.95 },
        test: { path, from: 0.95 },
      },
      sha256: { [path]: FILE.sha256 },
    }
  },
})
