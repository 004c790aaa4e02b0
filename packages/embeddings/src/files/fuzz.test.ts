/** Random damage: every file is read, or refused by an error of ours that says where; memory follows the file's size. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { isElmanError } from '@elman/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { WORD_VECTOR_FORMATS, type WordVectorFormat } from './formats.ts'
import { openWordVectors } from './open-word-vectors.ts'
import { readFastText } from './read-fasttext.ts'
import { readWordVectors } from './read-word-vectors.ts'
import { writeWordVectors } from './write-word-vectors.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const words = ['the', 'größer', '東京', 'a', '</s>', 'w7']
const matrix = Float32Array.from({ length: words.length * 4 }, (_, i) => Math.sin(i * 1.3))
const vectors = new WordVectors({ words: WordTable.of(words), dimensions: 4, matrix })

let folder: string
const whole = new Map<string, Buffer>()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-fuzz-'))
  for (const format of [
    'word2vec-text',
    'word2vec-binary',
    'glove',
    'fasttext-vec',
    'npy',
    'safetensors',
  ] as const) {
    const path = join(folder, `whole.${format}`)
    await writeWordVectors(path, vectors, { format })
    whole.set(format, await readFile(path))
  }
  const vocabulary = join(folder, 'whole.npy.vocab.txt')
  await writeFile(vocabulary, `${words.join('\n')}\n`)
  await writeWordVectors(join(folder, 'projector'), vectors, { format: 'projector' })
  whole.set('projector', await readFile(join(folder, 'projector', 'tensors.tsv')))
  whole.set('gzip', gzipSync(whole.get('word2vec-text')!))
  whole.set('fasttext-bin', await readFile(join(FIXTURES, 'skipgram.bin')))
  whole.set('fasttext-quantised', await readFile(join(FIXTURES, 'supervised-pruned.ftz')))
})
afterAll(() => rm(folder, { recursive: true }))

type Damage =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'put' | 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'remove' | 'repeat'; readonly at: number; readonly length: number }

const place = fc.double({ min: 0, max: 1, noNaN: true })
/** Most damage falls on the head, where the lengths are. */
const at = fc.oneof(
  place,
  place.map(value => value * 0.05),
)
const spiteful = fc.constantFrom(
  ...['nan', ' ', '\n', '\r\n', '\t', '1e400', '99999999999', '-1', '\0', '"', '{', '}}}}', ' inf '].map(
    text => Buffer.from(text),
  ),
  ...[
    [255, 255, 255, 255],
    [255, 255, 255, 127],
    [0, 0, 0, 128],
    [0xc3],
    [0xf0, 0x9f],
    [0, 0, 0, 0, 0, 0, 0, 1],
  ].map(bytes => Buffer.from(bytes)),
)
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({
    kind: fc.constantFrom('put' as const, 'insert' as const),
    at,
    bytes: fc.oneof(spiteful, fc.uint8Array({ minLength: 1, maxLength: 8 })),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'repeat' as const),
    at,
    length: fc.integer({ min: 1, max: 40 }),
  }),
)

function damaged(bytes: Buffer, harm: Damage): Buffer {
  const begin = Math.floor(harm.at * bytes.length)
  const [before, after] = [bytes.subarray(0, begin), bytes.subarray(begin)]
  switch (harm.kind) {
    case 'cut':
      return before
    case 'put':
      return Buffer.concat([before, harm.bytes, after.subarray(harm.bytes.length)])
    case 'insert':
      return Buffer.concat([before, harm.bytes, after])
    case 'remove':
      return Buffer.concat([before, after.subarray(harm.length)])
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, harm.length), after])
  }
}

/** Runs a reader; only an error of ours with a place may come out of it. */
async function outcome(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!isElmanError(error)) throw error
    expect(error.code).toMatch(/^(EMBEDDING_|SAFETENSORS_)/)
    expect(error.details.where, error.message).toBeTypeOf('string')
    if (/^EMBEDDING_.*(ROW|TRUNCATED|NOT_FINITE|WORD_TOO_LONG|FASTTEXT)/.test(error.code))
      expect(error.details.where, error.message).toMatch(/byte \d|line \d|row \d|word \d/)
  }
}

const FILES: readonly (readonly [string, string])[] = [
  ['word2vec-text', 'vectors.txt'],
  ['word2vec-binary', 'vectors.bin'],
  ['glove', 'vectors.txt'],
  ['fasttext-vec', 'vectors.vec'],
  ['npy', 'vectors.npy'],
  ['safetensors', 'vectors.safetensors'],
  ['projector', 'projector/tensors.tsv'],
  ['gzip', 'vectors.txt.gz'],
  ['fasttext-bin', 'model.bin'],
  ['fasttext-quantised', 'model.ftz'],
]

test.each(FILES)('damage to %s never gives another kind of failure', async (name, file) => {
  const path = join(folder, file)
  const named = WORD_VECTOR_FORMATS.find(format => format === name) ?? 'auto'
  const options = fc.record({
    format: fc.constantFrom<WordVectorFormat | 'auto'>('auto', named),
    allowTruncated: fc.boolean(),
    allowNonFinite: fc.boolean(),
  })
  const harms = fc.array(damage, { minLength: 1, maxLength: 3 })
  await writeFile(join(folder, 'vectors.vocab.txt'), `${words.join('\n')}\n`)
  await fc.assert(
    fc.asyncProperty(harms, options, async (list, choice) => {
      const bytes = list.reduce(damaged, whole.get(name)!)
      await writeFile(path, bytes)
      await outcome(async () => {
        const read = await readWordVectors(path, choice)
        expect(read.vectors.count).toBe(read.report.rows)
        if (name !== 'gzip')
          expect(read.vectors.matrix.buffer.byteLength).toBeLessThanOrEqual(8 * bytes.length + 4096)
      })
      if (name.startsWith('fasttext-') && name !== 'fasttext-vec')
        await outcome(async () => void (await readFastText(path)))
      else if (name !== 'projector')
        await outcome(async () => {
          const opened = await openWordVectors(path, { format: choice.format })
          try {
            for (let row = 0; row < opened.count; row++) await opened.row(row)
          } finally {
            await opened.close()
          }
        })
    }),
    { numRuns: 150, seed: 17 },
  )
})

test('arbitrary bytes, asked for as any format, are read or refused', async () => {
  const path = join(folder, 'noise')
  const text = fc
    .string({ unit: fc.constantFrom('0', '1', '.', ' ', '\n', 'a', 'é', '-', 'e', '\t', '\r') })
    .map(value => Buffer.from(value))
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(text, fc.uint8Array({ maxLength: 200 })),
      fc.constantFrom('auto' as const, ...WORD_VECTOR_FORMATS),
      async (bytes, format) => {
        await writeFile(path, bytes)
        await outcome(async () => void (await readWordVectors(path, { format, vocabulary: path })))
      },
    ),
    { numRuns: 600, seed: 23 },
  )
})
