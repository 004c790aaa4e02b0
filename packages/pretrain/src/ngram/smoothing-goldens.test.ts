import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledFolder } from '@elman/text'
import { expect, test } from 'vitest'
import goldens from '../fixtures/ngram-smoothing.json' with { type: 'json' }
import { storedNgrams, trainAbsoluteDiscounting, trainKatz } from './index.ts'

// Figures of tools/goldens/ngram-smoothing.py: SRILM's formulas over dictionaries of words.
const lines = readFileSync(join(bundledFolder('tiny-shakespeare'), 'input.txt'), 'utf8')
  .split('\n')
  .map(line => line.split(/\s+/).filter(word => word !== ''))
  .filter(words => words.length > 0)
  .slice(0, goldens.train + goldens.test)
const words = ['</s>', ...new Set(lines.flat())]
const idOf = new Map(words.map((word, id) => [word, id]))
const idsOf = (some: string[][]) =>
  Int32Array.from(some.flatMap(line => [...line, '</s>'].map(word => idOf.get(word)!)))
const train = idsOf(lines.slice(0, goldens.train))
const text = idsOf(lines.slice(goldens.train))
const options = { vocabularySize: words.length, endOfSentence: 0 }

/** An n-gram of the fixture as context and word; `<s>` is an end of sentence before the context. */
const ids = (gram: string) => gram.split(' ').map(word => (word === '<s>' ? 0 : idOf.get(word)!))

for (const golden of goldens.katz) {
  const { order, minimumCounts, maximumCounts } = golden
  test(`Katz of order ${order} equals SRILM's formulas: factors, sizes, stored n-grams, a text`, () => {
    const model = trainKatz(train, { order, minimumCounts, maximumCounts, ...options })
    model.discounts.forEach(({ factors }, index) => {
      expect(factors.length).toBe(golden.factors[index]!.length + 1)
      golden.factors[index]!.forEach((factor, count) => {
        expect(factors[count + 1]).toBeCloseTo(factor, 12)
      })
    })
    expect(model.sizes).toEqual(golden.sizes)
    expect(storedNgrams(model)).toBe(golden.sizes.reduce((sum, size) => sum + size))
    for (const [gram, value] of golden.entries as [string, number, number][]) {
      const all = ids(gram)
      expect(model.logProbability(all.slice(0, -1), all.at(-1)!) / Math.LN10).toBeCloseTo(value, 10)
    }
    const got = model.tokenLogProbabilities(text)
    golden.first.forEach((value, position) => {
      expect(got[position]).toBeCloseTo(value, 10)
    })
    expect(model.score(text)).toMatchObject({ tokens: golden.tokens, loss: expect.closeTo(golden.loss, 10) })
  })
}

for (const { order, discounts, first, loss } of goldens.absolute) {
  test(`absolute discounting of order ${order} equals SRILM's formulas`, () => {
    const model = trainAbsoluteDiscounting(train, { order, ...options })
    discounts.forEach((discount, index) => {
      expect(model.discounts[index]!.values[0]).toBeCloseTo(discount, 12)
    })
    const got = model.tokenLogProbabilities(text)
    first.forEach((value, position) => {
      expect(got[position]).toBeCloseTo(value, 10)
    })
    expect(model.score(text).loss).toBeCloseTo(loss, 10)
  })
}
