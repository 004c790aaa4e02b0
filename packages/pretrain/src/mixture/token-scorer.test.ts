import { expect, test } from 'vitest'
import { trainKneserNey, trainUnigram } from '../ngram/index.ts'
import { interpolate, ngramScorer, scoreTokens } from './index.ts'

const ids = Int32Array.of(0, 1, 0, 2, 3, 0, 1, 1, 3, 2, 0, 1, 3)

test('an n-gram model as a scorer has the name and the perplexity of the model', async () => {
  const model = trainKneserNey(ids, { order: 2, vocabularySize: 4, endOfSentence: 3 })
  const score = await scoreTokens(ngramScorer(model), ids)
  expect(score).toMatchObject({ name: 'Kneser-Ney, order 2', adaptive: false, ...model.score(ids) })
  expect(ngramScorer(trainUnigram(ids, 4), 'words alone').name).toBe('words alone')
  expect(ngramScorer({ tokenLogProbabilities: () => new Float64Array(0) }).name).toBe('n-gram')
})

test('a scorer that gives another number of values than tokens is caught', async () => {
  const scorer = { name: 'short', adaptive: false, logProbabilities: async () => new Float64Array(2) }
  await expect(scoreTokens(scorer, ids)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SCORER_LENGTH  scorer "short" gave another number of log-probabilities than there are tokens
      expected 13, one for each token of the text
      found    2]
  `)
  await expect(interpolate([{ scorer, weight: 1 }]).logProbabilities(ids)).rejects.toThrow('SCORER_LENGTH')
})
