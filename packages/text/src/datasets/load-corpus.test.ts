import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTrainingStream } from '../batching/training-stream.ts'
import { decode } from '../encode/encode-text.ts'
import { builtInDatasets } from './built-in-datasets.ts'
import { bundledFolder, findDataFolder } from './data-folders.ts'
import { loadCorpus } from './load-corpus.ts'
import { verifyDataset } from './verify-dataset.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-corpus-'))
afterAll(() => rmSync(folder, { recursive: true }))
const data = findDataFolder(process.env)
const options = { baseDirectory: folder }

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return name
}
const messageOf = (config: unknown): Promise<string> =>
  loadCorpus(config, options).then(
    () => 'nothing was thrown',
    (error: Error) => error.message.replaceAll(folder, '…'),
  )

test('tiny-shakespeare is the first 90, next 5 and last 5 per cent of the characters', async () => {
  const { vocabulary, splits, files } = await loadCorpus({ type: 'tiny-shakespeare' }, options)
  const text = readFileSync(join(bundledFolder('tiny-shakespeare'), 'input.txt'), 'utf8')
  expect(vocabulary.size).toBe(65)
  expect(decode(vocabulary, splits.train.ids) === text.slice(0, 1_003_854)).toBe(true)
  expect(decode(vocabulary, splits.valid!.ids) === text.slice(1_003_854, 1_059_624)).toBe(true)
  expect(decode(vocabulary, splits.test!.ids) === text.slice(1_059_624)).toBe(true)
  expect(files.map(({ name, sha256 }) => [name, sha256])).toEqual([
    ['input.txt', '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed'],
  ])
})

test('with words, no line of tiny-shakespeare is torn and rare words are <unk>', async () => {
  const { vocabulary, splits } = await loadCorpus({ type: 'tiny-shakespeare', unit: 'word' }, options)
  expect(vocabulary.size).toBe(9904)
  expect(splits.train.lines + splits.valid!.lines + splits.test!.lines).toBe(40_000)
  for (const split of Object.values(splits)) expect(split.ids.at(-1)).toBe(vocabulary.endOfSentence)
})

test('wiki-sample has the words and rule of WikiText and the published sizes', async () => {
  const { vocabulary, splits } = await loadCorpus({ type: 'wiki-sample' }, options)
  expect([
    vocabulary.size,
    splits.train.ids.length,
    splits.valid!.ids.length,
    splits.test!.ids.length,
  ]).toEqual([8209, 237_334, 29_998, 20_303])
  expect(vocabulary.counts.every((count, id) => count >= 3 || id === vocabulary.unknown)).toBe(true)
})

test('every bundled dataset is there as published, with a notice, and may be passed on', async () => {
  for (const dataset of builtInDatasets.filter(each => each.bundled)) {
    expect((await verifyDataset(dataset)).map(({ state }) => state)).toEqual(dataset.files.map(() => 'same'))
    expect(existsSync(join(bundledFolder(dataset.type), 'NOTICE.md'))).toBe(true)
    expect(dataset.redistributable).toBe(true)
  }
})

test('three files of one’s own become three splits; hashes are of the whole files', async () => {
  const parts = { train: 'a b a\n', valid: 'b c\n', test: 'a' }
  for (const [name, text] of Object.entries(parts)) write(`${name}.txt`, text)
  const config = { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' }
  const corpus = await loadCorpus(config, options)
  const { vocabulary, splits } = corpus
  expect(vocabulary.tokens).toEqual(['a', '<eos>', 'b', '<unk>'])
  expect(Object.values(splits).map(({ ids }) => [...ids])).toEqual([
    [0, 2, 0, 1],
    [2, 3, 1],
    [0, 1],
  ])
  expect(splits.valid!.outOfVocabulary).toBe(1)
  expect(corpus.files.map(file => file.sha256)).toEqual(
    Object.values(parts).map(text => createHash('sha256').update(text).digest('hex')),
  )
  const same = await loadCorpus(config, options)
  expect(same.fingerprint).toBe(corpus.fingerprint)
  const characters = await loadCorpus({ ...config, unit: 'character' }, options)
  expect(characters.fingerprint).not.toBe(corpus.fingerprint)
})

test('one file is divided at whole tokens, loses nothing and is hashed once', async () => {
  const lines = Array.from({ length: 97 }, (_, i) => `zeile ${'ü€𝒳'.repeat(i % 5)} ${i}\n`)
  const text = lines.join('')
  write('one.txt', text)
  for (const unit of ['word', 'character', 'byte'] as const) {
    const fractions = { valid: 0.21, test: 0.13 }
    const { vocabulary, splits, files } = await loadCorpus(
      { type: 'text-files', file: 'one.txt', fractions, unit, vocabulary: { unknown: true } },
      options,
    )
    const { train, valid, test: last } = splits
    expect(train.bytes + valid!.bytes + last!.bytes).toBe(Buffer.byteLength(text))
    expect(Math.abs(valid!.bytes - 0.21 * Buffer.byteLength(text))).toBeLessThan(60)
    expect(files[0]!.sha256).toBe(createHash('sha256').update(text).digest('hex'))
    if (unit === 'word') expect(train.lines + valid!.lines + last!.lines).toBe(97)
    if (unit === 'character')
      expect(decode(vocabulary, train.ids) + decode(vocabulary, valid!.ids)).toBe(
        text.slice(0, text.length - decode(vocabulary, last!.ids).length),
      )
  }
})

test('an empty file, a single long line cut for words, and binary data have their errors', async () => {
  write('empty.txt', '')
  expect(await messageOf({ type: 'text-files', train: 'empty.txt' })).toMatchInlineSnapshot(`
    "CORPUS_EMPTY_SPLIT  split "train" has no tokens
      found    0 bytes, 0 lines
      in …/empty.txt
      name a file with text, or leave the split out"
  `)
  write('line.txt', 'word '.repeat(50_000))
  expect(await messageOf({ type: 'text-files', file: 'line.txt' })).toContain('split "valid" has no tokens')
  write('binary', Uint8Array.of(0, 1, 2, 255))
  expect(await messageOf({ type: 'text-files', train: 'binary' })).toContain('TEXT_NUL_BYTE')
  expect(await messageOf({ type: 'text-files', train: 'binary', unit: 'byte' })).toBe('nothing was thrown')
  write('latin1.txt', Uint8Array.of(0x61, 0xe9, 0x0a))
  expect(await messageOf({ type: 'text-files', train: 'latin1.txt' })).toContain('TEXT_INVALID_UTF8  byte 1')
  const replaced = await loadCorpus({ type: 'text-files', train: 'latin1.txt', invalid: 'replace' }, options)
  expect(replaced.vocabulary.idOf('a\ufffd')).toBeDefined()
})

test('a file that is not the published one is refused', async () => {
  for (const name of ['train', 'valid', 'test']) write(`ptb.${name}.txt`, ' a b \n')
  expect(await messageOf({ type: 'ptb', directory: '.' })).toMatchInlineSnapshot(`
    "DATASET_HASH_MISMATCH  ptb.train.txt is not the published file
      expected SHA-256 fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf
      found    SHA-256 35e25854bc09abb6a87aad5243d39a3505fdafa8c6c367e0f083dbde36ad5d93
      in …/ptb.train.txt
      numbers measured on another text cannot be compared; get the original file
      to use the text as your own, take corpus type "text-files""
  `)
  const ptb = builtInDatasets.find(each => each.type === 'ptb')!
  rmSync(join(folder, 'ptb.test.txt'))
  expect((await verifyDataset(ptb, folder)).map(({ state }) => state)).toEqual([
    'different',
    'different',
    'missing',
  ])
})

test('a descriptor whose counts do not fit its files is refused', async () => {
  write('own.txt', 'a b\n')
  const textFiles = builtInDatasets.find(each => each.type === 'text-files')!
  const wrong = {
    ...textFiles,
    create: (config: unknown) => ({
      ...textFiles.create(config, options),
      expected: { vocabulary: 4, tokens: { train: 5, valid: 0, test: 0 } },
    }),
  }
  const config = { type: 'text-files', train: 'own.txt' }
  await expect(
    loadCorpus(config, { ...options, datasets: [wrong] }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: DATASET_COUNT_MISMATCH  the train of this corpus does not have the published size
      expected 5 tokens
      found    3 tokens
      the descriptor of the dataset and its files do not belong together]
  `)
})

test('wrong configurations are answered with the options there are', async () => {
  expect(await messageOf({ type: 'tiny-shakespear' })).toMatchInlineSnapshot(`
    "DATASET_UNKNOWN  there is no dataset "tiny-shakespear"
      expected one of tiny-shakespeare, wiki-sample, ptb, wikitext-2, text-files
      in corpus.type
      did you mean tiny-shakespeare?"
  `)
  expect(await messageOf({})).toContain('a corpus needs a type')
  expect(await messageOf({ type: 'ptb', unit: 'letter' })).toMatchInlineSnapshot(`
    "DATASET_CONFIG_INVALID  the options of corpus "ptb" do not fit
      found    ✖ Invalid input: expected string, received undefined
                 → at directory
               ✖ Invalid option: expected one of "word"|"character"|"byte"
                 → at unit
      in corpus"
  `)
  expect(await messageOf({ type: 'text-files' })).toContain('name either "file", or "train"')
  expect(await messageOf({ type: 'text-files', file: 'a', train: 'b' })).toContain(
    'name either "file", or "train"',
  )
  expect(await messageOf({ type: 'text-files', file: 'a', fractions: { valid: 0.5, test: 0.5 } })).toContain(
    'nothing to train on',
  )
})

test.skipIf(data === undefined)(
  'Penn Treebank and WikiText-2 have the published counts (needs ELMAN_DATA)',
  async () => {
    const ptb = await loadCorpus({ type: 'ptb', directory: join(data!, 'ptb') }, options)
    expect(ptb.vocabulary.tokens.slice(0, 6)).toEqual(['the', '<unk>', '<eos>', 'N', 'of', 'to'])
    const unknown = (ids: Int32Array): number =>
      ids.reduce((sum, id) => sum + (id === ptb.vocabulary.unknown ? 1 : 0), 0)
    const rate = (ids: Int32Array): string =>
      ((100 * unknown(ids)) / (ids.length - ids.filter(id => id === 2).length)).toFixed(2)
    expect(Object.values(ptb.splits).map(({ ids }) => rate(ids))).toEqual(['5.07', '4.95', '6.09'])
    const wikitext = await loadCorpus({ type: 'wikitext-2', directory: join(data!, 'wikitext-2') }, options)
    expect([ptb.vocabulary.size, wikitext.vocabulary.size]).toEqual([10_000, 33_278])
    const oov = [ptb, wikitext].flatMap(({ splits }) =>
      Object.values(splits).map(split => split.outOfVocabulary),
    )
    expect(oov).toEqual([0, 0, 0, 0, 0, 0])
    // Zaremba et al. 2014: batch 20, 20 steps
    const stream = createTrainingStream(ptb.splits.train.ids, { batch: 20, time: 20 })
    expect([stream.windowsPerEpoch, stream.droppedTokens]).toEqual([2323, 369])
  },
)
