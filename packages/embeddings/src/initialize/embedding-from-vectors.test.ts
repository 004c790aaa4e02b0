import { embedding, type NdArray, random } from '@elman/core'
import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { type VectorSource, WordVectors } from '../words/word-vectors.ts'
import { coverageText } from './embedding-coverage.ts'
import { embeddingFromVectors } from './embedding-from-vectors.ts'
import { wantedWords } from './word-forms.ts'

const vectors = new WordVectors({
  words: WordTable.of(['the', 'Cat', 'sat', '</s>']),
  dimensions: 2,
  matrix: Float32Array.of(3, 4, 1, -1, 0, 0, 2, 2),
})
const rows = ({ shape, data }: NdArray) =>
  Array.from({ length: shape[0]! }, (_, i) =>
    Array.from((data as Float32Array).subarray(i * shape[1]!, (i + 1) * shape[1]!)),
  )

test('rows are in the order of the tokens, and tokens without a vector are counted and named', () => {
  const tokens = ['<unk>', 'the', 'dog', 'sat', 'cat']
  const { matrix, coverage } = embeddingFromVectors(vectors, tokens, {
    missing: 'zero',
    counts: [10, 60, 20, 5, 5],
  })
  expect(rows(matrix)).toEqual([[0, 0], [3, 4], [0, 0], [0, 0], [0, 0]]) // biome-ignore format: a matrix
  expect(coverage).toEqual({
    tokens: 5,
    found: 2,
    foundOtherwise: 0,
    spelled: 0,
    missing: 3,
    foundShare: 0.65,
    missingExamples: ['dog', '<unk>', 'cat'],
  })
  expect(coverageText(coverage)).toBe(
    '2 of 5 words have vectors (65.0 % of the text); without: dog, <unk>, cat',
  )
})

test('without counts the first tokens are named, ten at most, and no share is told', () => {
  const tokens = ['the', ...Array.from({ length: 12 }, (_, i) => `w${i}`)]
  const { coverage } = embeddingFromVectors(vectors, tokens)
  expect(coverageText(coverage)).toBe(
    '1 of 13 words have vectors; without: w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, …',
  )
  expect('foundShare' in coverage).toBe(false)
})

test('other spellings are tried only when asked: aliases, then lower case, a capital, capitals', () => {
  const tokens = ['THE', 'cat', '<eos>']
  expect(() => embeddingFromVectors(vectors, tokens)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_COVERAGE_NONE  none of the 3 tokens has a vector
      found    tokens such as "THE", "cat", "<eos>"
      are these vectors of words of this language, and are the tokens words?
      if they differ in capitals, set caseFallback]
  `)
  const how = { caseFallback: true, aliases: { '<eos>': ['</s>'] } }
  const { matrix, coverage } = embeddingFromVectors(vectors, tokens, how)
  expect(rows(matrix)).toEqual([[3, 4], [1, -1], [2, 2]]) // biome-ignore format: a matrix
  expect(coverageText(coverage)).toBe('3 of 3 words have vectors, of them 3 under another spelling')
  expect([...wantedWords(tokens, how)]).toEqual(
    ['THE', 'the', 'The', 'cat', 'Cat', 'CAT', '<eos>', '</s>', '<EOS>'], // biome-ignore format: one line
  )
  expect(wantedWords(['constructor'], how)).toContain('constructor')
})

test('an exact spelling goes before another one', () => {
  const both = new WordVectors({
    words: WordTable.of(['us', 'US']),
    dimensions: 1,
    matrix: Float32Array.of(1, 2),
  })
  expect(rows(embeddingFromVectors(both, ['US', 'us', 'Us'], { caseFallback: true }).matrix)).toEqual([
    [2],
    [1],
    [1],
  ])
})

test('missing tokens get the mean of what was found', () => {
  const { matrix } = embeddingFromVectors(vectors, ['the', 'x', 'Cat'], { missing: 'mean' })
  expect(rows(matrix)[1]).toEqual([2, 1.5])
})

test('random vectors are as large as those found, and a token has the same whatever else is there', () => {
  const many = Array.from({ length: 2000 }, (_, i) => `w${i}`)
  const draw = (tokens: string[], seed = 1) =>
    embeddingFromVectors(vectors, tokens, { key: random.key(seed) }).matrix.data as Float32Array
  const drawn = draw(['the', 'Cat', ...many]).subarray(4)
  const square = drawn.reduce((total, value) => total + value * value, 0) / drawn.length
  expect(Math.abs(square / ((9 + 16 + 1 + 1) / 4) - 1)).toBeLessThan(0.05)
  expect(draw(['w7', 'the', 'Cat']).subarray(0, 2)).toEqual(drawn.subarray(14, 16))
  expect(draw(['w7', 'the', 'Cat'], 2).subarray(0, 2)).not.toEqual(drawn.subarray(14, 16))
})

test('vectors are brought to length 1, or multiplied, before missing ones are made after them', () => {
  const tokens = ['the', 'sat', 'x']
  const unit = embeddingFromVectors(vectors, tokens, { scale: 'unit', missing: 'mean' })
  expect(rows(unit.matrix)[0]).toEqual([Math.fround(0.6), Math.fround(0.8)])
  expect(rows(unit.matrix)[1]).toEqual([0, 0])
  expect(rows(unit.matrix)[2]).toEqual([Math.fround(0.3), Math.fround(0.4)])
  const half = embeddingFromVectors(vectors, tokens, { scale: 0.5, missing: 'zero' })
  expect(rows(half.matrix)).toEqual([[1.5, 2], [0, 0], [0, 0]]) // biome-ignore format: a matrix
})

test('a source that spells unknown words leaves none out, and what it knows goes before what it spells', () => {
  const source = {
    dimensions: 1,
    spellsUnknownWords: true,
    words: WordTable.of(['paris', '</s>']),
    vectorOf: (word: string) =>
      word === '' ? undefined : Float32Array.of(word.length + (word === 'paris' ? 100 : 0)),
  } satisfies VectorSource & { words: WordTable }
  const tokens = ['Paris', 'bb', '<eos>', '']
  const how = { caseFallback: true, aliases: { '<eos>': ['</s>'] }, missing: 'zero' } as const
  const { matrix, coverage } = embeddingFromVectors(source, tokens, how)
  expect(rows(matrix)).toEqual([[105], [2], [4], [0]])
  expect(coverageText(coverage)).toBe(
    '3 of 4 words have vectors, of them 2 under another spelling and 1 made from their letters; without: ',
  )
})

test('a vector with NaN is refused by its word', () => {
  const broken = new WordVectors({
    words: WordTable.of(['a']),
    dimensions: 1,
    matrix: Float32Array.of(Number.NaN),
  })
  expect(() => embeddingFromVectors(broken, ['a'])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_VECTORS_NOT_FINITE  the vector of "a" has numbers that are not finite, or is too long to measure
      the training of the vectors diverged, or the file is damaged; leave the word out or train them again]
  `)
})

test('the initializer gives the table to a layer, in its precision, and refuses another shape', () => {
  const { matrix, initializer } = embeddingFromVectors(vectors, ['the', 'Cat'])
  const layer = embedding({ count: 2, size: 2, initializer })
  const { table } = layer.init(random.key(5)) as { readonly table: NdArray }
  expect(table).toEqual(matrix)
  expect(table.data).not.toBe(matrix.data)
  const { table: double } = layer.init(random.key(5), 'float64') as { readonly table: NdArray }
  expect(double.data).toEqual(Float64Array.of(3, 4, 1, -1))
  const wider = embedding({ count: 3, size: 2, initializer })
  expect(() => wider.init(random.key(5))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TABLE_SHAPE  the table made from word vectors does not fit the layer
      expected float32[3,2], what the layer wants
      found    float32[2,2]
      give the layer as many rows as there are tokens, and the size of the vectors]
  `)
})
