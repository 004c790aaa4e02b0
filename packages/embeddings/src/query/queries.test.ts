import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { analogy } from './analogy.ts'
import { mostSimilar, mostSimilarOfEach, neighboursOf } from './most-similar.ts'
import { createNearest } from './nearest.ts'
import { distance, doesNotMatch, oddOneOut, similarity } from './similarity.ts'

/** Royalty along one axis, gender along another, fruit along a third; lengths differ. */
const vectors = new WordVectors({
  words: WordTable.of(['man', 'woman', 'king', 'queen', 'apple', 'pear', 'prince']),
  dimensions: 3,
  matrix: Float32Array.of(
    ...[0.1, 1, 0, 0.1, -1, 0, 2, 2, 0, 2, -2, 0],
    ...[0, 0.1, 1, 0, -0.1, 3, 0.5, 0.6, 0.1],
  ),
})
const words = (found: readonly { word: string }[]) => found.map(({ word }) => word)

test('the most similar words lead, without the word asked about', () => {
  const found = mostSimilar(vectors, { positive: 'king', top: 3 })
  expect(words(found)).toEqual(['prince', 'man', 'woman'].slice(0, 2).concat(words(found)[2]!))
  expect(found[0]!.similarity).toBeCloseTo(similarity(vectors, 'king', 'prince'), 6)
  expect(found[0]!.index).toBe(6)
})

test('positive and negative words are averaged as unit vectors', () => {
  expect(words(mostSimilar(vectors, { positive: ['king', 'woman'], negative: ['man'], top: 1 }))).toEqual([
    'queen',
  ])
  expect(words(analogy(vectors, { a: 'man', b: 'king', c: 'woman', top: 1 }))).toEqual(['queen'])
  expect(words(analogy(vectors, { a: 'man', b: 'king', c: 'woman', top: 1, method: '3CosMul' }))).toEqual([
    'queen',
  ])
})

test('exclude and restrictVocabulary keep words out', () => {
  expect(words(mostSimilar(vectors, { positive: 'king', top: 1, exclude: ['prince', 'unknown'] }))).toEqual([
    'man',
  ])
  expect(words(mostSimilar(vectors, { positive: 'apple', top: 9, restrictVocabulary: 4 }))).toHaveLength(4)
})

test('a vector of any length has neighbours, its own word among them', () => {
  expect(words(neighboursOf(vectors, Float32Array.of(0, -1, 30), 2))).toEqual(['pear', 'apple'])
  const [nearest] = neighboursOf(vectors, vectors.getOrThrow('queen'), 1)
  expect(nearest!.word).toBe('queen')
  expect(nearest!.similarity).toBeCloseTo(1, 6)
})

test('many questions at once have the answers of each alone, kept in memory or not', () => {
  const requests = ['man', 'apple', 'queen'].map(word => ({ positive: word, negative: ['pear'] }))
  const alone = requests.map(request => mostSimilar(vectors, { ...request, top: 2 }))
  expect(mostSimilarOfEach(vectors, requests, { top: 2 })).toEqual(alone)
  expect(mostSimilarOfEach(createNearest(vectors), requests, { top: 2 })).toEqual(alone)
})

test('similarity is a cosine, distance what is missing to one', () => {
  expect(similarity(vectors, 'king', 'king')).toBe(1)
  expect(similarity(vectors, 'king', Float32Array.of(-1, -1, 0))).toBeCloseTo(-1, 12)
  expect(similarity(vectors, 'king', Float32Array.of(0, 0, 0))).toBe(0)
  expect(distance(vectors, 'king', 'queen')).toBe(1)
})

test('the odd one out goes least with the mean of all', () => {
  expect(doesNotMatch(vectors, ['king', 'man', 'pear', 'prince'])).toBe('pear')
  const belongings = oddOneOut(vectors, ['king', 'apple', 'prince'])
  expect(words(belongings)).toEqual(['apple', 'king', 'prince'].sort((a, b) => rank(a) - rank(b)))
  function rank(word: string) {
    return belongings.find(belonging => belonging.word === word)!.similarity
  }
  expect(doesNotMatch(vectors, [])).toBeUndefined()
})

test('unknown words and empty questions are refused', () => {
  expect(() => mostSimilar(vectors, { positive: 'kings' })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_WORD_UNKNOWN  "kings" has no vector
      found    7 words
      did you mean "king"?]
  `)
  expect(() => mostSimilar(vectors, {})).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_QUERY_EMPTY  there is nothing to look for
      give at least one word or vector, as \`positive\` or \`negative\`]
  `)
  expect(() => doesNotMatch(vectors, ['king', 'plum'])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_WORD_UNKNOWN  "plum" has no vector
      found    7 words
      only words of the training text that occurred often enough have vectors; a fastText .bin spells others]
  `)
  expect(() =>
    analogy(vectors, { a: 'man', b: 'king', c: 'woman', method: '3CosMul', epsilon: 0 }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_QUERY_INVALID  \`epsilon\` cannot be 0
      expected a number above 0]
  `)
})
