import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { isElmanError } from '@elman/core'
import { vocabularyFromJson } from '@elman/text'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { randomSentences } from '../../fixtures/random-sentences.ts'
import {
  type NgramModel,
  readArpa,
  trainAbsoluteDiscounting,
  trainKatz,
  trainKneserNey,
  writeArpa,
} from '../index.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-arpa-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Puts text in a file. */
function file(text: string | Uint8Array, name = 'hand.arpa'): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

function vocabularyOf(tokens: string[], unit: 'word' | 'character' = 'word') {
  return vocabularyFromJson(
    {
      format: 'elman-vocabulary',
      version: 1,
      unit,
      lines: tokens.includes('<eos>') ? 'all' : 'none',
      unknown: tokens.includes('<unk>') ? '<unk>' : null,
      endOfSentence: tokens.includes('<eos>') ? '<eos>' : null,
      coverage: { types: tokens.length, keptTypes: tokens.length, tokens: 0, keptTokens: 0 },
      tokens,
      counts: tokens.map(() => 0),
    },
    'a test',
  )
}

// As SRILM writes: an empty line first, tabs, no weights where nothing follows.
const HAND = `
\\data\\
ngram 1=5
ngram 2=4
ngram 3=2

\\1-grams:
-0.9\t</s>
-99\t<s>\t-0.3
-1.5\t<unk>\t-0.05
-0.6\ta\t-0.2
-0.7\tb\t-0.4

\\2-grams:
-0.25\t<s> a\t-0.15
-0.35\ta b\t-0.1
-0.45\tb a
-0.55\tb </s>

\\3-grams:
-0.01\t<s> a b
-0.02\ta b </s>

\\end\\
`

test('a file made by hand gives the figures added up by hand', async () => {
  const { model, vocabulary, report } = await readArpa(file(HAND))
  expect(vocabulary.tokens).toEqual(['<eos>', '<unk>', 'a', 'b'])
  expect(vocabulary).toMatchObject({ endOfSentence: 0, unknown: 1, lines: 'all' })
  expect(report).toEqual({ counts: [5, 4, 2], missing: [], skipped: 0, implied: 0 })
  expect(model).toMatchObject({
    name: 'hand.arpa',
    sizes: [4, 4, 2],
    options: { order: 3, vocabularySize: 4 },
  })
  const logarithms = Array.from(
    model.tokenLogProbabilities(Int32Array.of(2, 3, 0, 3, 2, 1, 2, 2, 3, 0)), // a b . | b a <unk> a a b .
    value => value / Math.LN10,
  )
  const expected = [
    -0.25, // <s> a
    -0.01, // <s> a b
    -0.02, // a b </s>
    -0.3 - 0.7, // <s> → b
    -0.45, // of <s> b no weight is stored: b a
    -0.2 - 1.5, // b a stored without a weight, a → <unk>
    -0.05 - 0.6, // a <unk> not stored, <unk> → a
    -0.2 - 0.6, // a → a
    -0.35, // a a not stored: a b
    -0.02, // a b </s>
  ]
  logarithms.forEach((value, position) => {
    expect(value).toBeCloseTo(expected[position]!, 12)
  })
  expect(model.logProbability([2, 3], 2) / Math.LN10).toBeCloseTo(-0.1 - 0.45, 12) // weight of a b, then b a
})

test('what was read is written digit for digit; the head loses its empty line alone', async () => {
  const { model, vocabulary } = await readArpa(file(HAND))
  const again = join(folder, 'again.arpa')
  await writeArpa(again, model, vocabulary)
  expect(readFileSync(again, 'utf8')).toBe(HAND.slice(1))
})

const words = ['<eos>', 'le', 'chat', 'café', '日本', "don't", '<unk>', 'a', '\\end\\', 'e', 'f', 'g', 'N']
const ids = randomSentences(12, 2000, 7).map(id => (id === 12 ? 0 : id + 1)) // <eos> is id 0
const fresh = randomSentences(12, 1000, 8).map(id => (id === 12 ? 0 : id + 1))
const options = { order: 4, vocabularySize: 13, endOfSentence: 0 }
const models: NgramModel[] = [
  trainKneserNey(ids, options),
  trainAbsoluteDiscounting(ids, { ...options, order: 1 }),
  trainKatz(ids, options),
]

for (const model of models)
  for (const name of ['model.arpa', 'model.arpa.gz'])
    test(`${model.name} comes back from ${name} with the probabilities of its back-off form`, async () => {
      const vocabulary = vocabularyOf(words)
      await writeArpa(join(folder, name), model, vocabulary)
      const read = await readArpa(join(folder, name), { vocabulary })
      expect(read.model.tokenLogProbabilities(fresh)).toEqual(model.toBackoff().tokenLogProbabilities(fresh))
      expect(read.model.sizes).toEqual(model.toBackoff().sizes)
      await writeArpa(join(folder, 'second.arpa'), read.model, vocabulary)
      const first = readFileSync(join(folder, name))
      expect(readFileSync(join(folder, 'second.arpa'))).toEqual(
        name.endsWith('.gz') ? gunzipSync(first) : first,
      )
    })

test('seven digits, as SRILM writes, are a rounding and no more', async () => {
  const model = models[0]!
  await writeArpa(join(folder, 'short.arpa'), model, vocabularyOf(words), { digits: 7 })
  const text = readFileSync(join(folder, 'short.arpa'), 'utf8')
  expect(text).toMatch(/\n-\d\.\d{3,6}\tle chat café\t-?\d\.\d+\n/)
  const vocabulary = vocabularyOf(words)
  const { model: read } = await readArpa(join(folder, 'short.arpa'), { vocabulary })
  await writeArpa(join(folder, 'second.arpa'), read, vocabulary)
  expect(readFileSync(join(folder, 'second.arpa'), 'utf8')).toBe(text)
  expect(read.score(fresh).loss).toBeCloseTo(model.score(fresh).loss, 6)
})

test('models of characters have files: characters that divide a line are spelled', async () => {
  const vocabulary = vocabularyOf(['e', ' ', '\n', '\\', '日'], 'character')
  const model = trainKneserNey(Int32Array.of(0, 1, 2, 3, 4, 0, 0, 1, 2, 0, 1), {
    order: 3,
    vocabularySize: 5,
  })
  await writeArpa(join(folder, 'characters.arpa'), model, vocabulary)
  expect(readFileSync(join(folder, 'characters.arpa'), 'utf8')).toContain('\te <0x20> <0x0A>\n')
  for (const given of [vocabulary, undefined]) {
    const read = await readArpa(join(folder, 'characters.arpa'), { vocabulary: given })
    const at = (token: string) => read.vocabulary.idOf(token)!
    expect(read.model.logProbability([at('e'), at(' ')], at('\n'))).toBeCloseTo(
      model.logProbability([0, 1], 2),
      12,
    )
  }
})

test('a given vocabulary keeps its ids: words it lacks are left out, words the file lacks are <unk>', async () => {
  const vocabulary = vocabularyOf(['b', 'zebra', '<unk>', '<eos>'])
  const { model, report } = await readArpa(file(HAND), { vocabulary })
  expect(report).toEqual({ counts: [5, 4, 2], missing: ['zebra'], skipped: 1 + 3 + 2, implied: 0 })
  expect(model.logProbability([1], 0) / Math.LN10).toBeCloseTo(-0.05 - 0.7, 12)
  expect(model.logProbability([0], 1) / Math.LN10).toBeCloseTo(-0.4 - 1.5, 12)
  const closed = await readArpa(file(HAND), { vocabulary: vocabularyOf(['b', 'zebra', '<eos>']) })
  expect(closed.model.logProbability([0], 1)).toBe(Number.NEGATIVE_INFINITY)
})

test('KenLM’s way of writing is read: spaces, weights of 0, <s> of any probability, CR, text around', async () => {
  const text = HAND.replace('-99', '-1.2345').replace('-0.45\tb a', '-0.45 b a 0').replaceAll('\n', '\r\n')
  const { model } = await readArpa(file(`made by hand\r\n${text}and more`))
  const expected = (await readArpa(file(HAND, 'other.arpa'))).model
  const some = Int32Array.of(2, 3, 0, 3, 2, 1, 2, 2, 3, 0)
  expect(model.tokenLogProbabilities(some)).toEqual(expected.tokenLogProbabilities(some))
})

test('a file laid out as SRILM does has the probabilities that KenLM finds in it', async () => {
  // tools/goldens/ngram-arpa.py; KenLM adds single-precision numbers.
  const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
  const golden = JSON.parse(readFileSync(fixture('katz.json'), 'utf8')) as {
    lines: string[]
    scores: number[][]
  }
  const { model, vocabulary, report } = await readArpa(fixture('katz.arpa'))
  const ids = golden.lines.flatMap(line => [...line.split(' '), '<eos>'].map(word => vocabulary.idOf(word)!))
  const got = model.tokenLogProbabilities(Int32Array.from(ids))
  const expected = golden.scores.flat()
  expect(got.length).toBe(expected.length)
  expected.forEach((value, position) => {
    expect(got[position]! / Math.LN10).toBeCloseTo(value, 5)
  })
  expect(report).toMatchObject({ missing: [], skipped: 0, implied: 0 })
  // Written with as many digits, it is the same file but for the empty line in front and weights of 0.
  const again = join(folder, 'again.arpa')
  await writeArpa(again, model, vocabulary, { digits: 7 })
  const original = readFileSync(fixture('katz.arpa'), 'utf8')
  expect(readFileSync(again, 'utf8')).toBe(original.slice(1).replaceAll(/\t-?0\n/g, '\n'))
})

test('a pruned file may lack the context of an n-gram', async () => {
  const pruned = HAND.replace('ngram 2=4', 'ngram 2=3').replace('-0.35\ta b\t-0.1\n', '')
  const { model, vocabulary, report } = await readArpa(file(pruned))
  expect(report.implied).toBe(1)
  expect(model.sizes).toEqual([4, 3, 2])
  expect(model.logProbability([2, 3], 0) / Math.LN10).toBeCloseTo(-0.02, 12) // a b </s> is there all the same
  expect(model.logProbability([2, 2], 3) / Math.LN10).toBeCloseTo(-0.2 - 0.7, 12) // a b is not
  await writeArpa(join(folder, 'pruned.arpa'), model, vocabulary)
  expect(readFileSync(join(folder, 'pruned.arpa'), 'utf8')).toBe(pruned.slice(1))
})

test('a file without </s> or <s> is read as a stream', async () => {
  const { model, vocabulary } = await readArpa(
    file('\\data\\\nngram 1=2\n\\1-grams:\n-0.3 a\n-0.3 b\n\\end\\\n'),
  )
  expect(vocabulary.endOfSentence).toBeUndefined()
  expect(model.score(Int32Array.of(0, 1, 0)).loss).toBeCloseTo(0.3 * Math.LN10, 12)
})

const failures: [string, string | Uint8Array][] = [
  ['no head', 'a word and a word\n'],
  ["KenLM's binary form", 'mmap lm http://kheafield.com/code format version 5\n\0\0'],
  ['a head of something else', '\\data\\\nngrams 1=2\n'],
  ['an order left out', '\\data\\\nngram 1=5\nngram 3=2\n'],
  ['fewer n-grams than declared', HAND.replace('ngram 2=4', 'ngram 2=5')],
  ['more n-grams than declared', HAND.replace('ngram 2=4', 'ngram 2=3')],
  [
    'a number of n-grams that no machine could hold',
    HAND.replace('ngram 3=2', 'ngram 3=99999999999999999999'),
  ],
  ['a section left out', HAND.replace(/\\2-grams:[^\\]*/, '')],
  ['the last section left out', HAND.replace(/\\3-grams:[^\\]*/, '')],
  ['a field too many', HAND.replace('-0.55\tb </s>', '-0.55\tb </s> a -0.1')],
  ['a field too few', HAND.replace('-0.55\tb </s>', '-0.55\tb')],
  ['a weight at the highest order', HAND.replace('<s> a b', '<s> a b\t-0.5')],
  ['a probability that is no number', HAND.replace('-0.55', '-0,55')],
  ['a weight that is no number', HAND.replace('-0.15', 'nan')],
  ['a probability above 1', HAND.replace('-0.55', '0.55')],
  ['an n-gram twice', HAND.replace('b </s>\n', 'b a\n')],
  ['a word twice', HAND.replace('-0.7\tb', '-0.7\ta')],
  ['a word in two spellings', HAND.replace('-0.7\tb', '-0.7\t<UNK>')],
  ['a word without a unigram', HAND.replace('-0.45\tb a', '-0.45\tzèbre a')],
  ['a word that is not UTF-8', Buffer.from(HAND.replace('-0.7\tb', '-0.7\t\xff'), 'latin1')],
  ['no end', HAND.replace('\\end\\\n', '')],
  ['no n-grams', '\\data\\\nngram 1=0\n\\end\\\n'],
  ['cut gzip', gzipSync(HAND).subarray(0, 100)],
]

test('what is wrong with a file is said, with its line', async () => {
  const texts: Record<string, string> = {}
  for (const [name, content] of failures) {
    const path = file(content)
    texts[name] = await readArpa(path).then(
      () => 'was read',
      error => String(error).replaceAll(path, 'FILE'),
    )
  }
  expect(texts).toMatchSnapshot()
})

test('what cannot be written is said', async () => {
  const path = join(folder, 'none.arpa')
  const model = trainKneserNey(Int32Array.of(0, 1, 2), { order: 1, vocabularySize: 3 })
  const write = (tokens: string[], digits?: number) =>
    writeArpa(path, model, vocabularyOf(tokens), { digits }).then(() => 'written', String)
  expect(await write(['a', 'b'])).toMatchInlineSnapshot(`
    "ElmanError: ARPA_VOCABULARY_SIZE  the vocabulary is not the one of the n-gram model
      expected 3 tokens
      found    2 tokens"
  `)
  expect(await write(['a', ' ', '<0x20>'])).toMatchInlineSnapshot(`
    "ElmanError: ARPA_WORD_AMBIGUOUS  an ARPA file cannot tell the token "<0x20>" from another
      found    it would be written "<0x20>", like " "
      save the model by saveNgramModel, which keeps ids, not words"
  `)
  expect(await write(['a', 'b', '<s>'])).toMatchInlineSnapshot(`
    "ElmanError: ARPA_WORD_AMBIGUOUS  an ARPA file cannot tell the token "<s>" from another
      found    it would be written "<s>", like the start of a sentence
      save the model by saveNgramModel, which keeps ids, not words"
  `)
  expect(await write(['a', 'b', 'c'], 0)).toMatchInlineSnapshot(`
    "ElmanError: ARPA_DIGITS_INVALID  ARPA files hold numbers of some significant digits
      expected a whole number from 1 to 17, or none to keep them all
      found    0"
  `)
})

test('damage is an error or another model, never anything else', async () => {
  const bytes = Buffer.from(HAND)
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(8), async (at, byte, cut) => {
      const copy = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + cut)])
      try {
        const { model } = await readArpa(file(copy, 'damaged.arpa'))
        expect(model.distribution([0]).length).toBe(model.options.vocabularySize)
      } catch (error) {
        if (!isElmanError(error)) throw error
        refused++
      }
    }),
    { numRuns: 500, seed: 1 },
  )
  expect(refused).toBeGreaterThan(200)
})
