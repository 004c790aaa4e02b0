import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { isElmanError } from '@elman/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import golden from './fixtures/gensim.json' with { type: 'json' }
import { openWordVectors } from './open-word-vectors.ts'
import { readWordVectors } from './read-word-vectors.ts'
import { writeWordVectors } from './write-word-vectors.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const MATRIX = Float32Array.from(golden.matrix.flat())

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-formats-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function errorOf(path: string, options: Parameters<typeof readWordVectors>[1] = {}): Promise<string> {
  const error = await readWordVectors(path, options).catch((problem: unknown) => problem)
  if (!isElmanError(error)) throw error
  return [folder, FIXTURES].reduce((text, place) => text.replaceAll(join(place, '/'), ''), error.message)
}

function sample(counts?: Float64Array): WordVectors {
  return new WordVectors({ words: WordTable.of(golden.words), dimensions: 5, matrix: MATRIX, counts })
}

test('files that gensim wrote are read: text with a space in a word, binary without line ends', async () => {
  const text = await readWordVectors(join(FIXTURES, 'gensim.txt'))
  expect(text.report).toMatchObject({ format: 'word2vec-text', wordsWithSpaces: 1 })
  expect([...text.vectors.words]).toEqual(golden.words)
  expect(text.vectors.matrix).toEqual(MATRIX)
  const binary = await readWordVectors(join(FIXTURES, 'gensim.bin'))
  expect(binary.report.format).toBe('word2vec-binary')
  expect([...binary.vectors.words]).toEqual(golden.words.filter(word => !word.includes(' ')))
  for (const word of binary.vectors.words) expect(binary.vectors.get(word)).toEqual(text.vectors.get(word))
})

test.each([
  ['single', 0],
  ['double', 0],
  ['half', 1e-3],
] as const)('%s-precision .npy is read with its words', async (name, tolerance) => {
  const { vectors, report } = await readWordVectors(join(FIXTURES, `${name}.npy`))
  expect(report.format).toBe('npy')
  expect([...vectors.words]).toEqual(golden.words)
  for (const [i, value] of vectors.matrix.entries())
    expect(Math.abs(value - MATRIX[i]!)).toBeLessThanOrEqual(tolerance)
  expect((await readWordVectors(join(FIXTURES, `${name}.npy`), { limit: 2 })).vectors.count).toBe(2)
})

test('.npy files that hold no matrix of rows are refused', async () => {
  expect(await errorOf(join(FIXTURES, 'fortran.npy'))).toMatchInlineSnapshot(`
    "EMBEDDING_NPY_INVALID  the matrix lies column by column (Fortran order)
      expected rows one after the other
      found    fortran_order: True
      in fortran.npy, byte 0
      in Python save numpy.ascontiguousarray(matrix)"
  `)
  expect(await errorOf(join(FIXTURES, 'objects.npy'))).toMatchInlineSnapshot(`
    "EMBEDDING_NPY_INVALID  the array holds Python objects (a pickle)
      expected numbers
      found    |O
      in objects.npy, byte 0"
  `)
  await cp(join(FIXTURES, 'single.npy'), join(folder, 'few.npy'))
  await writeFile(join(folder, 'few.vocab.txt'), 'one\ntwo\n')
  expect(await errorOf(join(folder, 'few.npy'))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_PARTS_INVALID  the vocabulary file does not fit the matrix
      expected 6 words, one a row of few.npy
      found    2 lines
      in few.vocab.txt"
  `)
  const bytes = await readFile(join(FIXTURES, 'single.npy'))
  await writeFile(join(folder, 'cut.npy'), bytes.subarray(0, -1))
  expect(await errorOf(join(folder, 'cut.npy'))).toMatch(/^EMBEDDING_FILE_TRUNCATED/)
})

test('.npy keeps words, vectors and counts', async () => {
  const counts = Float64Array.of(9, 8, 7, 6, 5, 4)
  const path = join(folder, 'own.npy')
  await writeWordVectors(path, sample(counts), { format: 'npy' })
  const { vectors } = await readWordVectors(path)
  expect([...vectors.words]).toEqual(golden.words)
  expect(vectors.matrix).toEqual(MATRIX)
  expect(vectors.counts).toEqual(counts)
})

test('a projector folder keeps words, vectors and counts; its tensors are found by file and by folder', async () => {
  const path = join(folder, 'projector')
  const counts = Float64Array.of(9, 8, 7, 6, 5, 4)
  await writeWordVectors(path, sample(counts), { format: 'projector' })
  for (const place of [path, join(path, 'tensors.tsv')]) {
    const { vectors, report } = await readWordVectors(place)
    expect(report.format).toBe('projector')
    expect([...vectors.words]).toEqual(golden.words)
    expect(vectors.matrix).toEqual(MATRIX)
    expect(vectors.counts).toEqual(counts)
  }
  await writeWordVectors(path, sample(), { format: 'projector' })
  expect(await readFile(join(path, 'metadata.tsv'), 'utf8')).toBe(`${golden.words.join('\n')}\n`)
  expect((await readWordVectors(path, { keep: word => word === '東京' })).vectors.count).toBe(1)
  await writeFile(join(path, 'metadata.tsv'), 'one\ntwo\n')
  expect(await errorOf(path)).toMatch(
    /^EMBEDDING_FILE_PARTS_INVALID {2}the projector files do not fit together/,
  )
})

test('tabs and line ends in labels of a projector become spaces', async () => {
  const path = join(folder, 'labels')
  const vectors = new WordVectors({
    words: WordTable.of(['a\tb', 'c\nd']),
    dimensions: 1,
    matrix: Float32Array.of(1, 2),
  })
  await writeWordVectors(path, vectors, { format: 'projector' })
  expect(await readFile(join(path, 'metadata.tsv'), 'utf8')).toBe('a b\nc d\n')
})

test('a file says what it is when something else was asked for', async () => {
  expect(await errorOf(join(FIXTURES, 'skipgram.bin'), { format: 'word2vec-binary' })).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_FORMAT_MISMATCH  this is a fastText .bin file, not word2vec binary
      in skipgram.bin
      leave the format out: the file tells it itself"
  `)
  expect(await errorOf(join(FIXTURES, 'gensim.bin'), { format: 'fasttext-bin' })).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_FORMAT_MISMATCH  this does not begin like fastText .bin
      found    "5 5\\nthe ÉÛ&¿\\u0017é2¾"
      in gensim.bin, byte 0
      leave the format out: the file tells it itself"
  `)
  expect(await errorOf(join(FIXTURES, 'single.npy'), { format: 'glove' })).toMatch(
    /this is a NumPy \.npy file, not GloVe text/,
  )
  await writeFile(
    join(folder, 'model.pkl'),
    Buffer.from('\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00', 'latin1'),
  )
  expect(await errorOf(join(folder, 'model.pkl'))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_FORMAT_MISMATCH  this is a Python pickle, such as gensim's own files, which cannot be read
      in model.pkl
      in gensim call vectors.save_word2vec_format(path, binary=True) and read that file"
  `)
  await writeFile(join(folder, 'x.npz'), Buffer.from('PK\x03\x04\0\0\0\0\0\0'))
  expect(await errorOf(join(folder, 'x.npz'))).toMatch(
    /^EMBEDDING_FILE_FORMAT_MISMATCH {2}this is a zip archive/,
  )
  await writeFile(join(folder, 'x.bin.gz'), gzipSync(await readFile(join(FIXTURES, 'skipgram.bin'))))
  expect(await errorOf(join(folder, 'x.bin.gz'))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_FORMAT_MISMATCH  this is fastText .bin packed by gzip, which cannot be read
      in x.bin.gz
      unpack it first: gunzip FILE"
  `)
  await writeFile(join(folder, 'noise.bin'), Buffer.from([1, 2, 3, 0, 255, 10, 7, 7, 7, 7]))
  expect(await errorOf(join(folder, 'noise.bin'))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_FORMAT_UNKNOWN  the file is none of the known formats of word vectors
      found    "\\u0001\\u0002\\u0003\\u0000ÿ"
      in noise.bin, byte 0
      fastText .bin files from before 2017, and the raw .bin of GloVe, cannot be read: convert them to text
      name the format if you know it"
  `)
  expect(await errorOf(join(folder, 'missing.txt'))).toMatch(/^FILE_UNREADABLE/)
})

test('gzip that is damaged or cut off is an error; cut off it is read as far as it goes when allowed', async () => {
  const packed = gzipSync(await readFile(join(FIXTURES, 'gensim.txt')))
  await writeFile(join(folder, 'cut.txt.gz'), packed.subarray(0, -20))
  expect(await errorOf(join(folder, 'cut.txt.gz'))).toMatch(/^EMBEDDING_FILE_GZIP_DAMAGED/)
  const { report } = await readWordVectors(join(folder, 'cut.txt.gz'), { allowTruncated: true })
  expect(report.truncated).toBe(true)
  packed[40]! ^= 0xff
  await writeFile(join(folder, 'bad.txt.gz'), packed)
  expect(await errorOf(join(folder, 'bad.txt.gz'))).toMatch(/^EMBEDDING_FILE_GZIP_DAMAGED/)
})

test.each(['word2vec-binary', 'npy', 'safetensors'] as const)(
  'rows of %s are read on demand',
  async format => {
    const path = join(folder, format === 'npy' ? 'rows.npy' : `rows.${format}`)
    const words = golden.words.map(word => word.replace(' ', '_'))
    const vectors = new WordVectors({ words: WordTable.of(words), dimensions: 5, matrix: MATRIX })
    await writeWordVectors(path, vectors, { format })
    const file = await openWordVectors(path, { cachedRows: 2 })
    try {
      expect(file).toMatchObject({ format, count: 6, dimensions: 5 })
      for (const word of [...words, ...words.reverse()])
        expect(await file.get(word)).toEqual(vectors.get(word)!.slice())
      expect(await file.get('東京')).toBe(await file.get('東京'))
      expect(await file.get('unheard')).toBeUndefined()
      await expect(file.row(6)).rejects.toThrow(/^EMBEDDING_INDEX_OUT_OF_RANGE/)
    } finally {
      await file.close()
    }
  },
)

test('text cannot be opened for single rows', async () => {
  await expect(openWordVectors(join(FIXTURES, 'gensim.txt'))).rejects.toThrow(/^EMBEDDING_FORMAT_NOT_RANDOM/)
})

test('words that a format cannot hold are refused or escaped', async () => {
  const path = join(folder, 'spaces')
  const failure = await writeWordVectors(path, sample(), { format: 'word2vec-binary' }).catch(
    (error: unknown) => error,
  )
  expect(String(failure)).toMatchInlineSnapshot(`
    "ElmanError: EMBEDDING_WORD_UNWRITABLE  the word "new york" holds a space, which this format takes for its end
      in row 4
      write with words: 'escape' to put _ in its place, or as safetensors, which holds any word"
  `)
  await writeWordVectors(path, sample(), { format: 'word2vec-binary', words: 'escape' })
  expect((await readWordVectors(path)).vectors.has('new_york')).toBe(true)
  await writeWordVectors(path, sample(), { format: 'glove', words: 'keep' })
  expect((await readWordVectors(path)).vectors.has('new york')).toBe(true)
  const endless = new WordVectors({
    words: WordTable.of(['a\nb']),
    dimensions: 1,
    matrix: Float32Array.of(1),
  })
  await expect(writeWordVectors(path, endless, { format: 'glove', words: 'keep' })).rejects.toThrow(
    /^EMBEDDING_WORD_UNWRITABLE/,
  )
})

test('vectors that are not finite, and tables as fastText .bin, are not written', async () => {
  const wrong = new WordVectors({
    words: WordTable.of(['a', 'b']),
    dimensions: 1,
    matrix: Float32Array.of(1, Number.NaN),
  })
  await expect(
    writeWordVectors(join(folder, 'x'), wrong, { format: 'glove' }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_VECTORS_NOT_FINITE  the vector of "b" has a number that is not finite
      found    NaN
      in row 2, number 1
      did the training diverge? A lower learning rate helps]
  `)
  await expect(
    writeWordVectors(join(folder, 'x'), sample(), { format: 'fasttext-bin' }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_FORMAT_UNWRITABLE  a table of vectors cannot be written as fastText .bin
      a .bin needs the rows of the sub-words too: write a fastText model by writeFastText]
  `)
})

test('a safetensors file of something else is named as such', async () => {
  const { writeSafetensors, arrayOf } = await import('@elman/core')
  await writeSafetensors(join(folder, 'model.safetensors'), [['weight', arrayOf([1, 2])]])
  expect(await errorOf(join(folder, 'model.safetensors'))).toMatchInlineSnapshot(`
    "EMBEDDING_FILE_PARTS_INVALID  this safetensors file is none of word vectors
      expected tensors vectors, words and offsets
      found    weight
      in model.safetensors"
  `)
})
