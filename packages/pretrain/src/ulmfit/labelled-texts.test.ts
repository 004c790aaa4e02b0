import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldOf, readLabelledTexts, readMovieReviews, readPolarity, readTrec } from './labelled-texts.ts'

const data = process.env.ELMAN_DATA
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-texts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('questions of TREC have their coarse class as label, and Latin-1 signs', async () => {
  await writeFile(
    join(folder, 'train.txt'),
    Buffer.from('HUM:ind Who was Andr\xe9 ?\nNUM:date When ?\n', 'latin1'),
  )
  await writeFile(join(folder, 'test.txt'), 'LOC:city Where ?\n')
  const { train, test: held } = await readTrec(folder)
  expect(train).toEqual([
    { id: 'train-1', text: 'Who was André ?', label: 'HUM' },
    { id: 'train-2', text: 'When ?', label: 'NUM' },
  ])
  expect(held).toEqual([{ id: 'test-1', text: 'Where ?', label: 'LOC' }])
  await writeFile(join(folder, 'test.txt'), 'LOC:city Where ?\nno label\n')
  await expect(readTrec(folder)).rejects.toThrow(/^LABELLED_TEXT_INVALID {2}a line is no labelled text/)
})

test('JSON Lines are read with their folds, and a damaged line is named', async () => {
  const path = join(folder, 'reviews.jsonl')
  const lines = [0, 1, 0].map((fold, i) =>
    JSON.stringify({ id: `r${i}`, fold, label: 'pos', text: `text ${i}` }),
  )
  await writeFile(path, `${lines.join('\r\n')}\n`)
  const texts = await readMovieReviews(folder)
  const { train, test: held } = foldOf(texts, 0)
  expect([train.map(({ id }) => id), held.map(({ id }) => id)]).toEqual([['r1'], ['r0', 'r2']])
  await writeFile(path, `${lines[0]}\n{"id": 1}\n`)
  await expect(readLabelledTexts(path)).rejects.toThrow('line 2 of those with text')
})

test.skipIf(data === undefined)(
  'the public sets have the sizes that their authors give (needs ELMAN_DATA)',
  async () => {
    const trec = await readTrec(join(data!, 'trec6'))
    expect([trec.train.length, trec.test.length]).toEqual([5452, 500])
    expect([...new Set(trec.train.map(({ label }) => label))].sort()).toEqual([
      'ABBR',
      'DESC',
      'ENTY',
      'HUM',
      'LOC',
      'NUM',
    ])
    const polarity = await readPolarity(join(data!, 'mr-polarity'))
    expect(polarity.length).toBe(10_662)
    const reviews = await readMovieReviews(join(data!, 'movie-reviews'))
    expect(reviews.length).toBe(2000)
    for (let fold = 0; fold < 10; fold++) expect(foldOf(reviews, fold).test.length).toBe(200)
  },
)
