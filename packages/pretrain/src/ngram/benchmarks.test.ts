import { findDataFolder, loadCorpus } from '@elman/text'
import { expect, test } from 'vitest'
import { type KneserNeyModel, trainKneserNey, trainUnigram } from './index.ts'

// Needs the corpora: set ELMAN_DATA to a folder with ptb/ and wikitext-2/. Skipped without.
const data = findDataFolder(process.env)
const benchmark = test.skipIf(data === undefined)

async function load(type: 'ptb' | 'wikitext-2') {
  const corpus = await loadCorpus({ type, directory: type }, { baseDirectory: data! })
  const { train, valid, test } = corpus.splits
  const { size: vocabularySize, endOfSentence } = corpus.vocabulary
  const kneserNey = (order: number): KneserNeyModel =>
    trainKneserNey(train.ids, { order, vocabularySize, endOfSentence })
  return { train: train.ids, valid: valid!.ids, test: test!.ids, vocabularySize, kneserNey }
}

benchmark(
  'Kneser-Ney gives the published perplexities on Penn Treebank, in seconds (needs ELMAN_DATA)',
  async () => {
    const ptb = await load('ptb')
    for (const [order, perplexity] of [
      [2, 185.7],
      [3, 148.28],
      [4, 142.72],
    ] as const) {
      expect(ptb.kneserNey(order).score(ptb.test).perplexity).toBeCloseTo(perplexity, 1.7)
    }
    const start = performance.now()
    const model = ptb.kneserNey(5)
    const scored = model.score(ptb.test)
    const seconds = (performance.now() - start) / 1000
    expect(scored.perplexity.toFixed(2)).toBe('141.19')
    expect(scored.tokens).toBe(82_430)
    expect(model.score(ptb.valid).perplexity.toFixed(2)).toBe('148.01')
    expect(seconds).toBeLessThan(10)
    expect(model.byteLength).toBeLessThan(100e6)
    expect(model.discounts.map(({ countsOfCounts }) => countsOfCounts)).toEqual([
      [176, 255, 388, 657],
      [187829, 35124, 14498, 7613],
      [521401, 39342, 11250, 5023],
      [687353, 20840, 4545, 1890],
      [714969, 15023, 3194, 1463],
    ])
    expect(model.discounts.map(({ values }) => values.map(value => value.toFixed(3)))).toEqual([
      ['0.257', '0.829', '1.262'],
      ['0.728', '1.099', '1.471'],
      ['0.869', '1.255', '1.448'],
      ['0.943', '1.383', '1.432'],
      ['0.960', '1.388', '1.242'],
    ])
    for (const context of [[], [2], [0, 1, 5, 0], [2, 0, 1]]) {
      expect(model.distribution(context).reduce((sum, value) => sum + value)).toBeCloseTo(1, 10)
    }
  },
)

benchmark('Kneser-Ney gives the measured perplexities on WikiText-2 (needs ELMAN_DATA)', async () => {
  const wikitext = await load('wikitext-2')
  expect(wikitext.kneserNey(3).score(wikitext.test).perplexity.toFixed(2)).toBe('226.05')
  expect(wikitext.kneserNey(5).score(wikitext.test).perplexity.toFixed(2)).toBe('220.14')
})

benchmark('the unigram baseline gives the measured perplexities on both (needs ELMAN_DATA)', async () => {
  for (const [type, valid, tested] of [
    ['ptb', '687.0', '639.3'],
    ['wikitext-2', '965.1', '911.7'],
  ] as const) {
    const text = await load(type)
    const model = trainUnigram(text.train, text.vocabularySize)
    expect(model.score(text.valid).perplexity.toFixed(1)).toBe(valid)
    expect(model.score(text.test).perplexity.toFixed(1)).toBe(tested)
  }
})

test('characters without lines get a baseline too, better with every order', async () => {
  const { vocabulary, splits } = await loadCorpus({ type: 'tiny-shakespeare' }, { baseDirectory: '.' })
  const losses = [2, 4, 6].map(
    order =>
      trainKneserNey(splits.train.ids, { order, vocabularySize: vocabulary.size }).score(splits.valid!.ids)
        .loss,
  )
  expect(losses[0]).toBeGreaterThan(losses[1]!)
  expect(losses[1]).toBeGreaterThan(losses[2]!)
  expect(losses[2]! / Math.LN2).toBeLessThan(2.2)
})
