/** Sequences and batches: what they may hold, and that they come back from any position. */
import { random } from '@elman/core'
import { trainWordPiece } from '@elman/text'
import { expect, test } from 'vitest'
import { layOutSequences } from './lay-out-sequences.ts'
import { type MaskedBatchOptions, maskedBatches } from './masked-batches.ts'
import { maskedTokenIds } from './special-tokens.ts'
import { documentCount, encodeDocuments, sentenceTotal, type TokenDocuments } from './token-documents.ts'

/** `count` documents of 1 … 6 sentences of 1 … 9 tokens; ids tell the document: 100 · (document + 1) + place. */
function made(count: number): TokenDocuments {
  const draws = random.uniform(random.key(5), 1000, 'float64')
  const [ids, sentences, documents] = [[] as number[], [] as number[], [] as number[]]
  let draw = 0
  for (let d = 0; d < count; d++) {
    documents.push(sentences.length)
    let place = 0
    for (let s = 0; s < 1 + Math.floor(6 * draws[draw++]!); s++) {
      sentences.push(ids.length)
      for (let t = 0; t < 1 + Math.floor(9 * draws[draw++ % 1000]!); t++) ids.push(100 * (d + 1) + place++)
    }
  }
  const all = Int32Array.from(ids)
  return {
    ...{ ids: all, words: Int32Array.from(all.keys()) },
    sentences: Int32Array.from([...sentences, ids.length]),
    documents: Int32Array.from([...documents, sentences.length]),
  }
}
const documentOf = (text: TokenDocuments, at: number) => Math.floor(text.ids[at]! / 100)

test('without a second text every token comes once, in order, and never two documents in one sequence', () => {
  const text = made(30)
  for (const shortSequences of [0, 0.5]) {
    const options = { length: 12, nextSentence: false, shortSequences }
    const sequences = layOutSequences(text, options, random.key(1))
    let at = 0
    for (const { first, second } of sequences) {
      expect(second).toBeUndefined()
      expect(first[0]).toBe(at)
      expect(first[1] - first[0]).toBeLessThanOrEqual(10)
      expect(documentOf(text, first[0])).toBe(documentOf(text, first[1] - 1))
      at = first[1]
    }
    expect(at).toBe(text.ids.length)
  }
  const lengths = (shortSequences: number) =>
    layOutSequences(text, { length: 12, nextSentence: false, shortSequences }, random.key(1)).length
  expect(lengths(0.5)).toBeGreaterThan(lengths(0))
})

test('of pairs the second text is the next of the same document or of another one, half and half', () => {
  const text = made(60)
  const options = { length: 24, nextSentence: true, shortSequences: 0.1 }
  let [next, other, several] = [0, 0, 0]
  for (let pass = 0; pass < 20; pass++) {
    for (const { first, second, isNext } of layOutSequences(
      text,
      options,
      random.foldIn(random.key(2), pass),
    )) {
      const [a, b] = [first, second!]
      expect(a[1]).toBeGreaterThan(a[0])
      expect(b[1]).toBeGreaterThan(b[0])
      expect(a[1] - a[0] + b[1] - b[0]).toBeLessThanOrEqual(21)
      expect(documentOf(text, a[0])).toBe(documentOf(text, a[1] - 1))
      expect(documentOf(text, b[0])).toBe(documentOf(text, b[1] - 1))
      expect(documentOf(text, a[0]) === documentOf(text, b[0])).toBe(isNext)
      if (isNext) {
        next += 1
        expect(b[0]).toBeGreaterThanOrEqual(a[1])
      } else other += 1
      if (isNext || a[1] - a[0] > 9) several += 1
    }
  }
  // A chunk of one sentence has no next: random ones are more than half.
  expect(next / (next + other)).toBeGreaterThan(0.3)
  expect(next / (next + other)).toBeLessThan(0.5)
  expect(several).toBeGreaterThan(0)
})

const special = { padding: 0, unknown: 1, classification: 2, separator: 3, mask: 4 }
const options = (changes: Partial<MaskedBatchOptions> = {}): MaskedBatchOptions => ({
  ...{
    batch: 4,
    length: 16,
    nextSentence: true,
    shortSequences: 0.2,
    special,
    vocabularySize: 9000,
    seed: 7,
  },
  masking: { type: 'dynamic', copies: 2, rate: 0.15, wholeWords: false },
  ...changes,
})
const take = (source: ReturnType<typeof maskedBatches>, count: number) =>
  Array.from({ length: count }, () => source.next())

test.each([
  ['pairs with masks drawn anew', {}],
  ['single texts of constant length', { nextSentence: false, shortSequences: 0 }],
  ['copies', { masking: { type: 'static', copies: 2, rate: 0.15, wholeWords: true } }],
] as const)('batches go on from any position as if they had not been left: %s', (_name, changes) => {
  const [a, b] = [maskedBatches(made(12), options(changes)), maskedBatches(made(12), options(changes))]
  const all = take(a, a.batchesBefore!(3))
  for (const start of [1, a.batchesBefore!(1), a.batchesBefore!(2) + 1]) {
    const c = maskedBatches(made(12), options(changes))
    take(c, start)
    b.restore(JSON.parse(JSON.stringify(c.position())))
    expect(take(b, all.length - start)).toEqual(all.slice(start))
  }
  expect(all.filter(({ startsEpoch }) => startsEpoch)).toHaveLength(3)
  for (const { arrays } of all) {
    expect(arrays.ids!.shape).toEqual([16, 4])
    expect(arrays.places!.shape).toEqual([4, 3])
  }
})

test('static masks come again after all copies, dynamic ones do not', () => {
  const masksOf = (type: 'static' | 'dynamic') => {
    const rules = { type, copies: 2, rate: 0.15, wholeWords: false }
    const source = maskedBatches(
      made(12),
      options({ masking: rules, batch: 1, nextSentence: false, shortSequences: 0 }),
    )
    return [0, 1, 2].map(() => {
      const rows = take(source, source.batchesPerEpoch).map(({ arrays }) =>
        JSON.stringify([...arrays.ids!.data]),
      )
      return rows.sort()
    })
  }
  const [a, b, c] = masksOf('static')
  expect(c).toEqual(a)
  expect(b).not.toEqual(a)
  expect(masksOf('dynamic')[2]).not.toEqual(masksOf('dynamic')[0])
})

test('rows hold [CLS], texts and [SEP] with their segments, and what was asked for stands in the targets', () => {
  const text = made(12)
  const { arrays } = maskedBatches(text, options({ batch: 1 })).next()
  const ids = Array.from(arrays.ids!.data, Number)
  for (const [n, weight] of [...arrays.weights!.data].entries())
    if (weight === 1) ids[Number(arrays.places!.data[n])] = Number(arrays.targets!.data[n])
  const length = Array.from(arrays.mask!.data, Number).reduce((sum, value) => sum + value, 0)
  expect(ids[0]).toBe(2)
  expect(ids[length - 1]).toBe(3)
  expect(ids.slice(length).every(id => id === 0)).toBe(true)
  const middle = ids.indexOf(3)
  expect(Array.from(arrays.segments!.data, Number).slice(0, length)).toEqual(
    Array.from({ length }, (_, i) => (i > middle ? 1 : 0)),
  )
  expect([0, 1]).toContain(Number(arrays.next!.data[0]))
})

test('a position of another text or layout is refused', () => {
  const source = maskedBatches(made(12), options())
  const other = maskedBatches(made(13), options())
  expect(() => source.restore(other.position())).toThrow(/^STREAM_POSITION_MISMATCH/)
})

test('documents begin where the rule says, and words have numbers of their own', () => {
  const lines = [
    ' = A town = ',
    '',
    ' It is old . ',
    '',
    ' = = History = = ',
    ' Long . ',
    ' = B = ',
    ' New . ',
  ]
  const tokenizer = trainWordPiece(lines, { minimumCount: 1, vocabularySize: 40 })
  const counts = (['heading', 'blank-line', 'line', 'none'] as const).map(rule =>
    documentCount(encodeDocuments(lines, tokenizer, rule)),
  )
  expect(counts).toEqual([2, 3, 6, 1])
  const text = encodeDocuments(lines, tokenizer, 'heading')
  expect(sentenceTotal(text)).toBe(6)
  for (let s = 1; s < 6; s++) {
    const at = text.sentences[s]!
    expect(text.words[at]).toBe(text.words[at - 1]! + 1)
  }
})

test('paragraphs are cut into sentences where it is asked for', () => {
  const lines = [' It is old . It was sold in 1.5 hours ! Why ? ', ' New . ']
  const tokenizer = trainWordPiece(lines, { minimumCount: 1, vocabularySize: 60 })
  const [whole, cut] = (['line', 'full-stop'] as const).map(rule =>
    encodeDocuments(lines, tokenizer, 'none', rule),
  )
  expect([sentenceTotal(whole!), sentenceTotal(cut!)]).toEqual([2, 4])
  expect(cut!.ids).toEqual(whole!.ids)
})

test('what cannot be laid out is refused with what to do', () => {
  const one = made(1)
  const none = { ...one, documents: Int32Array.of(0), sentences: Int32Array.of(0), ids: new Int32Array(0) }
  expect(() => layOutSequences(one, options(), random.key(1))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_ONE_DOCUMENT  next-sentence prediction needs other documents for the sentences that are not the next
      expected two documents at least in every split
      found    one
      choose how documents are told apart by "documents", or leave next-sentence prediction out]
  `)
  expect(() => layOutSequences(none, options(), random.key(1))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_NO_TEXT  a text has no documents for a masked language model
      give files with lines of text]
  `)
  expect(() =>
    maskedTokenIds({ kind: 'word', special: { unknown: 0, padding: 1 } }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_TOKENIZER  the tokenizer has not all tokens that a masked language model needs
      expected ids for [PAD], [UNK], [CLS], [SEP] and [MASK]
      found    kind word with unknown, padding
      use a tokenizer of type "word-piece"]
  `)
})
