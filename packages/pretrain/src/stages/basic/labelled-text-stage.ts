/** Stage `labelled-text`: texts with labels from files of the user, in common forms, as the data of a classifier. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defineComponent, ElmanError, fileError, STAGE } from '@elman/core'
import { z } from 'zod'
import {
  FOLDS,
  foldOf,
  type LabelledText,
  readMovieReviews,
  readPolarity,
  readTrec,
} from '../../ulmfit/labelled-texts.ts'
import type { Stage } from '../stage.ts'
import { parseDelimited } from './delimited.ts'
import { type LabelledSplits, writeLabelledSplits } from './labelled-splits.ts'
import { linesOfFile } from './lines-of-file.ts'

const share = z.number().min(0).lt(1)

const labelledTextStageConfig = z.strictObject({
  format: z
    .enum(['csv', 'tsv', 'jsonl', 'trec', 'polarity', 'movie-reviews'])
    .describe('of the files: your own, or a published set in its own form'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe('file, or folder of a published set; from the folder of the config'),
  train: z.string().min(1).optional().describe('file of the training texts, in place of `path`'),
  valid: z.string().min(1).optional().describe('file of texts to choose by'),
  test: z.string().min(1).optional().describe('file of texts to report'),
  text: z.string().default('text').describe('column or key of the text'),
  pair: z.string().optional().describe('column or key of a second text, for classes of pairs'),
  label: z.string().default('label').describe('column or key of the label'),
  id: z
    .string()
    .optional()
    .describe('column or key of the id; without it ids are made of the number of the line'),
  fold: z
    .int()
    .min(0)
    .max(FOLDS - 1)
    .optional()
    .describe('of ten, from 0: the one to test on. Those of a published set, or by label and id'),
  validShare: share
    .default(0.1)
    .describe('of the training texts, taken for choosing where there are none such'),
  testShare: share.default(0.2).describe('of all texts, taken for the test where nothing says which'),
})

type Config = z.output<typeof labelledTextStageConfig>

/**
 * Registry entry `labelled-text`. Published sets (TREC-6, sentence polarity, movie reviews) are read from where the
 * user has them; none comes along. Which texts are taken for `valid` and `test` depends on the seed and their ids.
 */
export const labelledTextStage = defineComponent(STAGE, {
  type: 'labelled-text',
  summary: 'texts with labels from CSV, TSV, JSON Lines, TREC-6, sentence polarity or movie reviews',
  config: labelledTextStageConfig
    .refine(({ path, train }) => (path === undefined) !== (train === undefined), {
      message: 'name either "path", or "train" with "valid" and "test" as you have them',
    })
    .refine(({ fold, path, format }) => fold === undefined || (path !== undefined && format !== 'trec'), {
      message: 'texts that say themselves which are the test have no folds',
      path: ['fold'],
    }),
  create: (config): Stage => ({
    inputs: {},
    outputs: {
      labelled: { kind: 'labelled-texts', summary: 'train.jsonl, valid.jsonl, test.jsonl: id, text, label' },
    },
    sources: () => sourcesOf(config),
    async run({ baseDirectory, seed, outputDirectory, onEvent }) {
      const splits = divide(await readSplits(config, baseDirectory), config, seed)
      const { format, fold } = config
      const facts = await writeLabelledSplits(await outputDirectory('labelled'), splits)
      onEvent({ kind: 'note', text: `${facts.labels.length} labels, texts: ${JSON.stringify(facts.texts)}` })
      const more = { format, ...(fold === undefined ? {} : { fold }) }
      return {
        ...{ outcome: 'finished', outputs: { labelled: { ...facts, ...more } } },
        scores: Object.fromEntries(
          Object.entries(facts.texts).map(([name, count]) => [`${name} texts`, count]),
        ),
      }
    },
  }),
})

function sourcesOf({ format, path, train, valid, test }: Config): string[] {
  const names = {
    ...{ trec: ['train.txt', 'test.txt'], polarity: ['rt-polarity.pos', 'rt-polarity.neg'] },
    ...{ 'movie-reviews': ['reviews.jsonl'], csv: [''], tsv: [''], jsonl: [''] },
  }
  if (path !== undefined) return names[format].map(name => join(path, name))
  return [train, valid, test].filter(file => file !== undefined)
}

/** What the files say; the texts of one file alone are `train`. */
async function readSplits(config: Config, baseDirectory: string): Promise<LabelledSplits> {
  const { format, path } = config
  const place = (file: string) => resolve(baseDirectory, file)
  if (path !== undefined) {
    if (format === 'trec') return readTrec(place(path))
    if (format === 'polarity') return byFold(await readPolarity(place(path)), config)
    if (format === 'movie-reviews') return byFold(await readMovieReviews(place(path)), config)
    const texts = await readFileOf(config, place(path), '')
    return config.fold === undefined ? { train: texts } : byFold(withFolds(texts), config)
  }
  if (format === 'trec' || format === 'polarity' || format === 'movie-reviews') {
    throw new ElmanError('LABELLED_TEXT_INVALID', {
      message: `format "${format}" is a folder of files`,
      expected: '"path" with the folder, in place of "train"',
    })
  }
  const splits: { -readonly [name in keyof LabelledSplits]: readonly LabelledText[] } = {}
  for (const split of ['train', 'valid', 'test'] as const) {
    const file = config[split]
    if (file !== undefined) splits[split] = await readFileOf(config, place(file), `${split}-`)
  }
  return splits
}

/** Texts of one fold to test; without a fold some of all are taken. */
function byFold(texts: readonly LabelledText[], { fold }: Config): LabelledSplits {
  return fold === undefined ? { train: texts } : foldOf(texts, fold)
}

async function readFileOf(config: Config, path: string, prefix: string): Promise<LabelledText[]> {
  const records = config.format === 'jsonl' ? await jsonRecords(path) : await tableRecords(config, path)
  return records.map(({ value, where }, index) => {
    const field = (name: string) => {
      const found = value[name]
      if (typeof found === 'string') return found
      if (typeof found === 'number' || typeof found === 'boolean') return String(found)
      throw new ElmanError('LABELLED_TEXT_INVALID', {
        message: `a line has no "${name}"`,
        expected: 'a text or a number under that name',
        found: `names: ${Object.keys(value).join(', ')}`,
        where,
        hint: 'say by "text", "label" and "id" what columns or keys are called',
      })
    }
    const id = config.id === undefined ? `${prefix}${index + 1}` : field(config.id)
    const pair = config.pair === undefined ? {} : { pair: field(config.pair) }
    return { id, text: field(config.text), ...pair, label: field(config.label) }
  })
}

interface SourceRecord {
  readonly value: { readonly [name: string]: unknown }
  readonly where: string
}

async function jsonRecords(path: string): Promise<SourceRecord[]> {
  const lines = await linesOfFile(path)
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const where = `${path}, line ${index + 1}`
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      value = undefined
    }
    if (typeof value === 'object' && value !== null) return [{ value: value as SourceRecord['value'], where }]
    throw new ElmanError('LABELLED_TEXT_INVALID', {
      message: 'a line is no labelled text',
      expected: 'an object as JSON',
      found: line.slice(0, 80),
      where,
    })
  })
}

async function tableRecords({ format }: Config, path: string): Promise<SourceRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  const plain = text.replace(/^\uFEFF/, '')
  // TSV has no quotes: a tab ends a field, a line end the row.
  const rows =
    format === 'csv'
      ? parseDelimited(plain, ',', path)
      : plain
          .split(/\r?\n/)
          .filter(line => line !== '')
          .map(line => line.split('\t'))
  const [head = [], ...body] = rows
  return body.map((row, index) => {
    const where = `${path}, row ${index + 2}`
    if (row.length === head.length)
      return { value: Object.fromEntries(head.map((name, column) => [name.trim(), row[column]])), where }
    throw new ElmanError('LABELLED_TEXT_INVALID', {
      message: 'a row has not as many fields as the first one, which names them',
      expected: `${head.length}: ${head.join(', ')}`,
      found: String(row.length),
      where,
    })
  })
}

/** Takes texts for the splits that are missing; which ones depends on seed and id alone. */
function divide({ train = [], valid, test }: LabelledSplits, config: Config, seed: number): LabelledSplits {
  const tested =
    test === undefined ? take(train, config.testShare, `${seed}/test`) : { kept: train, taken: test }
  const chosen =
    valid === undefined
      ? take(tested.kept, config.validShare, `${seed}/valid`)
      : { kept: tested.kept, taken: valid }
  if (chosen.kept.length === 0) {
    throw new ElmanError('STAGE_TEXT_EMPTY', {
      message: 'there are no texts to train on',
      found: `${train.length} texts before some were taken for choosing and testing`,
      hint: 'give more texts, or lower validShare and testShare',
    })
  }
  const filled = (texts: readonly LabelledText[]) => (texts.length > 0 ? texts : undefined)
  return { train: chosen.kept, valid: filled(chosen.taken), test: filled(tested.taken) }
}

/** Puts the texts of each label into folds that depend on the ids alone: stages of other folds cut alike. */
function withFolds(texts: readonly LabelledText[]): LabelledText[] {
  const folds = new Map<string, number>()
  for (const ids of rankedIds(texts, 'fold').values())
    for (const [place, id] of ids.entries()) folds.set(id, place % FOLDS)
  return texts.map(text => ({ ...text, fold: folds.get(text.id)! }))
}

/** Takes a share of each label, so that rare ones are on both sides. */
function take(texts: readonly LabelledText[], part: number, salt: string) {
  const taken = new Set<string>()
  for (const ids of rankedIds(texts, salt).values())
    for (const id of ids.slice(0, Math.round(part * ids.length))) taken.add(id)
  return { kept: texts.filter(({ id }) => !taken.has(id)), taken: texts.filter(({ id }) => taken.has(id)) }
}

/** Ids by label, in an order that depends on salt and ids alone. */
function rankedIds(texts: readonly LabelledText[], salt: string): Map<string, string[]> {
  const ranks = new Map<string, { id: string; rank: string }[]>()
  for (const { id, label } of texts) {
    const rank = createHash('sha256').update(`${salt}/${id}`).digest('hex')
    const list = ranks.get(label)
    if (list === undefined) ranks.set(label, [{ id, rank }])
    else list.push({ id, rank })
  }
  const sorted = [...ranks].map(([label, list]): [string, string[]] => [
    label,
    list.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ id }) => id),
  ])
  return new Map(sorted)
}
