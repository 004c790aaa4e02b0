/** The awkward files that people have: each is read as documented, or gives an error that says where. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isElmanError } from '@elman/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReadVectorsOptions } from './read-options.ts'
import { readWordVectors } from './read-word-vectors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-cases-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(content: string | Uint8Array, options: ReadVectorsOptions = {}, name = 'vectors.txt') {
  const path = join(folder, name)
  await writeFile(path, content)
  const { vectors, report } = await readWordVectors(path, options)
  const rows = Object.fromEntries([...vectors.words].map((word, i) => [word, [...vectors.row(i)]]))
  return { rows, report, vectors }
}

/** The text of the error, without the folder. */
async function errorOf(
  content: string | Uint8Array,
  options: ReadVectorsOptions = {},
  name = 'vectors.txt',
): Promise<string> {
  try {
    await read(content, options, name)
  } catch (error) {
    if (!isElmanError(error)) throw error
    return error.message.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '')
  }
  throw new Error('it was read')
}

/** word2vec binary of rows of float32. */
function binary(
  header: string,
  rows: readonly (readonly [string | Buffer, readonly number[]])[],
  end = '',
): Buffer {
  const parts: Uint8Array[] = [Buffer.from(header)]
  for (const [word, numbers] of rows)
    parts.push(
      Buffer.from(word as string),
      Buffer.from(' '),
      new Uint8Array(Float32Array.from(numbers).buffer),
      Buffer.from(end),
    )
  return Buffer.concat(parts)
}

test('1: GloVe text has no header, and is not taken for word2vec', async () => {
  const { rows, report } = await read('the 0.1 0.2\nof 0.3 0.4\n')
  expect(report.format).toBe('glove')
  expect(Object.keys(rows)).toEqual(['the', 'of'])
})

test('2: two whole numbers above rows of that many numbers are a header', async () => {
  const { report } = await read('2 3\na 1 2 3\nb 4 5 6\n')
  expect(report).toMatchObject({ format: 'word2vec-text', rowsDeclared: 2, dimensions: 3, warnings: [] })
})

test('3: GloVe text asked for as word2vec says so', async () => {
  expect(await errorOf('the 0.1 0.2\nof 0.3 0.4\n', { format: 'word2vec-text' })).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_HEADER_INVALID  the first line is no header
      expected two whole numbers: words and numbers a word
      found    "the 0.1 0.2"
      in vectors.txt, line 1
      files of GloVe have no header: read the file as glove"
  `)
})

test('4: a number as the word of a one-number file is no header', async () => {
  const { rows, report } = await read('5 3\nsix 7\n')
  expect(report).toMatchObject({ format: 'glove', dimensions: 1 })
  expect(rows).toEqual({ 5: [3], six: [7] })
})

test('5: words with spaces are read, because numbers are counted from the right', async () => {
  const { rows, report } = await read('2 2\nnew york 1 2\n. . . 3 4\n')
  expect(rows).toEqual({ 'new york': [1, 2], '. . .': [3, 4] })
  expect(report.wordsWithSpaces).toBe(2)
  expect(report.warnings).toEqual(['2 words hold spaces'])
  expect(await errorOf('2 2\nnew york 1 2\nb 3 4\n', { spacesInWords: 'refuse' })).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_WORD_SPACES  the word "new york" holds a space
      expected a word and 2 numbers
      found    "new york" before the last 2 numbers
      in vectors.txt, line 2 (byte 4)
      if these are words with spaces, read the file with spacesInWords: 'allow'"
  `)
})

test('6: a word may end in a whole number', async () => {
  expect((await read('windows 95 0.5 0.25\nlinux 0.1 0.2\nmac 1 2\n')).rows).toHaveProperty(
    'windows 95',
    [0.5, 0.25],
  )
})

test('7: of a word that comes twice the first row counts, without a hole', async () => {
  const { rows, vectors, report } = await read('3 2\na 1 2\na 3 4\nb 5 6\n')
  expect(rows).toEqual({ a: [1, 2], b: [5, 6] })
  expect(vectors.matrix).toEqual(Float32Array.of(1, 2, 5, 6))
  expect(report).toMatchObject({ duplicates: 1, rows: 2, rowsRead: 3 })
})

test('8: a header that counts too many rows', async () => {
  expect(await errorOf('3 2\na 1.25 2.25\nb 3.25 4.25\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_TRUNCATED  the file ends too early, or its header counts too many rows
      expected 3 rows, as line 1 says
      found    2
      in vectors.txt, after line 3 (byte 28)
      was the file cut off? allowTruncated reads the rows that are there"
  `)
  const { report } = await read('3 2\na 1.25 2.25\nb 3.25 4.25\n', { allowTruncated: true })
  expect(report).toMatchObject({
    truncated: true,
    rows: 2,
    warnings: ['the file ends too early: 2 of 3 rows'],
  })
})

test('9: a text file cut within a row', async () => {
  expect(await errorOf('2 3\na 1 2 3\nb 4 5')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_TRUNCATED  the row of "b" has too few numbers
      expected 3 numbers after the word
      found    2
      in vectors.txt, line 3 (byte 12)
      was the file cut off? allowTruncated reads the rows before"
  `)
  expect((await read('a 1 2 3\nb 4 5 6\nc 7', { allowTruncated: true })).rows).toEqual({
    a: [1, 2, 3],
    b: [4, 5, 6],
  })
})

test('10: a binary file cut within a row', async () => {
  const whole = binary('2 2\n', [
    ['a', [1, 2]],
    ['b', [3, 4]],
  ])
  expect(await errorOf(whole.subarray(0, -1), { format: 'word2vec-binary' })).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_TRUNCATED  the file ends within row 2 of 2
      expected 2 rows, as the header says
      found    the end of the file at byte 23
      in vectors.txt, row 2 (byte 14)
      was the file cut off? allowTruncated reads the rows before"
  `)
  const { rows } = await read(whole.subarray(0, -1), { format: 'word2vec-binary', allowTruncated: true })
  expect(rows).toEqual({ a: [1, 2] })
})

test('11: a header that counts too few rows: those behind are counted, not read', async () => {
  const { rows, report } = await read('1 2\na 1 2\nb 3 4\nc 5 6\n')
  expect(rows).toEqual({ a: [1, 2] })
  expect(report.warnings).toEqual(['2 rows follow after the 1 that the header promises; they were not read'])
  const more = binary(
    '1 2\n',
    [
      ['a', [1, 2]],
      ['b', [3, 4]],
    ],
    '\n',
  )
  expect((await read(more, { format: 'word2vec-binary' })).report.rowsBeyondHeader).toBe(1)
})

test('12: a row with too few numbers', async () => {
  expect(await errorOf('3 3\na 1 2 3\nb 4 5\nc 7 8 9\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_ROW_INVALID  the row of "b" has too few numbers
      expected 3 numbers after the word
      found    2
      in vectors.txt, line 3 (byte 12)"
  `)
})

test('13: a row with too many numbers', async () => {
  expect(await errorOf('2 2\na 1.5 2.5\nb 0.25 4.5 5.5\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_ROW_INVALID  a row has too many numbers
      expected a word and 2 numbers
      found    "b 0.25" before the last 2 numbers
      in vectors.txt, line 3 (byte 14)
      if these are words with spaces, read the file with spacesInWords: 'allow'"
  `)
  expect((await read('2 2\na 1.5 2.5\nb 0.25 4.5 5.5\n', { spacesInWords: 'allow' })).rows).toHaveProperty(
    'b 0.25',
  )
})

test('14: a field that is no number', async () => {
  expect(await errorOf('2 3\na 1 2 3\nb 4 five 6\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_ROW_INVALID  the row of "b" holds something else than numbers
      expected 3 numbers after the word
      found    "five" as number 2
      in vectors.txt, line 3 (byte 12)"
  `)
})

test('15: binary with and without a line end behind each vector, mixed too, and vectors that begin like one', async () => {
  const lineFeed = new Float32Array(Uint8Array.of(10, 10, 32, 61, 10, 0, 32, 62).buffer)
  const rows = [
    ['a', [...lineFeed]],
    ['größer', [3, -4]],
    ['c', [...lineFeed]],
  ] as const
  for (const end of ['', '\n']) {
    const result = await read(binary('3 2\n', rows, end), {}, 'vectors.bin')
    expect(result.report.format).toBe('word2vec-binary')
    expect(result.rows).toEqual(Object.fromEntries(rows))
  }
  const mixed = Buffer.concat([
    binary('3 2\n', rows.slice(0, 1), '\n'),
    binary('', rows.slice(1, 2)),
    binary('', rows.slice(2), '\n'),
  ])
  expect((await read(mixed, {}, 'vectors.bin')).rows).toEqual(Object.fromEntries(rows))
})

test('16: a word that is not UTF-8 is kept by its bytes, and counted', async () => {
  const cut = Buffer.from([0x61, 0xc3])
  const { vectors, report } = await read(
    Buffer.concat([Buffer.from('2 1\n'), cut, Buffer.from(' 1\na\ufffd 2\n')]),
  )
  expect(report.invalidUtf8).toBe(1)
  expect(vectors.count).toBe(2)
  expect(vectors.wordAt(0)).toBe('a\ufffd')
  expect(vectors.words.indexOfBytes(cut, 0, 2)).toBe(0)
  expect([...vectors.get('a\ufffd')!]).toEqual([2])
})

test('17: only a space and a line feed divide: other white space belongs to words; CR and spaces at line ends do not', async () => {
  const { rows } = await read('a\u00a0b 1 2 \r\n\u2028 3 4\r\n\u0085 5 6  \nx\ty 7 8\n')
  expect(rows).toEqual({ 'a\u00a0b': [1, 2], '\u2028': [3, 4], '\u0085': [5, 6], 'x\ty': [7, 8] })
})

test.each(['nan', 'inf', '1e400', '-1e39'])('18: %s is an error unless allowed', async number => {
  expect(await errorOf(`a 1 2\nb 3 ${number}\n`)).toMatch(
    /^EMBEDDING_FILE_NOT_FINITE .*number 2[\s\S]*line 2 \(byte 6\)/,
  )
  expect((await read(`a 1 2\nb 3 ${number}\n`, { allowNonFinite: true })).report.nonFinite).toBe(1)
})

test('19: a header whose numbers are lies takes no memory', async () => {
  expect(await errorOf('999999999999 300\na 1 2\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_HEADER_INVALID  the header does not fit the rows
      expected rows of 300 numbers, as line 1 says
      found    2 numbers in line 2
      in vectors.txt, line 1
      if line 1 is no header but a word and its vector, read the file as glove"
  `)
  expect(await errorOf('4000000000 2\na 1 2\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_TRUNCATED  the header promises more rows than the file has room for
      expected 4000000000 rows, as line 1 says
      found    19 bytes, at most 2 rows
      in vectors.txt, line 1
      was the file cut off? allowTruncated reads the rows that are there"
  `)
  expect(await errorOf(binary('999999999999 300\n', [['a', [1, 2]]]), {}, 'lie.bin')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_TRUNCATED  the header promises more rows than the file has room for
      expected 999999999999 words of 300 float32
      found    27 bytes, at most 0 rows
      in lie.bin, byte 0
      was the file cut off? allowTruncated reads the rows that are there"
  `)
  expect(await errorOf(binary('1 999999999999\n', [['a', [1, 2]]]), {}, 'lie.bin')).toMatch(
    /^EMBEDDING_FILE_TRUNCATED/,
  )
})

test('20: empty lines and empty words are left out and counted', async () => {
  const { rows, report } = await read('\na 1 2\n\n 3 4\nb 5 6\n\n')
  expect(rows).toEqual({ a: [1, 2], b: [5, 6] })
  expect(report).toMatchObject({ blankLines: 3, emptyWords: 1 })
})

test('21: files without any vector', async () => {
  expect(await errorOf('')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_EMPTY  the file is empty
      in vectors.txt"
  `)
  expect(await errorOf('\n\n')).toMatch(/^EMBEDDING_FILE_EMPTY/)
  expect(await errorOf('0 100\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_EMPTY  the header says that the file holds no vectors
      in vectors.txt, line 1"
  `)
  expect(await errorOf('just some words\nand more of them\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_FORMAT_UNKNOWN  the file is none of the known formats of word vectors
      expected lines of a word and its numbers, divided by single spaces, or a binary format
      found    "just some words"
      in vectors.txt, line 1
      columns divided by tabs are read as projector"
  `)
})

test('22: a header that does not fit its rows', async () => {
  expect(await errorOf('2 4\na 1 2 3\nb 4 5 6\n')).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_HEADER_INVALID  the header does not fit the rows
      expected rows of 4 numbers, as line 1 says
      found    3 numbers in line 2
      in vectors.txt, line 1
      if line 1 is no header but a word and its vector, read the file as glove"
  `)
})

test('23: a word longer than any word', async () => {
  expect(await errorOf(`a 1 2\n${'x'.repeat(70_000)} 3 4\n`)).toMatchInlineSnapshot(`
    "EMBEDDING_WORD_TOO_LONG  a word of 70000 bytes
      expected at most 65536
      in vectors.txt, line 2 (byte 6)
      words are divided by spaces and line ends: is the file of the format that it was taken for?"
  `)
  expect(
    await errorOf(binary('1 2\n', [['x'.repeat(70_000), [1, 2]]]), { format: 'word2vec-binary' }),
  ).toMatch(/^EMBEDDING_WORD_TOO_LONG[\s\S]*row 1/)
})

test('24: a byte order mark in front is no part of the header or of the first word', async () => {
  const { rows, report } = await read('\ufeff2 2\na 1 2\nb 3 4\n')
  expect(rows).toEqual({ a: [1, 2], b: [3, 4] })
  expect(report).toMatchObject({ rowsDeclared: 2, byteOrderMark: true })
  expect(Object.keys((await read('\ufeffthe 1.5 2\n')).rows)).toEqual(['the'])
})
