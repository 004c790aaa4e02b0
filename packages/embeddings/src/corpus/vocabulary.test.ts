import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import type { WordCounts } from './count-words.ts'
import { buildEmbeddingVocabulary, extendVocabulary } from './vocabulary.ts'

function counted(counts: Readonly<Record<string, number>>): Pick<WordCounts, 'words' | 'counts' | 'tokens'> {
  const values = Object.values(counts)
  return {
    words: WordTable.of(Object.keys(counts)),
    counts: Float64Array.from(values),
    tokens: values.reduce((sum, count) => sum + count, 0),
  }
}
const failure = (build: () => unknown): string => {
  try {
    build()
  } catch (error) {
    return (error as Error).message
  }
  return 'no error'
}

test('words are in the order of their counts, then of their first occurrence; rare ones are left out', () => {
  const vocabulary = buildEmbeddingVocabulary(counted({ rare: 4, b: 7, a: 7, the: 9, five: 5 }))
  expect([...vocabulary.words]).toEqual(['the', 'b', 'a', 'five'])
  expect([...vocabulary.counts]).toEqual([9, 7, 7, 5])
  expect(vocabulary).toMatchObject({ tokens: 28, rawTokens: 32, rawTypes: 5 })
})

test('a limit takes the most frequent; words to keep come before others and stay in their order', () => {
  const text = counted({ one: 1, two: 2, ten: 10, nine: 9, eight: 8 })
  const rules = { minimumCount: 5, maximumSize: 3, keep: ['one', 'absent'] }
  expect([...buildEmbeddingVocabulary(text, { ...rules, keep: [] }).words]).toEqual(['ten', 'nine', 'eight'])
  expect([...buildEmbeddingVocabulary(text, rules).words]).toEqual(['ten', 'nine', 'one'])
  expect([...buildEmbeddingVocabulary(text, { keep: ['two'] }).words]).toEqual([
    'ten',
    'nine',
    'eight',
    'two',
  ])
})

test('an empty vocabulary says what was seen', () => {
  const text = counted({ dog: 3, cat: 4, a: 1, eel: 2, bee: 3, fly: 1 })
  expect(failure(() => buildEmbeddingVocabulary(text))).toMatchInlineSnapshot(`
    "EMBEDDING_VOCABULARY_EMPTY  no word occurs often enough: 6 distinct words seen, 0 kept
      expected words that occur at least 5 times (minimumCount)
      found    14 tokens; the most frequent: "cat" 4, "dog" 3, "bee" 3, "eel" 2, "a" 1
      lower minimumCount, or give more text; very long words mean that the text is not divided into words"
  `)
  expect(failure(() => buildEmbeddingVocabulary(counted({})))).toMatchInlineSnapshot(`
    "EMBEDDING_VOCABULARY_EMPTY  the text has no words
      expected at least one word
      found    0 tokens
      are these the right files, and do the options leave any word over (wordsOnly, leaveOut)?"
  `)
})

test('text that is not divided into words is refused, unless that is wanted', () => {
  const letters = counted({ e: 120, t: 90, é: 20 })
  expect(failure(() => buildEmbeddingVocabulary(letters))).toMatchInlineSnapshot(`
    "EMBEDDING_TEXT_NOT_DIVIDED  the text is cut into single characters
      expected words divided by spaces or line ends
      found    230 tokens of one character each: "e" 120, "t" 90, "é" 20
      was a string joined as if it were a list of words?
      vectors of characters are possible: checkText: false"
  `)
  expect(buildEmbeddingVocabulary(letters, { checkText: false }).words.count).toBe(3)
  const undivided = counted({ [`${'戦'.repeat(60)}`]: 6, [`${'場'.repeat(30)}`]: 3 })
  expect(failure(() => buildEmbeddingVocabulary(undivided))).toMatchInlineSnapshot(`
    "EMBEDDING_TEXT_NOT_DIVIDED  the text has next to no white space between its words
      expected words divided by spaces or line ends
      found    9 tokens of 50.0 characters on average, such as "戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦戦…" 6
      cut it into words first (Chinese, Japanese and Thai need a segmenter); checkText: false lets it pass"
  `)
  const ideographs = Object.fromEntries(
    Array.from({ length: 600 }, (_, i) => [String.fromCodePoint(0x4e00 + i), 6]),
  )
  expect(buildEmbeddingVocabulary(counted(ideographs)).words.count).toBe(600)
})

test('an extended vocabulary keeps the old places, adds the counts and appends new words', () => {
  const old = buildEmbeddingVocabulary(counted({ the: 9, cat: 6, rare: 1 }))
  const extended = extendVocabulary(old, counted({ cat: 2, eel: 5, dog: 8, rare: 4, fish: 5 }))
  expect([...extended.words]).toEqual(['the', 'cat', 'dog', 'eel', 'fish'])
  expect([...extended.counts]).toEqual([9, 8, 8, 5, 5])
  expect(extended).toMatchObject({ added: 3, tokens: 35, rawTokens: 40, rawTypes: 7 })
  const limited = extendVocabulary(old, counted({ eel: 5, dog: 8 }), { maximumSize: 3 })
  expect([...limited.words]).toEqual(['the', 'cat', 'dog'])
})
