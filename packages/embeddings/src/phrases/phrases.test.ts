import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledFolder } from '@elman/text'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { countWords } from '../corpus/count-words.ts'
import { encodeCorpus, openEncodedCorpus } from '../corpus/encoded-corpus.ts'
import { buildEmbeddingVocabulary } from '../corpus/vocabulary.ts'
import { findPhrases } from './find-phrases.ts'
import { PairTable } from './pair-table.ts'
import { readPhrases, writePhrases } from './phrase-file.ts'
import { type Phrase, PhraseModel } from './phrase-model.ts'
import { transformCorpus } from './transform-corpus.ts'

/** From word2phrase itself; see tools/goldens/embed-phrases.py. */
const golden = JSON.parse(readFileSync(new URL('./fixtures/phrases.json', import.meta.url), 'utf8')) as {
  cases: {
    minimumCount: number
    thresholds: number[]
    joined: Record<string, number>
    tokens: number
    sha256: string
  }[]
}
const folder = mkdtempSync(join(tmpdir(), 'elman-phrases-'))
afterAll(() => rmSync(folder, { recursive: true }))
const shakespeare = join(bundledFolder('tiny-shakespeare'), 'input.txt')
let files = 0
function fileOf(text: string | Uint8Array): string {
  const path = join(folder, `text-${files++}`)
  writeFileSync(path, text)
  return path
}
const phrase = (left: string, right: string): Phrase => ({
  left: Buffer.from(left),
  right: Buffer.from(right),
  score: 1,
})

for (const { minimumCount, thresholds, joined, tokens, sha256 } of golden.cases) {
  test(`the same tokens are joined as by word2phrase: minimum ${minimumCount}, thresholds ${thresholds}`, async () => {
    const model = await findPhrases([shakespeare], { minimumCount, thresholds, acrossSentences: true })
    const target = join(folder, `joined-${minimumCount}`)
    const written = await transformCorpus([shakespeare], model, target)
    const found: Record<string, number> = {}
    for (const word of readFileSync(target, 'utf8').split(/\s+/))
      if (word.includes('_')) found[word] = (found[word] ?? 0) + 1
    expect(found).toEqual(joined)
    expect(written).toMatchObject({ tokens, sha256 })
  })
}

test('the score is count over chance, less the minimum count', async () => {
  const path = fileOf(`${'new york is far\n'.repeat(6)}${'new is old\n'.repeat(4)}`)
  const model = await findPhrases([path], { minimumCount: 2, thresholds: [0.3] })
  // 36 words: new 10, york 6, is 10, far 6, old 4; "new york" 6 times, "york is" 6, "is far" 6, "new is" 4, "is old" 4
  const [phrases] = model.passes
  expect(phrases!.map(found => model.written(found))).toEqual([
    'new_york',
    'york_is',
    'is_far',
    'is_old',
    'new_is',
  ])
  const expected = [2.4, 2.4, 2.4, 1.8, 0.72]
  phrases!.forEach(({ score }, i) => {
    expect(score).toBeCloseTo(expected[i]!, 6)
  })
})

test('a sentence is joined from the left, a word at most once a pass, and later passes join what was joined', () => {
  const pairs = [phrase('new', 'york'), phrase('york', 'times'), phrase('a', 'a')]
  const once = new PhraseModel([pairs])
  expect(once.apply(['the', 'new', 'york', 'times', 'new'])).toEqual(['the', 'new_york', 'times', 'new'])
  expect(once.apply(['york', 'times', 'a', 'a', 'a'])).toEqual(['york_times', 'a_a', 'a'])
  const twice = new PhraseModel([pairs, [phrase('new_york', 'times')]], '_')
  expect(twice.apply(['new', 'york', 'times', 'york'])).toEqual(['new_york_times', 'york'])
  expect(twice.apply(['new'])).toEqual(['new'])
  expect(new PhraseModel([]).apply(['a', 'b'])).toEqual(['a', 'b'])
})

test('phrases do not reach over the end of a sentence, nor are such pairs counted unless asked for', async () => {
  const path = fileOf('left right\n'.repeat(10))
  const options = { minimumCount: 1, thresholds: [0] }
  const pairsOf = (model: PhraseModel): string[] => model.passes[0]!.map(found => model.written(found))
  expect(pairsOf(await findPhrases([path], options))).toEqual(['left_right'])
  const across = await findPhrases([path], { ...options, acrossSentences: true })
  expect(pairsOf(across)).toEqual(['left_right', 'right_left'])
  const target = join(folder, 'across')
  await transformCorpus([fileOf('right\nleft right\nleft\n')], across, target)
  expect(readFileSync(target, 'utf8')).toBe('right\nleft_right\nleft\n')
})

test('a model reads as it was written, with words whose bytes are not text', async () => {
  const odd: Phrase = { left: Uint8Array.of(0xff, 0x22), right: Buffer.from('"é\\'), score: 0.1 }
  const model = new PhraseModel([[odd, phrase('a', 'b')], [], [phrase('a_b', 'c')]], '~')
  const path = join(folder, 'model.json')
  await writePhrases(path, model)
  const read = await readPhrases(path)
  expect(read.sha256).toBe(model.sha256)
  expect(read.delimiter).toBe('~')
  const plain = (passes: PhraseModel['passes']): unknown =>
    passes.map(pass => pass.map(({ left, right, score }) => [[...left], [...right], score]))
  expect(plain(read.passes)).toEqual(plain(model.passes))
  await writePhrases(path, new PhraseModel([]))
  expect((await readPhrases(path)).passes).toEqual([])
})

test('a file that is not of phrases is refused', async () => {
  const path = fileOf('{"format":"elman-phrases","version":1,"delimiter":"_","passes":[[["a",7,1]]]}')
  const message = await readPhrases(path).catch((error: Error) => error.message.replace(path, '…'))
  expect(message).toMatchInlineSnapshot(`
    "EMBEDDING_PHRASES_UNREADABLE  a file of phrases cannot be used
      expected JSON as \`writePhrases\` writes it
      found    passes.0.0.1: Invalid input
      in …"
  `)
  await expect(readPhrases(fileOf('not JSON'))).rejects.toThrow('EMBEDDING_PHRASES_UNREADABLE')
  await expect(readPhrases(join(folder, 'absent'))).rejects.toThrow('ENOENT')
})

test('a corpus encoded with phrases is the corpus of the text written with them', async () => {
  const phrases = await findPhrases([shakespeare], { lowercase: true, thresholds: [50, 30] })
  const options = { lowercase: true, phrases }
  const written = join(folder, 'written')
  await transformCorpus([shakespeare], phrases, written, { lowercase: true })
  const counts = await countWords([shakespeare], options)
  expect([...counts.words].some(word => word.includes('_'))).toBe(true)
  const vocabulary = buildEmbeddingVocabulary(counts)
  const first = await encodeCorpus([shakespeare], vocabulary, join(folder, 'first'), options)
  const second = await encodeCorpus([written], vocabulary, join(folder, 'second'))
  expect(second.sha256).toBe(first.sha256)
  await expect(openEncodedCorpus(first.path, { options: { lowercase: true } })).rejects.toThrow(
    'EMBEDDING_CORPUS_STALE',
  )
})

test('with little memory the rarest pairs are forgotten, frequent ones stay', async () => {
  const rare = Array.from({ length: 3000 }, (_, i) => `new york w${i}`).join(' ')
  const options = { minimumCount: 5, thresholds: [0], maximumPairs: 50 }
  const model = await findPhrases([fileOf(rare)], options)
  expect(model.passes[0]!.map(found => model.written(found))).toEqual(['new_york'])
})

test('a pair table finds each pair under its number', () => {
  const numbers = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(fc.array(fc.tuple(numbers, fc.nat(3)), { maxLength: 200 }), pairs => {
      const table = new PairTable(1)
      const expected = new Map<string, number>()
      for (const [left, right] of pairs) {
        const key = `${left} ${right}`
        expect(table.indexOf(left, right)).toBe(expected.get(key) ?? -1)
        if (!expected.has(key)) expected.set(key, expected.size)
        expect(table.add(left, right)).toBe(expected.get(key))
      }
      expect(table.count).toBe(expected.size)
    }),
    { seed: 4 },
  )
})

test('options that mean nothing are refused', async () => {
  await expect(findPhrases([], { thresholds: [] })).rejects.toThrow('option thresholds')
  await expect(findPhrases([], { minimumCount: 0 })).rejects.toThrow('option minimumCount')
  await expect(findPhrases([], { delimiter: ' ' })).rejects.toThrow('option delimiter')
  const phrases = new PhraseModel([], '+')
  await expect(findPhrases([], { phrases, delimiter: '_' })).rejects.toThrow('expected "+", as in phrases')
})
