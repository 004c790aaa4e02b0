import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findDataFolder, loadCorpus } from '@elman/text'
import { expect, test } from 'vitest'
import {
  loadNgramModel,
  readArpa,
  saveNgramModel,
  storedNgrams,
  trainAbsoluteDiscounting,
  trainKatz,
  trainKneserNey,
  writeArpa,
} from '../ngram/index.ts'
import { compareScorers, fitMixture, interpolate, ngramScorer, scoreTokens, unigramCache } from './index.ts'

// Needs the corpora: set ELMAN_DATA to a folder with ptb/. Skipped without.
const data = findDataFolder(process.env)
const benchmark = test.skipIf(data === undefined)

async function loadPtb() {
  const { vocabulary, splits } = await loadCorpus({ type: 'ptb', directory: 'ptb' }, { baseDirectory: data! })
  const { size: vocabularySize, endOfSentence } = vocabulary
  return {
    vocabulary,
    options: { vocabularySize, endOfSentence },
    train: splits.train.ids,
    valid: splits.valid!.ids,
    test: splits.test!.ids,
  }
}

benchmark(
  'Kneser-Ney with a decaying unigram cache gives 125.15 on Penn Treebank (needs ELMAN_DATA)',
  async () => {
    const ptb = await loadPtb()
    const ngram = ngramScorer(trainKneserNey(ptb.train, { order: 5, ...ptb.options }))
    const cache = unigramCache({ decay: 0.99, weight: 0.1, excluded: [ptb.options.endOfSentence!] })
    const mixture = interpolate([{ scorer: ngram, weight: 0.9 }, cache])
    const mixed = await scoreTokens(mixture, ptb.test)
    expect(mixed).toMatchObject({ adaptive: true, tokens: 82_430, unscored: 0 })
    expect(mixed.perplexity.toFixed(2)).toBe('125.15')
    const alone = await scoreTokens(ngram, ptb.test)
    const { difference, p } = compareScorers(mixed.logProbabilities, alone.logProbabilities)
    expect(difference.upper).toBeLessThan(-10)
    expect(p).toBeLessThan(0.01)
    const { scorer, fit } = await fitMixture([ngram, cache.scorer], ptb.valid)
    expect(fit).toMatchObject({ converged: true, tokens: ptb.valid.length - 1 })
    expect(fit.weights[1]).toBeCloseTo(0.1115, 3)
    expect((await scoreTokens(scorer, ptb.test)).perplexity.toFixed(2)).toBe('125.09')
  },
)

// The figures of Katz and absolute discounting are also those of tools/goldens/ngram-smoothing.py, run on the corpus.
benchmark(
  'Katz and absolute discounting stand behind Kneser-Ney on Penn Treebank (needs ELMAN_DATA)',
  async () => {
    const ptb = await loadPtb()
    for (const [train, order, perplexity, stored] of [
      [trainAbsoluteDiscounting, 3, '166.49', 861_548],
      [trainKatz, 3, '165.23', 356_295],
      [trainAbsoluteDiscounting, 5, '165.86', 2_317_233],
      [trainKatz, 5, '162.25', 422_388],
    ] as const) {
      const model = train(ptb.train, { order, ...ptb.options })
      expect(model.score(ptb.test).perplexity.toFixed(2), model.name).toBe(perplexity)
      expect(storedNgrams(model), model.name).toBe(stored)
      expect(model.byteLength).toBeLessThan(100e6)
    }
  },
  120_000,
)

benchmark(
  'the files of a Penn Treebank model hold it whole (needs ELMAN_DATA)',
  async () => {
    const ptb = await loadPtb()
    const model = trainKneserNey(ptb.train, { order: 3, ...ptb.options })
    const backoff = model.toBackoff()
    expect(backoff.score(ptb.test).perplexity.toFixed(2)).toBe('148.28')
    const folder = mkdtempSync(join(tmpdir(), 'elman-ngram-'))
    try {
      const path = join(folder, 'model.arpa')
      await writeArpa(path, backoff, ptb.vocabulary)
      const { model: read, report } = await readArpa(path, { vocabulary: ptb.vocabulary })
      expect(report.counts).toEqual([10_001, ...model.sizes.slice(1)])
      expect(read.tokenLogProbabilities(ptb.test)).toEqual(backoff.tokenLogProbabilities(ptb.test))
      await saveNgramModel(path, model)
      const loaded = await loadNgramModel(path)
      expect(loaded.tokenLogProbabilities(ptb.test)).toEqual(model.tokenLogProbabilities(ptb.test))
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  180_000,
)
