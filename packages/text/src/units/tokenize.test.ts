import { expect, test } from 'vitest'
import { MAXIMUM_WORD_LENGTH } from './split-words.ts'
import { type TextCounts, type TokenizeRule, tokenize } from './tokenize.ts'

async function tokensOf(
  text: string | Uint8Array,
  rule: Partial<TokenizeRule>,
  chunk = 1,
): Promise<{ tokens: string[]; counts: TextCounts }> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  )
  const tokens: string[] = []
  const counts = await tokenize(
    chunks,
    'book.txt',
    { unit: 'word', lines: 'all', ...rule },
    {
      word: word => tokens.push(word),
      code: code => tokens.push(String.fromCodePoint(code)),
      lineEnd: () => tokens.push('$'),
    },
  )
  return { tokens, counts }
}

test('words are divided as Python divides them and each line ends once, wherever the chunks are cut', async () => {
  const text = ' the cat\u00a0sat \n\n \nünder\ta \ufeff\u2028mat'
  for (const chunk of [1, 2, 3, 5, 100]) {
    const { tokens, counts } = await tokensOf(text, {}, chunk)
    expect(tokens).toEqual(['the', 'cat', 'sat', '$', '$', '$', 'ünder', 'a', '\ufeff', 'mat', '$'])
    expect(counts).toEqual({ bytes: 36, characters: 30, lines: 4 })
  }
})

test('the line rule decides which lines end with a token', async () => {
  const text = 'a\n\nb\n'
  expect((await tokensOf(text, { lines: 'all' })).tokens).toEqual(['a', '$', '$', 'b', '$'])
  expect((await tokensOf(text, { lines: 'non-empty' })).tokens).toEqual(['a', '$', 'b', '$'])
  expect((await tokensOf(text, { lines: 'none' })).tokens).toEqual(['a', 'b'])
})

test('a last line without a line break is a line, nothing at all is none', async () => {
  expect((await tokensOf('a\nb', {})).tokens).toEqual(['a', '$', 'b', '$'])
  expect(await tokensOf('', {})).toEqual({ tokens: [], counts: { bytes: 0, characters: 0, lines: 0 } })
  expect(await tokensOf('', { unit: 'character' })).toEqual({
    tokens: [],
    counts: { bytes: 0, characters: 0, lines: 0 },
  })
  expect(await tokensOf('', { unit: 'byte' })).toEqual({
    tokens: [],
    counts: { bytes: 0, characters: 0, lines: 0 },
  })
})

test('CRLF gives the words and characters of LF, and its own bytes', async () => {
  const crlf = 'a b\r\n\r\nc\r'
  expect((await tokensOf(crlf, {})).tokens).toEqual(['a', 'b', '$', '$', 'c', '$'])
  const characters = await tokensOf(crlf, { unit: 'character' })
  expect(characters.tokens.join('')).toBe('a b\n\nc\r')
  expect(characters.counts).toEqual({ bytes: 9, characters: 7, lines: 3 })
  expect((await tokensOf('a\r\r\nb', { unit: 'character' })).tokens.join('')).toBe('a\r\nb')
  expect((await tokensOf(crlf, { unit: 'byte' })).tokens.join('')).toBe(crlf)
})

test('characters are code points, bytes are bytes', async () => {
  const characters = await tokensOf('𝒳é\n', { unit: 'character' })
  expect(characters.tokens).toEqual(['𝒳', 'é', '\n'])
  expect(characters.counts).toEqual({ bytes: 7, characters: 3, lines: 1 })
  const bytes = await tokensOf(Uint8Array.of(0xff, 0, 0xc3, 0xa9), { unit: 'byte' })
  expect(bytes.tokens.map(token => token.charCodeAt(0))).toEqual([0xff, 0, 0xc3, 0xa9])
  expect(bytes.counts).toEqual({ bytes: 4, characters: 3, lines: 1 })
})

test('one line of sixty megabytes is read without holding it', async () => {
  const chunk = new TextEncoder().encode('word '.repeat(13_000))
  function* line() {
    for (let i = 0; i < 1000; i++) yield chunk
  }
  let words = 0
  let ends = 0
  const sink = { word: () => (words += 1), code: () => {}, lineEnd: () => (ends += 1) }
  const before = process.memoryUsage().arrayBuffers
  const counts = await tokenize(line(), 'line', { unit: 'word', lines: 'all' }, sink)
  expect({ words, ends, ...counts }).toEqual({
    words: 13_000_000,
    ends: 1,
    bytes: 65_000_000,
    characters: 65_000_000,
    lines: 1,
  })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
})

test('a word without end is refused', async () => {
  const text = `one\ntwo ${'x'.repeat(MAXIMUM_WORD_LENGTH + 1)}`
  const message = await tokensOf(text, {}, 1 << 16).catch((error: Error) => error.message)
  expect(message).toMatchInlineSnapshot(`
    "TEXT_WORD_TOO_LONG  a word of more than 1048576 characters without white space
      found    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      in book.txt, line 2
      is this text divided by white space? use unit "character" or "byte" if it is not"
  `)
})
