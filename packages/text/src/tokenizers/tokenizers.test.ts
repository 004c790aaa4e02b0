import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContainer } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textDatasets } from '../plugin.ts'
import {
  byteTokenizer,
  loadTokenizer,
  saveTokenizer,
  TOKENIZER,
  type Tokenizer,
  tokenizerFromHuggingFace,
  tokenizerFromJson,
  trainByteBpe,
  trainCharacterTokenizer,
  trainWordBpe,
  trainWordPiece,
  trainWordTokenizer,
  writeTokenizer,
} from './index.ts'

const TEXTS = ['the cat sat on the mat', 'the dog saw the cat', 'cats and dogs, mats and hats: Über Ärger!']

const all: { readonly [name: string]: Tokenizer } = {
  word: trainWordTokenizer(TEXTS, { minimumCount: 1 }),
  byte: byteTokenizer(),
  character: trainCharacterTokenizer(TEXTS),
  wordPiece: trainWordPiece(TEXTS, { vocabularySize: 60 }),
  likelihood: trainWordPiece(TEXTS, { vocabularySize: 60, score: 'likelihood' }),
  byteBpe: trainByteBpe(TEXTS, { vocabularySize: 280 }),
  wordBpe: trainWordBpe(TEXTS, { vocabularySize: 70 }),
}
const unicode = fc.string({ unit: 'grapheme', maxLength: 60 })
const wellFormed = fc.string({ unit: 'binary', maxLength: 60 })

test('bytes and byte-level BPE give back every text', () => {
  for (const name of ['byte', 'byteBpe']) {
    fc.assert(
      fc.property(fc.oneof(unicode, wellFormed), text => {
        const tokenizer = all[name]!
        // A special token in the text would be taken for one.
        fc.pre(!text.includes('<|'))
        expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text)
      }),
      { seed: 7, numRuns: 300 },
    )
  }
})

test('offsets lie in the text in order, ids in the vocabulary, and all arrays have one entry a token', () => {
  for (const tokenizer of Object.values(all)) {
    fc.assert(
      fc.property(
        fc.oneof(unicode, wellFormed, fc.string({ unit: fc.constantFrom(...'the Catsdog😀é ') })),
        text => {
          const { ids, tokens, offsets, wordIndex, typeIds, attentionMask } = tokenizer.encode(text, {
            addSpecialTokens: false,
          })
          expect([
            tokens.length,
            offsets.length / 2,
            wordIndex.length,
            typeIds.length,
            attentionMask.length,
          ]).toEqual(new Array(5).fill(ids.length))
          ids.forEach((id, i) => {
            expect(tokenizer.tokenOf(id)).toBe(tokens[i])
            const [begin, end] = [offsets[2 * i]!, offsets[2 * i + 1]!]
            expect(begin <= end && end <= text.length && begin >= 0).toBe(true)
            if (i > 0) expect(begin >= offsets[2 * i - 2]!).toBe(true)
            if (i > 0) expect(wordIndex[i]! >= wordIndex[i - 1]!).toBe(true)
          })
        },
      ),
      { seed: 11, numRuns: 200 },
    )
  }
})

test('an empty text has no tokens but those of the template', () => {
  for (const [name, tokenizer] of Object.entries(all)) {
    const { tokens } = tokenizer.encode('')
    const added = { word: ['xxbos'], wordPiece: ['[CLS]', '[SEP]'], likelihood: ['[CLS]', '[SEP]'] }
    expect(tokens).toEqual(added[name as 'word'] ?? [])
  }
})

test('every tokenizer is the same after it was written and read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elman-tokenizer-'))
  try {
    for (const [name, tokenizer] of Object.entries(all)) {
      const path = join(folder, `${name}.json`)
      await saveTokenizer(tokenizer, path)
      const again = await loadTokenizer(path)
      expect(again.hash).toBe(tokenizer.hash)
      expect(again.encode(TEXTS[2]!)).toEqual(tokenizer.encode(TEXTS[2]!))
      expect(writeTokenizer(again)).toBe(writeTokenizer(tokenizer))
    }
    expect(new Set(Object.values(all).map(({ hash }) => hash)).size).toBe(Object.keys(all).length)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('training does not depend on the order of the texts', () => {
  const back = [...TEXTS].reverse()
  expect(trainByteBpe(back, { vocabularySize: 280 }).hash).toBe(all.byteBpe!.hash)
  expect(trainWordBpe(back, { vocabularySize: 70 }).hash).toBe(all.wordBpe!.hash)
  expect(trainWordPiece(back, { vocabularySize: 60 }).hash).toBe(all.wordPiece!.hash)
  expect(trainWordPiece(back, { vocabularySize: 60, score: 'likelihood' }).hash).toBe(all.likelihood!.hash)
  expect(trainWordTokenizer(back, { minimumCount: 1 }).hash).toBe(all.word!.hash)
})

test('BPE learns the most frequent pair first, of equals the one with the smaller ids', () => {
  const merges = (texts: string[]) => {
    const json = trainWordBpe(texts, { minimumCount: 1, vocabularySize: 1000 }).toJson()
    return (json as { model: { merges: string[][] } }).model.merges.map(pair => pair.join('+'))
  }
  // Sennrich et al. 2016, figure 1: low 5, lowest 2, newer 6, widest 3. we 8, lo 7, then ewe before newe: e has the smaller id.
  const figure = [
    ['low', 5],
    ['lowest', 2],
    ['newer', 6],
    ['widest', 3],
  ] as const
  const found = merges(figure.map(([word, times]) => `${word} `.repeat(times)))
  expect(found.slice(0, 4)).toEqual(['w+e', 'l+o', 'e+we', 'n+ewe'])
  expect(merges(['aaaa'])).toEqual(['a+a', 'a+a</w>', 'aa+aa</w>'])
})

test('WordPiece by likelihood prefers characters that always stand together', () => {
  const texts = ['qu qu ab ab ab ac ac ac db db db dc dc dc']
  const first = (score: 'count' | 'likelihood') =>
    trainWordPiece(texts, { vocabularySize: 15, score }).tokenOf(14) ?? 'none'
  const alphabet = trainWordPiece(texts, { vocabularySize: 14 })
  expect(alphabet.tokenOf(14)).toBeUndefined()
  expect([first('likelihood'), first('count')]).toEqual(['qu', 'ab'])
})

test('one word of a megabyte is cut and learned from in reasonable time', () => {
  const word = 'abcab'.repeat(200_000)
  const started = performance.now()
  const tokenizer = trainByteBpe([word], { vocabularySize: 270 })
  const { ids } = tokenizer.encode(word)
  expect(tokenizer.decode(ids)).toBe(word)
  expect(performance.now() - started).toBeLessThan(25_000) // quadratic time would be hours
  expect(tokenizer.encode(word).ids).toEqual(ids)
}, 60_000)

test('special tokens, masks and padding have their ids', () => {
  expect(all.wordPiece!.special).toEqual({ padding: 0, unknown: 1, classification: 2, separator: 3, mask: 4 })
  expect(all.word!.special).toEqual({ unknown: 0, padding: 1, beginning: 2, end: 3 })
  const json = all.wordPiece!.toJson() as object
  const padded = tokenizerFromHuggingFace({
    ...json,
    padding: { strategy: 'BatchLongest', direction: 'Right', pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' },
  })
  const [short, long] = padded.encodeBatch(['the', 'the cat sat'])
  expect(short!.ids.length).toBe(long!.ids.length)
  expect([...short!.attentionMask].filter(it => it === 1)).toHaveLength(padded.encode('the').ids.length)
  expect(padded.decode(short!.ids)).toBe('the')
})

test('the components of the plugin make the same tokenizers', async () => {
  const container = createContainer([textDatasets])
  const registry = container.registry(TOKENIZER)
  const names = registry.list().map(({ name }) => name)
  expect([...names].sort()).toEqual([
    'byte',
    'byte-bpe',
    'character',
    'file',
    'word',
    'word-bpe',
    'word-piece',
  ])
})

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return 'no error'
}

test('parts that are not known are errors that name them', () => {
  const json = all.wordPiece!.toJson() as { model: { vocab: object } }
  const changed = (change: object) => () => tokenizerFromHuggingFace({ ...json, ...change }, 'bert.json')
  expect(messageOf(changed({ normalizer: { type: 'Nmt' } }))).toMatchInlineSnapshot(`
    "TOKENIZER_PART_UNKNOWN  the tokenizer has a normalizer that is not supported
      expected BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend, Sequence
      found    "Nmt"
      in bert.json, normalizer
      without it the ids would be others; convert the tokenizer or leave it to its own library"
  `)
  const nested = { type: 'Sequence', pretokenizers: [{ type: 'UnicodeScripts' }] }
  expect(messageOf(changed({ pre_tokenizer: nested }))).toMatchInlineSnapshot(`
    "TOKENIZER_PART_UNKNOWN  the tokenizer has a pre-tokenizer that is not supported
      expected BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation, Digits, Split, ByteLevel, Metaspace, Sequence
      found    "UnicodeScripts"
      in bert.json, pre_tokenizer.pretokenizers.0
      without it the ids would be others; convert the tokenizer or leave it to its own library"
  `)
  expect(
    messageOf(changed({ model: { ...json.model, dropout: 0.1, type: 'BPE', merges: [] } })),
  ).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    model.dropout: null or 0: with BPE dropout a text has no fixed ids
      in bert.json
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  expect(messageOf(changed({ decoder: { type: 'CTC' } }))).toMatchInlineSnapshot(`
    "TOKENIZER_PART_UNKNOWN  the tokenizer has a decoder that is not supported
      expected ByteLevel, WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, Strip, Replace, Sequence
      found    "CTC"
      in bert.json, decoder
      without it the ids would be others; convert the tokenizer or leave it to its own library"
  `)
  expect(messageOf(changed({ extra: 1 }))).toMatchInlineSnapshot(`
    "TOKENIZER_PART_UNKNOWN  the tokenizer has a key that is not supported
      expected version, truncation, padding, added_tokens, normalizer, pre_tokenizer, post_processor, decoder, model
      found    "extra"
      in bert.json
      without it the ids would be others; convert the tokenizer or leave it to its own library"
  `)
  const split = { type: 'Split', pattern: { Regex: '(?<!a++)b' }, behavior: 'Isolated', invert: false }
  expect(messageOf(changed({ pre_tokenizer: split }))).toMatchInlineSnapshot(`
    "TOKENIZER_PATTERN_UNSUPPORTED  a regular expression of the tokenizer has no equal in JavaScript
      found    (?<!a++)b
      in bert.json, pre_tokenizer
      possessive quantifiers are not supported"
  `)
})

test('files that contradict themselves are refused', () => {
  const json = all.wordPiece!.toJson() as { model: object }
  const model = (part: object) => () =>
    tokenizerFromHuggingFace(
      { ...json, added_tokens: [], post_processor: null, model: { ...json.model, ...part } },
      'bert.json',
    )
  expect(messageOf(model({ vocab: { a: 0 } }))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    unk_token "[UNK]" is not in vocab
      in bert.json, model
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  expect(messageOf(model({ vocab: { '[UNK]': 0, a: 1, b: 1 } }))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    tokens "a" and "b" both have id 1
      in bert.json, model
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  expect(messageOf(model({ vocab: { a: -1 } }))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    model.vocab: a record of tokens with their ids
      in bert.json
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  const cls = { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 9999] }
  expect(messageOf(() => tokenizerFromHuggingFace({ ...json, post_processor: cls }))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    the template adds id 9999, which has no token
      in tokenizer.json
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  const bpe = { type: 'BPE', vocab: { a: 0 }, merges: ['a b'] }
  expect(messageOf(() => tokenizerFromHuggingFace({ model: bpe }))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    merge 0 names "b", which is not in vocab
      in tokenizer.json, model
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  expect(messageOf(() => tokenizerFromJson([]))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    not an object
      in the tokenizer
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  expect(messageOf(() => tokenizerFromJson({ format: 'x' }))).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    format "x"
      in the tokenizer
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
})

test('what cannot be is said', async () => {
  expect(messageOf(() => all.wordPiece!.decode([99_999]))).toMatchInlineSnapshot(`
    "TOKENIZER_ID_UNKNOWN  an id has no token
      expected an id of the tokenizer, which are below 45
      found    99999
      were these ids made by another tokenizer? compare the hashes"
  `)
  expect(messageOf(() => all.byte!.encode('a', { pair: 'b' }))).toMatchInlineSnapshot(`
    "TOKENIZER_NO_PAIRS  a byte tokenizer has no template for two texts
      encode the texts one by one, or use a WordPiece tokenizer"
  `)
  expect(messageOf(() => trainWordPiece([]))).toMatchInlineSnapshot(`
    "TOKENIZER_NO_TEXT  a tokenizer cannot be trained: the texts have no words
      give texts that are not empty; an iterator can be read only once"
  `)
  expect(messageOf(() => trainWordPiece(['abcdefgh'], { vocabularySize: 8 }))).toMatchInlineSnapshot(`
    "TOKENIZER_VOCABULARY_TOO_SMALL  the vocabulary has no room for the characters of the texts
      expected vocabularySize of at least 20
      found    8
      raise vocabularySize, lower maximumAlphabet, or train byte-level BPE"
  `)
  const levels = tokenizerFromHuggingFace({ model: { type: 'WordLevel', vocab: { yes: 0 } } })
  expect(messageOf(() => levels.encode('no'))).toMatchInlineSnapshot(`
    "TOKENIZER_TOKEN_UNKNOWN  the text has a part without token, and the tokenizer has no token for the unknown
      found    "no"
      use a tokenizer with an unknown token, or one over bytes"
  `)
  const truncation = { direction: 'Right', max_length: 2, strategy: 'OnlySecond', stride: 0 }
  const short = tokenizerFromHuggingFace({ ...(all.wordPiece!.toJson() as object), truncation })
  expect(messageOf(() => short.encode('the cat'))).toMatchInlineSnapshot(`
    "TOKENIZER_TRUNCATION  the tokens cannot be made few enough
      expected at most 2 tokens, 2 of them added by the template
      found    2 tokens, strategy OnlySecond
      raise truncation.max_length, or use strategy LongestFirst"
  `)
  const folder = mkdtempSync(join(tmpdir(), 'elman-tokenizer-'))
  try {
    writeFileSync(join(folder, 'a.json'), '{')
    const error = await loadTokenizer(join(folder, 'a.json')).catch((it: Error) => it)
    expect((error as Error).message.split('\n')[0]).toBe('TOKENIZER_INVALID  not a usable tokenizer file')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
