import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAXIMUM_WORD_BYTES } from '../words/word-table.ts'
import { createByteTokenizer, type TokenSink } from './byte-tokenizer.ts'
import { resolveTextOptions, type TextOptions } from './text-options.ts'

/** Sentences of words, as latin-1 strings (one character a byte), of a text that comes in the given pieces. */
function sentencesOf(pieces: readonly Uint8Array[], options: TextOptions = {}): string[][] {
  const sentences: string[][] = [[]]
  const sink: TokenSink = {
    token: (buffer, begin, end) =>
      sentences.at(-1)!.push(Buffer.from(buffer.slice(begin, end)).toString('latin1')),
    endSentence: () => sentences.push([]),
  }
  const tokenizer = createByteTokenizer(resolveTextOptions(options), sink, () => 'some.txt')
  for (const piece of pieces) tokenizer.push(piece)
  tokenizer.endFile()
  return sentences.filter(sentence => sentence.length > 0)
}

const wordsOf = (text: string, options: TextOptions = {}): string[][] =>
  sentencesOf([Buffer.from(text)], options).map(sentence =>
    sentence.map(word => Buffer.from(word, 'latin1').toString('utf8')),
  )

test('ASCII white space divides words and LF ends a sentence; other white space is part of a word', () => {
  expect(wordsOf(' a\tb \r\n\nc\vd\fe\0f\r g\u00a0h i\u3000j')).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e', 'f', 'g\u00a0h', 'i\u3000j'],
  ])
})

test('with lines ignored a line end is white space', () => {
  expect(wordsOf('a b\nc\n', { lines: 'ignore' })).toEqual([['a', 'b', 'c']])
})

test('lower case follows Unicode, by whole words, and leaves other words as they are', () => {
  const words = wordsOf('ABC Ünïcode ΟΔΟΣ ΣΑΣ ÑANDÚ İ ЖУК 戦場 𝔸 ǅ x', { lowercase: true })
  expect(words).toEqual([['abc', 'ünïcode', 'οδος', 'σας', 'ñandú', 'i̇', 'жук', '戦場', '𝔸', 'ǆ', 'x']])
})

test('words only: a word needs a letter or a digit of any script', () => {
  const text = "a , @-@ 5 -- <unk> é ٣ 戦 … — Ⅷ don't _ ★ ½"
  expect(wordsOf(text, { wordsOnly: true })).toEqual([['a', '5', '<unk>', 'é', '٣', '戦', 'Ⅷ', "don't", '½']])
})

test('words that are to be left out are, after lower-casing', () => {
  expect(wordsOf('A <UNK> b <unk>', { lowercase: true, leaveOut: ['<unk>'] })).toEqual([['a', 'b']])
})

test('bytes that are not UTF-8 are kept, also when the letters beside them are lower-cased', () => {
  const bytes = Buffer.from([
    0xff, 0x41, 0xc3, 0x20, 0xc3, 0x84, 0xe2, 0x82, 0x42, 0x80, 0x20, 0xed, 0xa0, 0x80,
  ])
  expect(sentencesOf([bytes])).toEqual([['\xffA\xc3', '\xc3\x84\xe2\x82B\x80', '\xed\xa0\x80']])
  expect(sentencesOf([bytes], { lowercase: true })).toEqual([
    ['\xffa\xc3', '\xc3\xa4\xe2\x82b\x80', '\xed\xa0\x80'],
  ])
})

test('a byte-order mark is not part of the first word, and only there', () => {
  expect(wordsOf('\ufeffa \ufeffb')).toEqual([['a', '\ufeffb']])
  expect(wordsOf('\ufeff a')).toEqual([['a']])
})

test('UTF-16 is said to be that', () => {
  expect(() =>
    sentencesOf([Buffer.from('\ufeffhello world', 'utf16le')]),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_TEXT_ENCODING  a text is not in UTF-8
      found    the mark of UTF-16 at its beginning
      in some.txt
      convert it first: iconv -f UTF-16 -t UTF-8]
  `)
})

test('a word that does not end is refused with its place', () => {
  const text = Buffer.from(`ab ${'x'.repeat(MAXIMUM_WORD_BYTES + 1)}`)
  const run = (): unknown => sentencesOf([text.subarray(0, 1000), text.subarray(1000)])
  expect(run).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_WORD_TOO_LONG  a word of more than 65536 bytes
      found    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      in some.txt, byte 3
      words are divided by white space: is this text, and is it divided so?]
  `)
  expect(sentencesOf([text.subarray(0, text.length - 1)])).toHaveLength(1)
})

const options: fc.Arbitrary<TextOptions> = fc.record({
  lowercase: fc.boolean(),
  wordsOnly: fc.boolean(),
  lines: fc.constantFrom('sentence', 'ignore'),
})
const text = fc
  .array(
    fc.oneof(
      fc
        .constantFrom(' ', '\n', '\r\n', '\ufeff', 'Ä', 'Σ', 'word', '戦', '-')
        .map(part => Buffer.from(part)),
      fc.uint8Array({ maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map(parts => Buffer.concat(parts))
  // What UTF-16's mark gives is tested above.
  .filter(bytes => !(bytes.length > 1 && [0xfffe, 0xfeff].includes(bytes.readUInt16BE())))

test('the same words come out wherever the text is cut into pieces', () => {
  fc.assert(
    fc.property(text, options, fc.array(fc.nat(40)), (bytes, chosen, cuts) => {
      const places = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i]!, end))
      expect(sentencesOf(pieces, chosen)).toEqual(sentencesOf([bytes], chosen))
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('without options, the words are what splitting at white space gives', () => {
  fc.assert(
    fc.property(text, bytes => {
      const latin = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '')
      const expected = latin.split('\n').map(line => line.split(/[\0\t\v\f\r ]+/).filter(word => word !== ''))
      expect(sentencesOf([bytes])).toEqual(expected.filter(sentence => sentence.length > 0))
    }),
    { seed: 2, numRuns: 500 },
  )
})

test('a text much longer than the buffer keeps all its words', () => {
  const words = Array.from({ length: 200_000 }, (_, i) => `w${(i * 7919) % 100_003}`)
  expect(sentencesOf([Buffer.from(words.join(' '))])).toEqual([words])
})
