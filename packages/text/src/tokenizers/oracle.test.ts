import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tokenizer as Oracle } from '@huggingface/tokenizers'
import { beforeAll, expect, test } from 'vitest'
import { bundledFolder } from '../datasets/data-folders.ts'
import { tokenizerFromJson, trainByteBpe, trainWordBpe, trainWordPiece, writeTokenizerJson } from './index.ts'
import type { Tokenizer } from './tokenizer.ts'

// Against @huggingface/tokenizers, another implementation, on lines of both bundled corpora.

const LINES = 10_000
const TRAINED_ON = 4000
let lines: readonly string[] = []
let known: readonly string[] = []

beforeAll(() => {
  const read = (dataset: string, file: string): string[] =>
    readFileSync(join(bundledFolder(dataset), file), 'utf8')
      .split('\n')
      .filter(line => line.trim() !== '')
  const wiki = read('wiki-sample', 'wiki.train.tokens').slice(0, LINES / 2)
  const plays = read('tiny-shakespeare', 'input.txt').slice(0, LINES - wiki.length)
  lines = [...wiki, ...plays]
  known = lines.filter((_, i) => i % 3 === 0).slice(0, TRAINED_ON)
})

const kinds: { readonly [name: string]: () => Tokenizer } = {
  'WordPiece by counts': () => trainWordPiece(known, { vocabularySize: 3000 }),
  'WordPiece by likelihood, cased': () =>
    trainWordPiece(known, { vocabularySize: 3000, score: 'likelihood', lowercase: false }),
  'byte-level BPE': () => trainByteBpe(known, { vocabularySize: 3000 }),
  'byte-level BPE with a first space': () =>
    trainByteBpe(known, { vocabularySize: 1000, addPrefixSpace: true }),
  'BPE of words': () => trainWordBpe(known, { vocabularySize: 3000, split: 'white-space' }),
}

for (const [name, train] of Object.entries(kinds)) {
  test(`${name}: ids of 10,000 lines are those of @huggingface/tokenizers`, () => {
    const file = writeTokenizerJson(train())
    const ours = tokenizerFromJson(JSON.parse(file))
    const theirs = new Oracle(JSON.parse(file), {})
    expect(lines).toHaveLength(LINES)
    const different = lines.filter(line => {
      const expected = theirs.encode(line).ids
      const { ids } = ours.encode(line)
      return ids.length !== expected.length || ids.some((id, i) => id !== expected[i])
    })
    expect(different).toEqual([])
  })
}

test('decoded text is that of @huggingface/tokenizers', () => {
  const ours = trainWordPiece(known, { vocabularySize: 2000 })
  const theirs = new Oracle(JSON.parse(writeTokenizerJson(ours)), { clean_up_tokenization_spaces: false })
  for (const line of lines.slice(0, 500)) {
    const ids = [...ours.encode(line).ids]
    expect(ours.decode(ids)).toBe(theirs.decode(ids, { skip_special_tokens: true }))
  }
})
