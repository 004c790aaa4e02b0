import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LineRule, type Unit, type VocabularyRules, vocabularyRules } from '../index.ts'
import { decode, encode, encodeText, encodeTrainingText } from './encode-text.ts'
import { createIdBuffer } from './id-buffer.ts'

const chunksOf = (text: string): Uint8Array[] => [new TextEncoder().encode(text)]

function train(text: string, unit: Unit, changes: Partial<VocabularyRules> = {}, lines: LineRule = 'all') {
  return encodeTrainingText(chunksOf(text), 'train.txt', { unit, lines }, vocabularyRules.parse(changes))
}

test('a training text is encoded by its own vocabulary, rare words as <unk>', async () => {
  const { vocabulary, text } = await train('the cat\nthe dog\n\nthe <unk>\n', 'word', { minimumCount: 2 })
  expect(vocabulary.tokens).toEqual(['<eos>', '<unk>', 'the'])
  expect([...text.ids]).toEqual([2, 1, 0, 2, 1, 0, 0, 2, 1, 0])
  expect(text).toMatchObject({ outOfVocabulary: 2, bytes: 27, characters: 27, lines: 4 })
})

test('another text counts what the vocabulary lacks, but not its own <unk>', async () => {
  const { vocabulary } = await train('a b <unk>\n', 'word')
  const text = await encodeText(vocabulary, chunksOf('a z <unk> q\nb'), 'test.txt')
  expect(decode(vocabulary, text.ids)).toBe('a <unk> <unk> <unk>\nb\n')
  expect(text.outOfVocabulary).toBe(2)
})

test('without <unk> an unknown token is an error', async () => {
  const { vocabulary } = await train('abc', 'character', { unknown: false })
  await expect(
    encodeText(vocabulary, chunksOf('abd'), 'test.txt'),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TEXT_OUT_OF_VOCABULARY  "d" is not in the vocabulary, which has no <unk>
      in test.txt
      set vocabulary.unknown to true, or take a training text that has all tokens]
  `)
  await expect(train('a a b', 'word', { unknown: false, minimumCount: 2 })).rejects.toThrow(
    '"b" is not in the vocab',
  )
})

test('a prompt does not end its last line', async () => {
  const { vocabulary } = await train('the cat sat\n', 'word')
  expect(decode(vocabulary, encode(vocabulary, 'the cat'))).toBe('the cat')
  expect(decode(vocabulary, encode(vocabulary, 'the cat\n'))).toBe('the cat\n')
})

test('ids of any text decode to it, by unit', async () => {
  const whole = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 30 })
    .filter(text => !/[\0\r\ufeff]/.test(text))
  await fc.assert(
    fc.asyncProperty(whole, async text => {
      for (const unit of ['character', 'byte'] as const) {
        const { vocabulary, text: encoded } = await train(text, unit)
        expect(decode(vocabulary, encoded.ids)).toBe(text)
        expect(encode(vocabulary, text)).toEqual(encoded.ids)
      }
      const { vocabulary, text: encoded } = await train(text, 'word')
      const again = decode(vocabulary, encoded.ids)
      expect(encode(vocabulary, again)).toEqual(encoded.ids)
    }),
    { seed: 5, numRuns: 300 },
  )
})

test('ids that the vocabulary lacks are refused', async () => {
  const { vocabulary } = await train('ab', 'character')
  expect(() => decode(vocabulary, [0, 3])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TEXT_UNKNOWN_ID  id 1 of a text is not of its vocabulary
      expected 0 to 2
      found    3]
  `)
})

test('ids grow over blocks without losing any', () => {
  const buffer = createIdBuffer()
  const size = 2_500_000
  for (let id = 0; id < size; id++) buffer.push(id)
  expect(buffer.length).toBe(size)
  const ids = buffer.take()
  expect(ids.length).toBe(size)
  expect(ids.every((id, at) => id === at)).toBe(true)
  expect(buffer.length).toBe(0)
})
