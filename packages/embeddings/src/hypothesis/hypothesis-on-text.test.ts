/** The whole way from a text to a verdict, on the bundled sample of Wikipedia. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledFolder } from '@elman/text'
import { expect, test } from 'vitest'
import { countCooccurrences } from '../cooccurrence/count-cooccurrences.ts'
import { countWords } from '../corpus/count-words.ts'
import { encodeCorpus } from '../corpus/encoded-corpus.ts'
import { buildEmbeddingVocabulary } from '../corpus/vocabulary.ts'
import { trainPpmiSvd } from '../spectral/train-ppmi-svd.ts'
import { readContextRows } from './context-rows.ts'
import { countNgrams } from './count-ngrams.ts'
import { testHypothesis } from './hypothesis-experiment.ts'
import { randomPairs } from './word-pairs.ts'

test('vectors of PPMI by SVD follow the contexts of the text they were made of', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elman-hypothesis-'))
  try {
    const text = [join(bundledFolder('wiki-sample'), 'wiki.train.tokens')]
    const options = { lowercase: true, wordsOnly: true }
    const vocabulary = buildEmbeddingVocabulary(await countWords(text, options), { minimumCount: 5 })
    const corpus = await encodeCorpus(text, vocabulary, join(folder, 'ids'), options)
    const size = vocabulary.words.count
    const file = await countCooccurrences(corpus, size, { folder, window: 5, weighting: 'linear' })
    const { vectors } = await trainPpmiSvd(corpus, vocabulary, { dimensions: 50 })
    const { report } = await testHypothesis({
      words: vocabulary.words,
      counts: vocabulary.counts,
      contexts: await readContextRows(file),
      models: [{ name: 'SVD', vectors }],
      pairs: randomPairs(size, { ranks: [50, 2000], count: 1500 }),
      pairSource: '1,500 random pairs',
      corpus: 'wiki-sample',
      permutations: 200,
    })
    expect(report.verdict.level).toBe('supported')
    expect(report.results.at(-1)!.partial).toBeGreaterThan(0.4)
    const ngrams = await countNgrams(corpus, { orders: [1, 2, 3] })
    expect(ngrams[0]!.distinct).toBe(size)
    expect(ngrams[0]!.occurrences).toBe(corpus.tokens)
    expect(ngrams[2]!.distinct).toBeGreaterThan(ngrams[1]!.distinct)
  } finally {
    await rm(folder, { recursive: true })
  }
})
