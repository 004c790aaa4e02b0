import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import type { WordVectorFormat } from './formats.ts'
import { readWordVectors } from './read-word-vectors.ts'
import { writeWordVectors } from './write-word-vectors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-vectors-'))
})
afterAll(() => rm(folder, { recursive: true }))

const WORDS = ['the', 'naïve', 'größer', '東京', '\u2028', 'a\u00a0b', '.', '0.5', '7']
function sample(dimensions = 5): WordVectors {
  const words = WordTable.of(WORDS)
  const matrix = Float32Array.from(
    { length: words.count * dimensions },
    (_, i) => Math.sin(i * 1.7) * 10 ** ((i % 13) - 8),
  )
  return new WordVectors({ words, dimensions, matrix })
}

const FORMATS: WordVectorFormat[] = [
  'word2vec-text',
  'word2vec-binary',
  'glove',
  'fasttext-vec',
  'safetensors',
]
test.each(FORMATS)('%s keeps every bit of words and vectors, told by the file alone', async format => {
  const path = join(folder, format === 'fasttext-vec' ? 'a.vec' : `a.${format}`)
  const vectors = sample()
  await writeWordVectors(path, vectors, { format })
  const { vectors: read, report } = await readWordVectors(path)
  expect(report).toMatchObject({
    format,
    rows: WORDS.length,
    rowsRead: WORDS.length,
    dimensions: 5,
    warnings: [],
  })
  expect([...read.words]).toEqual(WORDS)
  expect(read.matrix).toEqual(vectors.matrix)
})

test.each(FORMATS)('%s is read in part by limit and by keep', async format => {
  const path = join(folder, `part.${format}`)
  const vectors = sample()
  await writeWordVectors(path, vectors, { format })
  const first = await readWordVectors(path, { format, limit: 2 })
  expect([...first.vectors.words]).toEqual(['the', 'naïve'])
  expect(first.report.limited).toBe(true)
  const kept = await readWordVectors(path, { format, keep: word => word === '東京' || word === '.' })
  expect([...kept.vectors.words]).toEqual(['東京', '.'])
  expect(kept.vectors.get('.')).toEqual(vectors.get('.'))
  expect(kept.report.rowsFiltered).toBe(WORDS.length - 2)
})

test.each(FORMATS.slice(0, 4))('%s is read when packed by gzip', async format => {
  const path = join(folder, `packed.${format}`)
  const { matrix } = sample()
  await writeWordVectors(path, sample(), { format })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(`${path}.gz`, gzipSync(await readFile(path)))
  const { vectors, report } = await readWordVectors(`${path}.gz`, format === 'fasttext-vec' ? { format } : {})
  expect(report).toMatchObject({ format, compressed: true, rows: WORDS.length })
  expect(vectors.matrix).toEqual(matrix)
})

test('every finite float32 written exactly as text is read back bit by bit', async () => {
  const bits = new Int32Array(1)
  const float = new Float32Array(bits.buffer)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 64, maxLength: 64 }),
      async patterns => {
        const matrix = Float32Array.from(patterns, pattern => {
          bits[0] = pattern
          return Number.isFinite(float[0]!) ? float[0]! : 0
        })
        const path = join(folder, 'bits.txt')
        await writeWordVectors(
          path,
          new WordVectors({ words: WordTable.of(['x']), dimensions: 64, matrix }),
          { format: 'glove' },
        )
        const { vectors } = await readWordVectors(path)
        expect(new Int32Array(vectors.matrix.slice().buffer)).toEqual(new Int32Array(matrix.buffer))
      },
    ),
    { numRuns: 200, seed: 11 },
  )
})

test('counts stay with the vectors in safetensors, and come from a vocabulary file elsewhere', async () => {
  const { words, dimensions, matrix } = sample()
  const counts = Float64Array.from(WORDS, (_, i) => 100 - i)
  const own = join(folder, 'counts.safetensors')
  await writeWordVectors(own, new WordVectors({ words, dimensions, matrix, counts }), {
    format: 'safetensors',
  })
  expect((await readWordVectors(own)).vectors.counts).toEqual(counts)
  const { writeFile } = await import('node:fs/promises')
  await writeFile(
    join(folder, 'counts.vocab'),
    WORDS.slice(0, 3)
      .map((word, i) => `${word} ${i + 5}\n`)
      .join(''),
  )
  const text = join(folder, 'counts.txt')
  await writeWordVectors(text, sample(), { format: 'glove' })
  const { vectors } = await readWordVectors(text, { vocabulary: join(folder, 'counts.vocab') })
  expect([...vectors.counts!]).toEqual([5, 6, 7, 0, 0, 0, 0, 0, 0])
})
