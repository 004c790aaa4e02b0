import { isElmanError } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAnalogies, readAnalogies } from './analogy-questions.ts'
import { fixturePath } from './fixtures/golden-files.ts'
import { parseSimilaritySet, readSimilaritySet } from './similarity-set.ts'

test('pairs are read with tabs or spaces, CRLF, comments, a byte order mark and no final line end', () => {
  const text =
    '\uFEFF# words\r\ntiger\tcat\t7.35\r\n\r\nNew York\tcity\t 9 \r\nsun   moon 5e-1\r\nlast\tpair\t0'
  expect(parseSimilaritySet(text, 'mine')).toEqual({
    name: 'mine',
    pairs: [
      { a: 'tiger', b: 'cat', score: 7.35 },
      { a: 'New York', b: 'city', score: 9 },
      { a: 'sun', b: 'moon', score: 0.5 },
      { a: 'last', b: 'pair', score: 0 },
    ],
    unreadableLines: [],
  })
})

test('lines that are no pair are counted by their numbers, also those with a score that is no number', () => {
  const text = 'word1\tword2\tscore\na\tb\t1\na\tb\na b c 4\na\t\t2\na\tb\t\na\tb\tInfinity\n'
  const { pairs, unreadableLines } = parseSimilaritySet(text, 'mine')
  expect(pairs).toHaveLength(1)
  expect(unreadableLines).toEqual([1, 3, 4, 5, 6, 7])
})

test('a file without any pair is refused', () => {
  expect(() =>
    parseSimilaritySet('a,b,1\r\nc,d,2\r\n', 'mine', 'sets/mine.txt'),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_SIMILARITY_SET_EMPTY  no line is a pair of words with a score
      expected lines as "tiger<tab>cat<tab>7.35"
      found    2 other lines; line 1: "a,b,1"
      in sets/mine.txt]
  `)
  expect(() => parseSimilaritySet('', 'mine')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_SIMILARITY_SET_EMPTY  no line is a pair of words with a score
      expected lines as "tiger<tab>cat<tab>7.35"
      found    an empty file
      in mine]
  `)
})

test('a set is named after its file', async () => {
  const set = await readSimilaritySet(fixturePath('made-up-pairs.txt'))
  expect([set.name, set.pairs.length, set.unreadableLines]).toEqual(['made-up-pairs', 122, [3, 4, 125]])
})

test('analogies keep sections, duplicates and their kind', () => {
  const text =
    'a b c d\r\n: capitals\r\nAthens Greece Oslo Norway\r\nAthens Greece Oslo Norway\r\n: gram1-x\r\none two three\r\nx y z w'
  const { sections, unreadableLines } = parseAnalogies(text, 'mine')
  expect(sections.map(({ name, kind, questions }) => [name, kind, questions.length])).toEqual([
    ['', 'semantic', 1],
    ['capitals', 'semantic', 2],
    ['gram1-x', 'syntactic', 1],
  ])
  expect(unreadableLines).toEqual([6])
  expect(sections[1]!.questions[0]).toEqual({ a: 'Athens', b: 'Greece', c: 'Oslo', expected: 'Norway' })
})

test('a file without any analogy is refused', async () => {
  await expect(readAnalogies(fixturePath('made-up-pairs.txt'))).rejects.toThrow(/^EMBEDDING_ANALOGIES_EMPTY/)
  expect(() => parseAnalogies(': a\n: b\n', 'mine')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_ANALOGIES_EMPTY  no line is an analogy
      expected lines as "Athens Greece Oslo Norway", in sections that begin with a line as ": capitals"
      found    no line but empty ones and comments
      in mine]
  `)
})

test('whatever a file holds is read, counted, or refused as empty', () => {
  const pieces = fc.constantFrom(
    '\t',
    ' ',
    '\n',
    '\r\n',
    '#',
    ':',
    'a',
    'é',
    '1.5',
    '-',
    'NaN',
    '\u00a0',
    '\uFEFF',
    '1e999',
  )
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  const outcome = (read: () => unknown) => {
    try {
      read()
      return 'read'
    } catch (error) {
      return isElmanError(error) ? error.code : error
    }
  }
  fc.assert(
    fc.property(text, content => {
      expect(['read', 'EMBEDDING_SIMILARITY_SET_EMPTY']).toContain(
        outcome(() => parseSimilaritySet(content, 'x')),
      )
      expect(['read', 'EMBEDDING_ANALOGIES_EMPTY']).toContain(outcome(() => parseAnalogies(content, 'x')))
    }),
    { seed: 7, numRuns: 200 },
  )
})

test('pairs that were written are read again, whatever their words', () => {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter(text => text === text.trim() && !/[\t\r\n]/.test(text))
  const pair = fc.record({
    a: word.filter(text => text !== '' && !text.startsWith('#') && !text.startsWith('\uFEFF')),
    b: word.filter(text => text !== ''),
    score: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0), // no -0
  })
  fc.assert(
    fc.property(
      fc.array(pair, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      (pairs, end) => {
        const text = pairs.map(({ a, b, score }) => `${a}\t${b}\t${score}`).join(end)
        expect(parseSimilaritySet(text, 'x')).toEqual({ name: 'x', pairs, unreadableLines: [] })
      },
    ),
    { seed: 8, numRuns: 200 },
  )
})
