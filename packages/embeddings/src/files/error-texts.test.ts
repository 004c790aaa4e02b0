/** Whole texts of the errors that the other tests only name. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { isElmanError } from '@elman/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allocateRows } from './allocate-rows.ts'
import { openWordVectors } from './open-word-vectors.ts'
import { readFastText } from './read-fasttext.ts'
import { readWordVectors } from './read-word-vectors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-errors-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function errorOf(
  bytes: Uint8Array | string,
  read: (path: string) => Promise<unknown>,
): Promise<string> {
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  const error = await read(path).then(
    () => new Error('it was read'),
    (problem: unknown) => problem,
  )
  if (!isElmanError(error)) throw error
  return error.message.replaceAll(path, 'file')
}

const skipgram = () => readFile(join(import.meta.dirname, 'fixtures', 'skipgram.bin'))

test('a number that is not finite', async () => {
  expect(await errorOf('a 1 2\nb 3 1e400\n', path => readWordVectors(path))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_NOT_FINITE  number 2 of a row is no finite float32
      found    Infinity
      in file, line 2 (byte 6)
      the training diverged, or the file is damaged; allowNonFinite reads it all the same"
  `)
})

test('gzip that cannot be unpacked', async () => {
  const packed = gzipSync('a 1 2\nb 3 4\n')
  expect(await errorOf(packed.subarray(0, -9), path => readWordVectors(path))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_GZIP_DAMAGED  the packed file cannot be unpacked: unexpected end of file
      in file, before byte 23 of the packed file
      was the download cut off? Fetch it again"
  `)
})

test('a line without end', async () => {
  const packed = gzipSync(Buffer.alloc(2 ** 27, 'a'), { level: 1 })
  expect(await errorOf(packed, path => readWordVectors(path, { format: 'glove' }))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_RECORD_TOO_LONG  a line or record has no end
      expected at most 67108864 bytes
      in file, from byte 0
      is this a file of word vectors? Name the format if you know it"
  `)
})

test('more numbers than there is memory for', () => {
  expect(() => allocateRows(2 ** 40, 300, 'file')).toThrow(
    /^EMBEDDING_FILE_TOO_LARGE {2}there is no memory for 1099511627776 vectors of 300 numbers/,
  )
})

test('a fastText model of an unknown version, or cut off, or with a wrong part', async () => {
  const bytes = await skipgram()
  expect(await errorOf(bytes.subarray(0, -1), readFastText)).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_TRUNCATED  the file ends within the output matrix, or a length before it is wrong
      expected 600 bytes
      found    599 bytes
      in file, byte 8258
      was the download cut off? Compare the size of the file with its source"
  `)
  expect(await errorOf(Buffer.concat([bytes, Buffer.from('x')]), readFastText)).toMatchInlineSnapshot(`
    "EMBEDDING_FASTTEXT_INVALID  bytes follow the last matrix
      expected the end of the file
      found    1 bytes
      in file, byte 8858"
  `)
  bytes.writeInt32LE(13, 4)
  expect(await errorOf(bytes, readFastText)).toMatchInlineSnapshot(`
    "EMBEDDING_FASTTEXT_VERSION  a fastText .bin of version 13 cannot be read
      expected version 11 or 12
      in file, byte 4"
  `)
})

test('single rows of text', async () => {
  expect(await errorOf('a 1 2\n', openWordVectors)).toMatchInlineSnapshot(`
    "EMBEDDING_FORMAT_NOT_RANDOM  single rows cannot be read from GloVe text (no header)
      expected word2vec binary, .npy of float32, or safetensors
      in file
      read it by readWordVectors, or write it once as safetensors"
  `)
})
