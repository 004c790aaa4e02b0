import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { readVocabulary, writeVocabulary } from './vocabulary-file.ts'

const run = () => ({ path: mkdtempSync(join(tmpdir(), 'elman-vocabulary-')) })
const vocabulary = {
  words: WordTable.of(['the', 'naïve', '猫', 'a_b', '12']),
  counts: Float64Array.of(9, 7, 5, 2 ** 40, 5),
  ...{ tokens: 26, rawTokens: 30, rawTypes: 8 },
}

test('words, counts and totals come back as they were', async () => {
  const folder = run()
  await writeVocabulary(folder, vocabulary)
  const read = await readVocabulary(folder)
  expect([...read.words]).toEqual([...vocabulary.words])
  expect(read.counts).toEqual(vocabulary.counts)
  expect(read).toMatchObject({ tokens: 26, rawTokens: 30, rawTypes: 8 })
  expect(readFileSync(join(folder.path, 'vocabulary.txt'), 'utf8').split('\n')[1]).toBe('naïve 7')
})

test.each([
  ['a line without a count', 'the\nnaïve 7\n'],
  ['a word twice', 'the 9\nthe 7\n'],
  ['no last line end', 'the 9\nnaïve 7'],
  ['too few words', 'the 9\n'],
])('a damaged file is refused: %s', async (_, text) => {
  const folder = run()
  await writeVocabulary(folder, {
    ...vocabulary,
    words: WordTable.of(['the', 'naïve']),
    counts: Float64Array.of(9, 7),
  })
  writeFileSync(join(folder.path, 'vocabulary.txt'), text)
  await expect(readVocabulary(folder)).rejects.toThrow('EMBEDDING_VOCABULARY_INVALID')
})
