import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundledFolder } from '@elman/text'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { countWords } from './count-words.ts'
import { encodeCorpus, openEncodedCorpus, readIds, shardCorpus } from './encoded-corpus.ts'
import { readText } from './read-text.ts'
import { buildEmbeddingVocabulary } from './vocabulary.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-corpus-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `text-${files++}`)
  writeFileSync(path, content)
  return path
}
const plainly = (error: Error): string => error.message.replaceAll(folder, '…').replace(/text-\d+/, 'text')
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

async function textOf(path: string, chunkBytes: number): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of readText(path, { chunkBytes })) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('latin1')
}

async function idsOf(path: string, ids: number): Promise<number[]> {
  const all: number[] = []
  for await (const piece of readIds({ path, ids }, { blockIds: 3 })) all.push(...piece)
  return all
}

test('plain text, gzip and gzip members one after the other read the same, whatever the size of a read', async () => {
  const text = Array.from({ length: 500 }, (_, i) => `word${i * i}`).join(' ')
  const cut = 1234
  const members = Buffer.concat([gzipSync(text.slice(0, cut)), gzipSync(''), gzipSync(text.slice(cut))])
  const padded = Buffer.concat([gzipSync(text), new Uint8Array(512)])
  for (const content of [text, gzipSync(text), members, padded])
    for (const chunkBytes of [1, 7, 64, 1 << 18]) expect(await textOf(fileOf(content), chunkBytes)).toBe(text)
  for (const short of ['', 'a', '\x1f']) expect(await textOf(fileOf(short), 1)).toBe(short)
})

test('a gzip file that is cut off, damaged or followed by something else is refused with the byte', async () => {
  const whole = gzipSync(Array.from({ length: 1000 }, (_, i) => `${i * i}`).join(' '))
  const drain = (content: Uint8Array): Promise<string> =>
    textOf(fileOf(content), 64).then(() => 'no error', plainly)
  expect(await drain(whole.subarray(0, 1500))).toMatchInlineSnapshot(`
    "EMBEDDING_GZIP_DAMAGED  a gzip file ends in the middle
      found    the end of the file at byte 1500
      in …/text
      it was not copied whole: fetch or make it again"
  `)
  const damaged = Buffer.from(whole)
  damaged.fill(0xff, 700, 720)
  expect(await drain(damaged)).toMatchInlineSnapshot(`
    "EMBEDDING_GZIP_DAMAGED  a gzip file is damaged
      found    incorrect data check, at or before byte 2909
      in …/text
      fetch or make it again"
  `)
  expect(await drain(Buffer.concat([whole, Buffer.from('more text')]))).toMatchInlineSnapshot(`
    "EMBEDDING_GZIP_DAMAGED  a gzip file is damaged
      found    incorrect header check, at or before byte 2916
      in …/text
      fetch or make it again"
  `)
  for (let end = 2; end < whole.length; end += 97)
    expect(await drain(whole.subarray(0, end))).toContain(`at byte ${end}`)
})

test('words are counted in the order in which they first occur; several files are one text', async () => {
  const [first, second] = ['b a b\n\na\n', 'c b']
  const counts = await countWords([fileOf(first), fileOf(gzipSync(second))])
  expect([...counts.words]).toEqual(['b', 'a', 'c'])
  expect([...counts.counts]).toEqual([3, 2, 1])
  expect(counts).toMatchObject({ tokens: 6, sentences: 3, bytes: first.length + second.length })
  expect(counts.sha256).toBe(sha256(`${sha256(first)}\n${sha256(second)}\n`))
  const one = await countWords([fileOf(gzipSync(first))])
  expect(one.sha256).toBe(sha256(first))
})

test('a file ends a word and a sentence', async () => {
  const counts = await countWords([fileOf('a b'), fileOf('c')], { lines: 'ignore' })
  expect([...counts.words]).toEqual(['a', 'b', 'c'])
  expect(counts.sentences).toBe(2)
})

test('a corpus is the ids of the known words, -1 behind each sentence that has any', async () => {
  const path = fileOf('a b a x\nx\n\nb a\n')
  const vocabulary = buildEmbeddingVocabulary(await countWords([path]), { minimumCount: 2, maximumSize: 2 })
  const target = join(folder, 'ids')
  const corpus = await encodeCorpus([path], vocabulary, target)
  expect(await idsOf(target, corpus.ids)).toEqual([0, 1, 0, -1, 1, 0, -1])
  expect(corpus).toMatchObject({ path: target, ids: 7, tokens: 5, sentences: 2, cutSentences: 0, words: 2 })
  expect(corpus.sha256).toBe(sha256(readFileSync(target)))
  expect(await openEncodedCorpus(target, { vocabulary, options: {}, verify: true })).toEqual(corpus)
})

test('a sentence longer than allowed is cut into pieces, and that is counted', async () => {
  const path = fileOf('a a a a a a a\na a a\na\n')
  const vocabulary = buildEmbeddingVocabulary(await countWords([path]), { minimumCount: 1 })
  const target = join(folder, 'cut')
  const corpus = await encodeCorpus([path], vocabulary, target, { maximumSentence: 3 })
  expect(await idsOf(target, corpus.ids)).toEqual([0, 0, 0, -1, 0, 0, 0, -1, 0, -1, 0, 0, 0, -1, 0, -1])
  expect(corpus).toMatchObject({ tokens: 11, sentences: 5, cutSentences: 1 })
})

test('what was encoded decodes to the same sentences, over the edges of every buffer', async () => {
  const path = join(bundledFolder('wiki-sample'), 'wiki.train.tokens')
  const options = { lowercase: true, wordsOnly: true, maximumSentence: 50 }
  const vocabulary = buildEmbeddingVocabulary(await countWords([path], options), { minimumCount: 1 })
  const corpus = await encodeCorpus([path], vocabulary, join(folder, 'wiki'), options)
  const expected: string[] = []
  for (const line of readFileSync(path, 'utf8').toLowerCase().split('\n')) {
    const words = line.split(/[ \t\r]+/).filter(word => /[\p{L}\p{N}]/u.test(word))
    for (let at = 0; at < words.length; at += 50) expected.push(...words.slice(at, at + 50), '\n')
  }
  let at = 0
  for await (const ids of readIds(corpus))
    for (const id of ids) {
      const word = id < 0 ? '\n' : vocabulary.words.at(id)
      if (word !== expected[at++]) expect.fail(`word ${at - 1} is ${word}, not ${expected[at - 1]}`)
    }
  expect(at).toBe(expected.length)
})

test('parts of a corpus are whole sentences, together the corpus, and about as long as each other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      async (lengths, shards) => {
        const ids = Int32Array.from(lengths.flatMap(length => [...Array(length).fill(0), -1]))
        const path = fileOf(new Uint8Array(ids.buffer))
        const parts = await shardCorpus({ path, ids: ids.length, words: 1 }, shards)
        expect(parts).toHaveLength(shards)
        expect(parts[0]!.begin).toBe(0)
        expect(parts.at(-1)!.end).toBe(ids.length)
        parts.forEach(({ begin, end, tokens }, i) => {
          if (i > 0) expect(begin).toBe(parts[i - 1]!.end)
          const part = ids.subarray(begin, end)
          expect(tokens).toBe(part.filter(id => id === 0).length)
          if (part.length > 0) expect(part.at(-1)).toBe(-1)
          expect(Math.abs(end - ((i + 1) * ids.length) / shards)).toBeLessThan(10)
        })
      },
    ),
    { seed: 3, numRuns: 60 },
  )
})

test('an id that is no word is found before anything trains on it', async () => {
  const shard = (ids: readonly number[], length = ids.length): Promise<unknown> => {
    const path = fileOf(new Uint8Array(Int32Array.from(ids).buffer))
    return shardCorpus({ path, ids: length, words: 3 }, 2).then(() => 'no error', plainly)
  }
  expect(await shard([0, 2, -1])).toBe('no error')
  expect(await shard([])).toBe('no error')
  expect(await shard([0, -1, 3, -1])).toMatchInlineSnapshot(`
    "EMBEDDING_CORPUS_UNREADABLE  an encoded corpus cannot be used
      expected ids from -1 to 2
      found    3 at byte 8
      in …/text
      encode the text again"
  `)
  expect(await shard([0, -2, -1])).toContain('found    -2 at byte 4')
  expect(await shard([0, -1, 0])).toContain('expected -1 at the end')
  expect(await shard([0, -1], 3)).toContain('expected 3 ids')
})

test('an encoded corpus that is not what its sidecar says is refused', async () => {
  const path = fileOf('a b a b\n')
  const vocabulary = buildEmbeddingVocabulary(await countWords([path]), { minimumCount: 1 })
  const target = join(folder, 'checked')
  await encodeCorpus([path], vocabulary, target)
  const ids = readFileSync(target)
  const failure = (expected = {}): Promise<string> =>
    openEncodedCorpus(target, expected).then(() => 'no error', plainly)
  expect(await failure({ options: { lowercase: true } })).toMatchInlineSnapshot(`
    "EMBEDDING_CORPUS_STALE  the encoded corpus was made with other text options
      in …/checked
      encode the text again"
  `)
  const other = buildEmbeddingVocabulary(await countWords([fileOf('b a b')]), { minimumCount: 1 })
  expect(await failure({ vocabulary: other })).toContain('another vocabulary')
  writeFileSync(target, ids.subarray(0, 8))
  expect(await failure()).toMatchInlineSnapshot(`
    "EMBEDDING_CORPUS_UNREADABLE  an encoded corpus cannot be used
      expected 20 bytes, as its sidecar says
      found    8 bytes
      in …/checked
      encode the text again"
  `)
  writeFileSync(target, Buffer.from(ids).fill(0, 0, 4).fill(1, 0, 1))
  expect(await failure()).toBe('no error')
  expect(await failure({ verify: true })).toContain('EMBEDDING_CORPUS_UNREADABLE')
  writeFileSync(`${target}.json`, '{"format": "elman-encoded-corpus", "version": 2}')
  expect(await failure()).toContain('found    version:')
  writeFileSync(`${target}.json`, '{')
  expect(await failure()).toContain('expected JSON')
  rmSync(`${target}.json`)
  expect(await failure()).toContain('expected the sidecar of an encoded corpus\n  found    none')
})

test('a text without a known word is refused, and what was there before stays whole', async () => {
  const path = fileOf('a b a b\n')
  const vocabulary = buildEmbeddingVocabulary(await countWords([path]), { minimumCount: 1 })
  const target = join(folder, 'kept')
  const before = await encodeCorpus([path], vocabulary, target)
  const failed = await encodeCorpus([fileOf('x y z')], vocabulary, target).then(() => 'no error', plainly)
  expect(failed).toMatchInlineSnapshot(`
    "EMBEDDING_CORPUS_EMPTY  the text has no word of the vocabulary
      in …/text
      was the vocabulary made with the same options (lowercase, wordsOnly, phrases)?"
  `)
  expect(await openEncodedCorpus(target, { verify: true })).toEqual(before)
})

test('work that is stopped leaves no file behind; progress ends at the size of the files', async () => {
  const path = fileOf('word '.repeat(300_000))
  const vocabulary = buildEmbeddingVocabulary(await countWords([path]), {})
  const place = mkdtempSync(join(folder, 'stopped-'))
  const controller = new AbortController()
  const stopping = encodeCorpus([path], vocabulary, join(place, 'ids'), {
    signal: controller.signal,
    onProgress: () => {},
  })
  controller.abort(new Error('stopped by the test'))
  await expect(stopping).rejects.toThrow('stopped by the test')
  expect(readdirSync(place)).toEqual([])
  const seen: number[] = []
  await countWords([path], { onProgress: ({ done, total }) => seen.push(done / total) })
  expect(seen.at(-1)).toBe(1)
})

test('a file that is not there is named, and gzip text can be stopped too', async () => {
  await expect(countWords([join(folder, 'absent')])).rejects.toThrow('TEXT_FILE_UNREADABLE')
  const path = fileOf(gzipSync('word '.repeat(3_000_000), { level: 0 }))
  const controller = new AbortController()
  const stopping = countWords([path], {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('stopped by the test')),
  })
  await expect(stopping).rejects.toThrow('stopped by the test')
})

test('options that mean nothing are refused', async () => {
  await expect(countWords([], { maximumSentence: 0 })).rejects.toThrow('EMBEDDING_OPTION_INVALID')
  await expect(countWords('text' as unknown as string[])).rejects.toThrow('expected a list of file names')
})
