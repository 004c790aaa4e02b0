import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCorpus } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeTextHead } from './text-head.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-head-'))
  for (const split of ['train', 'valid', 'test']) {
    writeFileSync(
      join(root, `${split}.txt`),
      Array.from({ length: 50 }, (_, i) => ` word n${i} N \n`).join(''),
    )
  }
})
afterEach(() => rmSync(root, { recursive: true }))

const whole = { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' }

test('the first lines of each split, whole, with one <eos> each, make a corpus', async () => {
  const options = { baseDirectory: root }
  const corpus = await writeTextHead(
    whole,
    { train: 41, valid: 20, test: 1_000_000 },
    join(root, 'head'),
    options,
  )
  const { splits, vocabulary } = await loadCorpus(corpus, options)
  expect([splits.train, splits.valid!, splits.test!].map(({ ids }) => ids.length)).toEqual([40, 20, 200])
  expect(vocabulary.size).toBe(10 + 4) // n0 … n9, word, N, <eos>, <unk>
  expect(readFileSync(corpus.valid, 'utf8')).toBe(
    readFileSync(join(root, 'valid.txt'), 'utf8').slice(0, 5 * 12),
  )
})

test('a head that is there already is not written again', async () => {
  const make = () =>
    writeTextHead(whole, { train: 40, valid: 20, test: 8 }, join(root, 'head'), { baseDirectory: root })
  const { train } = await make()
  const before = statSync(train, { bigint: true })
  await make()
  expect(statSync(train, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs })
})
