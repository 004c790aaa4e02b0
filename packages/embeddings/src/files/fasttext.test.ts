import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import goldens from './fixtures/fasttext.json' with { type: 'json' }
import { readFastText } from './read-fasttext.ts'
import { readWordVectors } from './read-word-vectors.ts'
import { writeFastText } from './write-fasttext.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const models = goldens.models as Record<string, { words: Record<string, number[]>; sentences: number[][] }>
const fileOf = (name: string) => join(FIXTURES, `${name}.${/quantised|pruned/.test(name) ? 'ftz' : 'bin'}`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-fasttext-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** fasttext prints five digits. */
function expectPrinted(ours: Float32Array | undefined, printed: readonly number[], what: string): void {
  const vector = ours ?? new Float32Array(printed.length)
  expect(vector.length, what).toBe(printed.length)
  for (const [i, value] of printed.entries())
    expect(Math.abs(vector[i]! - value), `${what}, number ${i}`).toBeLessThanOrEqual(
      1e-6 + 5.5e-5 * Math.abs(value),
    )
}

test.each(Object.keys(models))(
  '%s: known, unknown and non-ASCII words get the vectors that fasttext prints',
  async name => {
    const model = await readFastText(fileOf(name))
    for (const [word, printed] of Object.entries(models[name]!.words))
      expectPrinted(model.vectorOf(word), printed, word)
  },
)

test.each(Object.keys(models))('%s: sentences get the vectors that fasttext prints', async name => {
  const model = await readFastText(fileOf(name))
  for (const [i, printed] of models[name]!.sentences.entries())
    expectPrinted(model.sentenceVector(goldens.sentences[i]!), printed, goldens.sentences[i]!)
})

test('the table of all words is the .vec file that fasttext wrote beside the model', async () => {
  const printed = (await readWordVectors(join(FIXTURES, 'skipgram.vec'))).vectors
  const { vectors, report } = await readWordVectors(fileOf('skipgram'))
  expect(report).toMatchObject({ format: 'fasttext-bin', warnings: [] })
  expect([...vectors.words]).toEqual([...printed.words])
  expect(vectors.counts![0]).toBeGreaterThan(100)
  for (const word of vectors.words) expectPrinted(vectors.get(word), [...printed.get(word)!], word)
  expect((await readFastText(fileOf('skipgram'))).vectors.matrix).toEqual(vectors.matrix)
})

test('reading a model tells how far it is, up to the end', async () => {
  const seen: number[] = []
  const path = fileOf('skipgram')
  await readFastText(path, { onProgress: ({ done, total }) => seen.push(done / total) })
  expect(seen.at(-1)).toBe(1)
})

test('limit and keep pick words of a model', async () => {
  const { vectors } = await readWordVectors(fileOf('skipgram'), {
    keep: word => word.startsWith('w'),
    limit: 3,
  })
  expect(vectors.count).toBe(3)
  expect(vectors.counts).toHaveLength(3)
})

test('models without sub-words say that they spell no unknown words', async () => {
  const model = await readFastText(fileOf('no-subwords'))
  expect(model.spellsUnknownWords).toBe(false)
  expect(model.vectorOf('unheard')).toBeUndefined()
  expect((await readFastText(fileOf('skipgram'))).spellsUnknownWords).toBe(true)
})

test.each(['skipgram', 'cbow-hs', 'no-subwords', 'supervised', 'one-vs-all'])(
  '%s is written byte for byte as fasttext wrote it',
  async name => {
    const target = join(folder, `${name}.bin`)
    await writeFastText(target, await readFastText(fileOf(name)))
    expect((await readFile(target)).equals(await readFile(fileOf(name)))).toBe(true)
  },
)

test('quantised models, and models read without their output matrix, are not written', async () => {
  const target = join(folder, 'no.bin')
  await expect(
    writeFastText(target, await readFastText(fileOf('supervised-quantised'))),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_FORMAT_UNWRITABLE  a quantised fastText model cannot be written
      write the vectors of its words in another format]
  `)
  const half = await readFastText(fileOf('skipgram'), { output: false })
  await expect(writeFastText(target, half)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_FORMAT_UNWRITABLE  this fastText model was read without its output matrix and cannot be written
      read it with output: true]
  `)
})

test('a supervised model of version 11 has no sub-words, whatever its settings say', async () => {
  const bytes = await readFile(fileOf('supervised'))
  bytes.writeInt32LE(11, 4)
  const path = join(folder, 'version-11.bin')
  await writeFile(path, bytes)
  expect((await readFastText(path)).spellsUnknownWords).toBe(false)
})

test.each([
  ['version', 4, 13],
  ['setting below zero', 16, -1],
  ['loss', 32, 9],
  ['more words than bytes', 64, 2_000_000_000],
])('a wrong %s in the head is an error', async (_, at, value) => {
  const bytes = await readFile(fileOf('skipgram'))
  bytes.writeInt32LE(value, at)
  const path = join(folder, 'wrong.bin')
  await writeFile(path, bytes)
  await expect(readFastText(path)).rejects.toThrow(/^EMBEDDING_(FASTTEXT|FILE)_/)
})

test('a file cut anywhere is an error that names the byte', async () => {
  for (const name of ['skipgram', 'supervised-pruned']) {
    const bytes = await readFile(fileOf(name))
    for (let length = 64; length < bytes.length; length += 97) {
      const path = join(folder, 'cut.bin')
      await writeFile(path, bytes.subarray(0, length))
      await expect(readFastText(path), `${name} ${length}`).rejects.toThrow(
        /^EMBEDDING_(FILE_TRUNCATED|FASTTEXT_INVALID)[\s\S]*byte \d+/,
      )
    }
  }
})
