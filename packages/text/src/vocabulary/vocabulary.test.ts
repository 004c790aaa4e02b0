import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareCodePoints } from './compare-code-points.ts'
import { createCodePointTable, createWordTable } from './token-table.ts'
import { buildVocabulary, type Vocabulary, type VocabularyRules, vocabularyRules } from './vocabulary.ts'
import { vocabularyFromJson, vocabularyToJson } from './vocabulary-json.ts'

const rules = (changes: Partial<VocabularyRules> = {}): VocabularyRules => vocabularyRules.parse(changes)

function wordsOf(text: string, changes?: Partial<VocabularyRules>): Vocabulary {
  const table = createWordTable()
  for (const word of text.split(' ')) table.add(word)
  return buildVocabulary(table, { unit: 'word', lines: 'all' }, rules(changes))
}

test('most frequent comes first, equals go by code point, <eos> and <unk> take part', () => {
  const { tokens, counts, unknown, endOfSentence } = wordsOf('b a a \uffee 𝒳 <eos> <eos> <eos> <unk> Z')
  expect(tokens).toEqual(['<eos>', 'a', '<unk>', 'Z', 'b', '\uffee', '𝒳'])
  expect(counts).toEqual([3, 2, 1, 1, 1, 1, 1])
  expect([unknown, endOfSentence]).toEqual([2, 0])
})

test('code points order strings as their UTF-8 bytes do', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '𝒳', '\u{10ffff}'),
  })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { seed: 3 },
  )
})

test('<unk> takes the place of what is cut and is never cut itself', () => {
  const text = 'a a a b b c d <eos> <eos>'
  const rare = wordsOf(text, { minimumCount: 2 })
  expect(rare.tokens).toEqual(['a', '<eos>', '<unk>', 'b'])
  expect(rare.counts).toEqual([3, 2, 2, 2])
  expect(rare.coverage).toEqual({ types: 5, keptTypes: 3, tokens: 9, keptTokens: 7 })
  const small = wordsOf(text, { maximumSize: 3 })
  expect(small.tokens).toEqual(['<unk>', 'a', '<eos>'])
  expect(small.counts).toEqual([4, 3, 2])
  expect(wordsOf('<unk> a a <eos>', { minimumCount: 2 }).tokens).toEqual(['a', '<eos>', '<unk>'])
})

test('a text without <unk> gets one with count 0, unless it must not', () => {
  expect(wordsOf('a a <eos>').counts).toEqual([2, 1, 0])
  const none = wordsOf('a a <eos>', { unknown: false })
  expect([none.tokens, none.unknown]).toEqual([['a', '<eos>'], undefined])
})

test('counts over more distinct words than one map holds are the same', () => {
  const one = createWordTable()
  const many = createWordTable(3)
  for (const word of 'the cat sat on the mat and the dog sat on the cat'.split(' ')) {
    expect(many.add(word)).toBe(one.add(word))
  }
  expect([many.tokens, many.counts]).toEqual([one.tokens, one.counts])
})

test('a vocabulary over 2^24 is refused, unless rules make it smaller', () => {
  const size = 2 ** 24 + 5
  const table = { tokens: new Array<string>(size).fill('once'), counts: new Array<number>(size).fill(1) }
  table.tokens[7] = 'twice'
  table.counts[7] = 2
  const form = { unit: 'word', lines: 'none' } as const
  expect(() => buildVocabulary(table, form, rules())).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: VOCABULARY_TOO_LARGE  the training text has more distinct tokens than a vocabulary can hold
      expected at most 16777213
      found    16777221
      raise vocabulary.minimumCount, set vocabulary.maximumSize, or use unit "character" or "byte"]
  `)
  expect(buildVocabulary(table, form, rules({ minimumCount: 2 })).tokens).toEqual(['<unk>', 'twice'])
})

test('bytes are all 256 by value whatever the text', () => {
  const table = createCodePointTable()
  for (const byte of [255, 65, 65]) table.add(byte)
  const bytes = buildVocabulary(table, { unit: 'byte', lines: 'all' }, rules())
  expect([bytes.size, bytes.idOf('A'), bytes.counts[65], bytes.counts[255], bytes.lines]).toEqual([
    256,
    65,
    2,
    1,
    'none',
  ])
})

test('a vocabulary is the same after saving and loading', () => {
  const codes = createCodePointTable()
  const bytes = createCodePointTable()
  for (const byte of [255, 65, 0]) bytes.add(byte)
  for (const character of 'aß𝒳\n"\\\ufeff') codes.add(character.codePointAt(0)!)
  for (const vocabulary of [
    wordsOf('a a b \u2028 <eos> __proto__ constructor', { minimumCount: 1 }),
    buildVocabulary(codes, { unit: 'character', lines: 'all' }, rules({ unknown: false })),
    buildVocabulary(bytes, { unit: 'byte', lines: 'all' }, rules()),
  ]) {
    const again = vocabularyFromJson(JSON.parse(JSON.stringify(vocabularyToJson(vocabulary))), 'v.json')
    const plain = ({ idOf, ...rest }: Vocabulary) => rest
    expect(plain(again)).toEqual(plain(vocabulary))
    for (const [id, token] of vocabulary.tokens.entries()) expect(again.idOf(token)).toBe(id)
  }
})

test('a damaged vocabulary file is refused with what is wrong', () => {
  const good = vocabularyToJson(wordsOf('a a b <eos>'))
  const load = (changes: object) => () => vocabularyFromJson({ ...good, ...changes }, 'run/vocabulary.json')
  expect(load({})).not.toThrow()
  expect(load({ tokens: ['a', 'a', '<eos>', '<unk>'] })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: VOCABULARY_INVALID  not a vocabulary file
      found    token "a" appears twice
      in run/vocabulary.json
      a vocabulary is saved beside each checkpoint; take it from there again]
  `)
  expect(load({ counts: [1] })).toThrow('4 tokens but 1 counts')
  expect(load({ tokens: ['a', 'b', '<eos>', 'c'] })).toThrow('<unk> is not among the tokens')
  expect(load({ endOfSentence: null })).toThrow('<eos> does not agree')
  expect(load({ unit: 'character', lines: 'none', endOfSentence: null })).toThrow(
    '"<eos>" is not one character',
  )
  expect(load({ extra: 1 })).toThrow('Unrecognized key: "extra"')
  expect(() => vocabularyFromJson(null, 'x')).toThrow('VOCABULARY_INVALID')
})
