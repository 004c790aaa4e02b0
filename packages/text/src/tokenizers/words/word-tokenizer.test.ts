import { expect, test } from 'vitest'
import { tokenizerFromJson, writeTokenizer } from '../tokenizer-file.ts'
import type { WordPresetName } from './word-presets.ts'
import type { WordRule } from './word-rules.ts'
import { trainWordTokenizer, wordTokenizer } from './word-tokenizer.ts'

function tokens(text: string, options: { rules?: WordRule[]; preset?: WordPresetName } = {}): string {
  const tokenizer = trainWordTokenizer([text], { minimumCount: 1, ...options })
  return tokenizer.encode(text, { addSpecialTokens: false }).tokens.join('|')
}

test('each rule alone does what it says', () => {
  expect(tokens('a&amp;b<br />c &#233;&eacute; don#39;t &nosuch;', { rules: ['html'] })).toBe(
    "a|&|b|c|éé|do|n't|&|nosuch|;",
  )
  expect(tokens('2 @,@ 000 well @-@ known 1 @.@ 5 <unk>', { rules: ['html'] })).toBe(
    '2,000|well|-|known|1.5|xxunk',
  )
  expect(tokens('sooooo goo!!! 😀😀😀', { rules: ['repeated-characters'] })).toBe(
    's|xxrep|5|o|goo|xxrep|3|!|xxrep|3|😀',
  )
  expect(tokens('no no no, yes yes nono no no', { rules: ['repeated-words'] })).toBe(
    'xxwrep|3|no|,|yes|yes|nono|no|no',
  )
  expect(tokens('a/b#c', { rules: ['space-signs'] })).toBe('a|/|b|#|c')
  expect(tokens('HELLO I AM U2 Me', { rules: ['upper-case'] })).toBe('xxup|hello|i|xxup|am|xxup|u2|Me')
  expect(tokens('Hello A iPhone McX', { rules: ['capitals'] })).toBe('xxmaj|hello|a|iPhone|McX')
  expect(tokens('ÀÉ İ', { rules: ['lower-case'] })).toBe('àé|i̇')
  expect(tokens('a   b', { rules: ['single-spaces'] })).toBe('a|b')
  expect(tokens('Hello', { rules: [] })).toBe('Hello')
})

test('all rules together give what fastai gives', () => {
  expect(tokens('I SAW This moviiiie.')).toBe('i|xxup|saw|xxmaj|this|mov|xxrep|4|i|e|.')
})

test('the presets name and number the special tokens as their models do', () => {
  const ids = (preset: WordPresetName, names: string[]) => {
    const tokenizer = trainWordTokenizer(['a'], { preset })
    return names.map(name => tokenizer.idOf(name))
  }
  const names = 'xxunk xxpad xxbos xxeos xxfld xxrep xxwrep xxup xxmaj'.split(' ')
  expect(ids('fastai-v2', names)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(ids('fastai-v1', names)).toEqual([0, 1, 2, 3, 4, 7, 8, 6, 5])
  expect(ids('imdb-scripts', ['_unk_', '_pad_', 'xbos'])).toEqual([0, 1, 2])
  expect(tokens('OK GOOD Time', { preset: 'imdb-scripts' })).toBe('ok|t_up|good|time')
})

test('signs, numbers and contractions are words; of text cut already only white space divides', () => {
  expect(tokens("It's 1,234.50, don't... (e.g.) can’t we'll", { rules: [] })).toBe(
    "It|'s|1,234.50|,|do|n't|...|(|e|.|g|.|)|ca|n’t|we|'ll",
  )
  const plain = trainWordTokenizer(["don't stop ."], { split: 'white-space', rules: [], minimumCount: 1 })
  expect(plain.encode("don't stop .").tokens).toEqual(['xxbos', "don't", 'stop', '.'])
})

test('words come by count, equals by code point, up to the size and down to the count asked for', () => {
  const texts = ['c b a a d d d', 'e b']
  const all = trainWordTokenizer(texts, { minimumCount: 1, rules: [] })
  const words = (tokenizer: typeof all) => {
    return Array.from({ length: tokenizer.vocabularySize - 9 }, (_, i) => tokenizer.tokenOf(9 + i))
  }
  expect(words(all)).toEqual(['d', 'a', 'b', 'c', 'e'])
  expect(words(trainWordTokenizer(texts, { minimumCount: 2, rules: [] }))).toEqual(['d', 'a', 'b'])
  const many = Array.from({ length: 30 }, (_, i) => `w${i}`).join(' ')
  expect(trainWordTokenizer([many], { minimumCount: 1, maximumSize: 16 }).vocabularySize).toBe(16)
})

test('offsets point at the words that tokens were made from', () => {
  const text = 'Sooooo GOOD, no no no &amp; <br />Über'
  const tokenizer = trainWordTokenizer([text], { minimumCount: 1 })
  const { tokens: found, offsets, wordIndex, ids } = tokenizer.encode(text)
  const parts = found.map((token, i) => `${token}=${text.slice(offsets[2 * i], offsets[2 * i + 1])}`)
  expect(parts.join(' ')).toMatchInlineSnapshot(
    `"xxbos= s=S xxrep=ooooo 5=ooooo o=ooooo xxup=GOOD, good=GOOD ,=, xxwrep=no no no 3=no no no no=no no no &=&amp; über=Über"`,
  )
  expect([wordIndex[0], wordIndex[1], ids[0]]).toEqual([-1, 0, 2])
})

test('decoding undoes what the marks say', () => {
  const text = 'Hello THERE sooo no no no xxbos'
  const tokenizer = trainWordTokenizer([text], { minimumCount: 1 })
  const { ids } = tokenizer.encode(text)
  expect(tokenizer.decode(ids)).toBe('Hello THERE s ooo no no no')
  expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toContain('xxbos xxmaj hello xxup there')
})

test('marks without anything to mark are words', () => {
  const tokenizer = trainWordTokenizer(['a'], { minimumCount: 1 })
  const decode = (...names: string[]) => tokenizer.decode(names.map(name => tokenizer.idOf(name)!))
  expect(decode('xxmaj', 'xxup', 'a', 'xxrep', 'a', 'xxmaj')).toBe('xxmaj A xxrep a xxmaj')
  expect(tokenizer.decode(new Int32Array(100_000).fill(tokenizer.idOf('xxmaj')!))).toHaveLength(599_999)
})

test('a tokenizer is the same after it was written, and another has another hash', () => {
  const tokenizer = trainWordTokenizer(['The constructor of __proto__'], { minimumCount: 1 })
  const again = tokenizerFromJson(JSON.parse(writeTokenizer(tokenizer)))
  expect(again.hash).toBe(tokenizer.hash)
  expect([...again.encode('the __proto__').ids]).toEqual([...tokenizer.encode('the __proto__').ids])
  expect(trainWordTokenizer(['the'], { minimumCount: 1 }).hash).not.toBe(tokenizer.hash)
})

test('a hundred thousand repetitions take no quadratic time', () => {
  const capitals = `${'AB'.repeat(50_000)}c`
  expect(tokens(capitals)).toBe(capitals.toLowerCase())
  const text = `${'a '.repeat(50_000)}${'b'.repeat(100_000)}${' '.repeat(100_000)}`
  const tokenizer = trainWordTokenizer([text], { minimumCount: 1 })
  expect(tokenizer.encode(text, { addSpecialTokens: false }).tokens).toEqual([
    'xxwrep',
    '50000',
    'a',
    'xxrep',
    '100000',
    'b', // biome-ignore format: one group a mark
  ])
})

test('a file that contradicts itself is refused', () => {
  const file = {
    format: 'elman-word-tokenizer',
    version: 1,
    preset: 'fastai-v2',
    rules: [],
    split: 'white-space',
  }
  const message = (tokens: string[]) => {
    try {
      wordTokenizer({ ...file, tokens }, 'words.json')
    } catch (error) {
      return (error as Error).message
    }
    return 'accepted'
  }
  expect(message(['a'])).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    no token xxunk
      in words.json
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
  expect(message(['xxunk', 'a', 'a'])).toMatchInlineSnapshot(`
    "TOKENIZER_INVALID  not a usable tokenizer file
      found    a token appears twice
      in words.json
      was it written by Hugging Face tokenizers (tokenizer.json) or by elman?"
  `)
})
