import { resolve } from 'node:path'
import { z } from 'zod'
import { vocabularyRules } from '../vocabulary/vocabulary.ts'
import { type CorpusPlan, defineDataset, type SplitSource } from './dataset.ts'

const fraction = z.number().min(0).lt(1)

/** Any plain text: three files, or one that is divided. */
export const textFiles = defineDataset({
  type: 'text-files',
  summary: 'your own plain text: a file each for train, valid and test, or one file that is divided',
  license: "the text's own",
  redistributable: false,
  bundled: false,
  files: [],
  splits: 'by file; or one file: the end is test, what precedes it valid, the rest train',
  unit: 'word',
  lines: 'all',
  config: z
    .strictObject({
      type: z.literal('text-files'),
      train: z.string().min(1).optional().describe('file of the training split'),
      valid: z.string().min(1).optional().describe('file of the validation split'),
      test: z.string().min(1).optional().describe('file of the test split'),
      file: z
        .string()
        .min(1)
        .optional()
        .describe('one file for all splits, instead of train, valid and test'),
      fractions: z
        .strictObject({ valid: fraction.default(0.05), test: fraction.default(0.05) })
        .default({ valid: 0.05, test: 0.05 })
        .describe('with file: how much of it is for valid and for test, by bytes'),
      unit: z.enum(['word', 'character', 'byte']).default('word').describe('what one token is'),
      lines: z
        .enum(['all', 'non-empty', 'none'])
        .default('all')
        .describe('unit word: which lines end with <eos>'),
      invalid: z.enum(['error', 'replace']).default('error').describe('bytes that are not UTF-8'),
      nul: z.enum(['error', 'keep']).default('error').describe('NUL bytes'),
      vocabulary: vocabularyRules.prefault({}),
    })
    .refine(({ file, train, valid, test }) => (file ? !(train ?? valid ?? test) : train !== undefined), {
      message: 'name either "file", or "train" with "valid" and "test" as you have them',
    })
    .refine(({ fractions }) => fractions.valid + fractions.test < 1, {
      message: 'valid and test together leave nothing to train on',
      path: ['fractions'],
    }),
  create(config, { baseDirectory }) {
    const source = (path: string): SplitSource => ({ path: resolve(baseDirectory, path) })
    return {
      unit: config.unit,
      lines: config.lines,
      decode: { invalid: config.invalid, nul: config.nul },
      vocabulary: config.vocabulary,
      splits:
        config.file === undefined
          ? {
              train: source(config.train!),
              ...(config.valid === undefined ? {} : { valid: source(config.valid) }),
              ...(config.test === undefined ? {} : { test: source(config.test) }),
            }
          : divide(resolve(baseDirectory, config.file), config.fractions),
      sha256: {},
    }
  },
})

function divide(path: string, { valid, test }: { valid: number; test: number }): CorpusPlan['splits'] {
  const testStart = 1 - test
  const validStart = testStart - valid
  return {
    train: { path, to: validStart },
    ...(valid > 0 ? { valid: { path, from: validStart, to: testStart } } : {}),
    ...(test > 0 ? { test: { path, from: testStart } } : {}),
  }
}
