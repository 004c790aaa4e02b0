import { ElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { kneserNeyConfig, trainKneserNey } from './index.ts'

/** Sentences over 0 … words − 1 with id `words` as their end, from a linear congruential generator, seed 7. */
function sampleText(words: number, tokens: number): Int32Array {
  let state = 7
  const ids = new Int32Array(tokens)
  for (let position = 0; position < tokens; position++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const uniform = state / 2 ** 32
    ids[position] = position % 9 === 8 ? words : Math.floor(words * uniform ** 3)
  }
  ids[tokens - 1] = words
  return ids
}

/**
 * The textbook's recursion over strings, written without the tables: counts by listing n-grams of padded
 * sentences, continuation counts as sets of left neighbours.
 */
function naiveKneserNey(sentences: readonly (readonly string[])[], order: number, vocabularySize: number) {
  const raw = new Map<string, number>()
  const left = new Map<string, Set<string>>()
  for (const sentence of sentences) {
    const padded = ['<s>', ...sentence]
    for (let end = 1; end < padded.length; end++) {
      for (let begin = Math.max(0, end - order + 1); begin <= end; begin++) {
        const gram = padded.slice(begin, end + 1).join(' ')
        raw.set(gram, (raw.get(gram) ?? 0) + 1)
        if (begin > 0) left.set(gram, (left.get(gram) ?? new Set()).add(padded[begin - 1]!))
      }
    }
  }
  const counts = new Map<string, number>()
  for (const [gram, count] of raw) {
    const length = gram.split(' ').length
    counts.set(gram, length === order || gram.startsWith('<s>') ? count : left.get(gram)!.size)
  }
  const discounts: [number, number, number][] = []
  for (let length = 1; length <= order; length++) {
    const n = [0, 0, 0, 0, 0]
    for (const [gram, count] of counts) if (gram.split(' ').length === length && count < 5) n[count]! += 1
    const y = n[1]! / (n[1]! + 2 * n[2]!)
    const d = [1, 2, 3].map(i => i - ((i + 1) * y * n[i + 1]!) / n[i]!) as [number, number, number]
    discounts.push(d.every((value, i) => value > 0 && value <= i + 1) ? d : [0.5, 1, 1.5])
  }
  const probability = (context: readonly string[], word: string): number => {
    const lower = context.length === 0 ? 1 / vocabularySize : probability(context.slice(1), word)
    const prefix = context.map(each => `${each} `).join('')
    const followers = [...counts].filter(
      ([gram]) => gram.startsWith(prefix) && gram.split(' ').length === context.length + 1,
    )
    if (followers.length === 0) return lower
    const total = followers.reduce((sum, [, count]) => sum + count, 0)
    const discount = (count: number) => discounts[context.length]![Math.min(count, 3) - 1]!
    const backoff = followers.reduce((sum, [, count]) => sum + discount(count), 0)
    const count = counts.get(prefix + word) ?? 0
    return ((count === 0 ? 0 : count - discount(count)) + backoff * lower) / total
  }
  return { probability, discounts }
}

const HAND_TEXT = Int32Array.of(0, 1, 0, 2, 3, 0, 1, 1, 3, 2, 0, 1, 3) // a b a c . | a b b . | c a b .

test('a corpus small enough for paper gives the probabilities worked out on paper', () => {
  const model = trainKneserNey(HAND_TEXT, { order: 2, vocabularySize: 4, endOfSentence: 3 })
  // Bigrams: <s>a 2, ab 3, ba 1, ac 1, c. 1, bb 1, b. 2, <s>c 1, ca 1. n1 = 6, n2 = 2, n3 = 1, n4 = 0:
  // Y = 6/10, D1 = 1 - 1.2/3 = 0.6, D2 = 2 - 1.8/2 = 1.1, D3+ = 3.
  // Left neighbours: a {<s>,b,c} 3, b {a,b} 2, c {a,<s>} 2, . {c,b} 2; no count of 1, so order 1 falls back.
  expect(model.discounts[1]!.countsOfCounts).toEqual([6, 2, 1, 0])
  expect(model.discounts[1]!.values[0]).toBeCloseTo(0.6, 12)
  expect(model.discounts[1]!.values[1]).toBeCloseTo(1.1, 12)
  expect(model.discounts[1]!.values[2]).toBeCloseTo(3, 12)
  expect(model.discounts[0]).toEqual({ countsOfCounts: [0, 3, 1, 0], values: [0.5, 1, 1.5], fallback: true })
  // p1(a) = (3 - 1.5)/9 + (1.5 + 3·1)/9 · 1/4 = 2.625/9;  p1(b) = (2 - 1)/9 + 4.5/9 · 1/4 = 2.125/9.
  // After a: total 4, mass taken off 3 + 0.6. p2(b|a) = (3 - 3)/4 + 3.6/4 · 2.125/9 = 0.2125.
  expect(Math.exp(model.logProbability([0], 1))).toBeCloseTo(0.2125, 12)
  // At the start: total 3, mass 1.1 + 0.6. p2(a|<s>) = (2 - 1.1)/3 + 1.7/3 · 2.625/9.
  expect(Math.exp(model.logProbability([3], 0))).toBeCloseTo(0.3 + (1.7 / 3) * (2.625 / 9), 12)
  // Nothing known of the past: the unigram.
  expect(Math.exp(model.logProbability([], 0))).toBeCloseTo(2.625 / 9, 12)
})

for (const order of [1, 2, 3, 5]) {
  test(`order ${order} equals a naive implementation over strings, on sentences`, () => {
    const ids = sampleText(6, 360)
    const model = trainKneserNey(ids, { order, vocabularySize: 7, endOfSentence: 6 })
    const sentences: string[][] = [[]]
    for (const id of ids) {
      sentences.at(-1)!.push(String(id))
      if (id === 6) sentences.push([])
    }
    sentences.pop()
    const naive = naiveKneserNey(sentences, order, 7)
    for (let k = 0; k < order; k++) {
      for (let i = 0; i < 3; i++)
        expect(model.discounts[k]!.values[i]).toBeCloseTo(naive.discounts[k]![i]!, 12)
    }
    const text = Int32Array.of(0, 0, 3, 5, 6, 5, 5, 5, 5, 5, 5, 6, 6, 1, 2, 0, 0, 1, 6)
    const got = model.tokenLogProbabilities(text)
    let past: string[] = ['<s>']
    for (let position = 0; position < text.length; position++) {
      const word = String(text[position]!)
      const context = order === 1 ? [] : past.slice(-(order - 1))
      expect(Math.exp(got[position]!)).toBeCloseTo(naive.probability(context, word), 12)
      past = word === '6' ? ['<s>'] : [...past, word]
    }
    const mean = -got.reduce((sum, value) => sum + value, 0) / text.length
    expect(model.score(text)).toEqual({ loss: mean, perplexity: Math.exp(mean), tokens: text.length })
  })
}

test('a continuous stream is one sentence without an end', () => {
  const ids = sampleText(4, 200)
  const model = trainKneserNey(ids, { order: 4, vocabularySize: 5 })
  const naive = naiveKneserNey([Array.from(ids, String)], 4, 5)
  const text = Int32Array.of(4, 0, 1, 0, 0, 2, 4, 3)
  const got = model.tokenLogProbabilities(text)
  const past = ['<s>', ...Array.from(text, String)]
  for (let position = 0; position < text.length; position++) {
    const context = past.slice(Math.max(0, position - 2), position + 1)
    expect(Math.exp(got[position]!)).toBeCloseTo(naive.probability(context, past[position + 1]!), 12)
  }
})

test('probabilities sum to one after seen, half seen and unseen contexts', () => {
  for (const endOfSentence of [undefined, 12]) {
    const model = trainKneserNey(sampleText(12, 3000), { order: 5, vocabularySize: 13, endOfSentence })
    for (const context of [
      [],
      [12],
      [0, 0, 0, 0],
      [0, 1, 2, 3, 4],
      [11, 11, 11, 11],
      [12, 3],
      [11, 12],
      [5, 11, 0],
    ]) {
      const sum = model.distribution(context).reduce((total, value) => total + value, 0)
      expect(sum).toBeCloseTo(1, 12)
    }
  }
})

test('log-probabilities of a context and a word are those of the running text', () => {
  const ids = sampleText(12, 900)
  const model = trainKneserNey(ids, { order: 5, vocabularySize: 13, endOfSentence: 12 })
  const running = model.tokenLogProbabilities(ids)
  for (const position of [0, 1, 2, 3, 8, 9, 10, 50, 51, 52, 53, 899]) {
    const context = [12, ...ids.subarray(0, position)]
    expect(model.logProbability(context, ids[position]!)).toBe(running[position])
    expect(Math.log(model.distribution(context)[ids[position]!]!)).toBe(running[position])
  }
})

test('tiny corpora, repeated tokens and lone words give finite, normalised models', () => {
  for (const ids of [[0], [0, 0, 0, 0, 0], [0, 1, 2], [2, 2], [0, 2, 0, 2, 0, 2, 0, 2]]) {
    for (const order of [1, 2, 5]) {
      const model = trainKneserNey(Int32Array.from(ids), { order, vocabularySize: 3, endOfSentence: 2 })
      expect(Number.isFinite(model.score(Int32Array.of(0, 1, 2, 1, 2)).perplexity)).toBe(true)
      for (const context of [[], [0], [1], [2], [2, 0]]) {
        expect(model.distribution(context).reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      }
    }
  }
})

test('tables grow past their first size and hold what the corpus asks, not the order squared', () => {
  const ids = Int32Array.from({ length: 60_000 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 8) % 5000)
  const bytes = [2, 4, 8].map(order => trainKneserNey(ids, { order, vocabularySize: 5000 }).byteLength)
  const perOrder = (bytes[2]! - bytes[1]!) / 4
  expect(perOrder).toBeLessThan(60_000 * 40)
  expect((bytes[1]! - bytes[0]!) / 2).toBeGreaterThan(perOrder * 0.7)
})

test('wrong input is refused with what would have been right', () => {
  const thrown = (action: () => unknown): string => {
    try {
      action()
    } catch (error) {
      if (error instanceof ElmanError) return error.message
      throw error
    }
    return 'nothing was thrown'
  }
  const ids = Int32Array.of(0, 1, 2)
  expect(thrown(() => trainKneserNey(ids, { order: 0, vocabularySize: 3 }))).toMatchInlineSnapshot(`
    "NGRAM_BAD_OPTION  option order of the n-gram model is out of range
      expected a whole number from 1 to 64
      found    0"
  `)
  expect(thrown(() => trainKneserNey(ids, { order: 3, vocabularySize: 2 }))).toMatchInlineSnapshot(`
    "NGRAM_BAD_TOKEN  token 2 is not a word of the vocabulary
      expected an id from 0 to 1
      found    2"
  `)
  expect(
    thrown(() => trainKneserNey(new Int32Array(0), { order: 3, vocabularySize: 2 })),
  ).toMatchInlineSnapshot(`"NGRAM_EMPTY_CORPUS  an n-gram model needs at least one token to count"`)
  const model = trainKneserNey(ids, { order: 3, vocabularySize: 3 })
  expect(thrown(() => model.score(Int32Array.of(0, -1)))).toMatchInlineSnapshot(`
    "NGRAM_BAD_TOKEN  token 1 is not a word of the vocabulary
      expected an id from 0 to 2
      found    -1"
  `)
  expect(thrown(() => model.logProbability([0, 3], 1))).toMatch('NGRAM_BAD_TOKEN')
  expect(thrown(() => trainKneserNey(ids, { order: 3, vocabularySize: 3, endOfSentence: 3 }))).toMatch(
    'option endOfSentence',
  )
  expect(thrown(() => trainKneserNey(ids, { order: 3, vocabularySize: 2.5 }))).toMatch(
    'option vocabularySize',
  )
})

test('the configuration has an order of five unless told, and knows no other options', () => {
  expect(kneserNeyConfig.parse({})).toEqual({ type: 'kneser-ney', order: 5 })
  expect(kneserNeyConfig.safeParse({ order: 5, cutoff: 1 }).success).toBe(false)
})
