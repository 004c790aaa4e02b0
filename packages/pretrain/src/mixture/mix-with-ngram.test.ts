import { random, referenceBackend } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { encodeText, encodeTrainingText } from '@elman/text'
import { expect, test } from 'vitest'
import { createEvaluator, languageModel } from '../language-model/index.ts'
import { trainKneserNey } from '../ngram/index.ts'
import { mixWithKneserNey, neuralScorer, scoreTokens } from './index.ts'

const bytes = (text: string) => [new TextEncoder().encode(text)]

async function corpus() {
  const { vocabulary, text: train } = await encodeTrainingText(
    bytes('the cat sat on the mat\nthe dog sat on the log\n'.repeat(40)),
    'a text',
    { unit: 'word', lines: 'all' },
    { minimumCount: 1, unknown: true },
  )
  const valid = await encodeText(
    vocabulary,
    bytes('the dog sat on the mat\nthe mat sat on a log\n'),
    'another',
  )
  return { vocabulary, splits: { train, valid } }
}

test('a neural model is mixed with Kneser-Ney in one call', async () => {
  const data = await corpus()
  const { vocabulary, splits } = data
  const cells = [lstm({ inputSize: 4, hidden: 4 })]
  const model = languageModel({ vocabularySize: vocabulary.size, embedding: 4, cells })
  const parameters = model.init(random.key(3))
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary)
  const neural = neuralScorer(evaluator, parameters, 'LSTM 4')
  const { ids } = splits.valid

  const half = await mixWithKneserNey(neural, data)
  const own = await evaluator.tokenLogProbabilities(parameters, ids)
  const { endOfSentence, size: vocabularySize } = vocabulary
  const ngram = trainKneserNey(splits.train.ids, { order: 5, vocabularySize, endOfSentence })
  const grams = ngram.tokenLogProbabilities(ids)
  const { logProbabilities } = await scoreTokens(half.scorer, ids)
  for (let token = 0; token < ids.length; token++) {
    const mean = (Math.exp(own[token]!) + Math.exp(grams[token]!)) / 2
    expect(Math.exp(logProbabilities[token]!)).toBeCloseTo(mean, 12)
  }
  expect(half.scorer.name).toBe('0.5 LSTM 4 + 0.5 Kneser-Ney, order 5')
  expect(half.fit).toBeUndefined()
  expect(half.ngram.sizes).toEqual(ngram.sizes)

  const fitted = await mixWithKneserNey(neural, data, { weight: 'fit', order: 3 })
  expect(fitted.fit!.converged).toBe(true)
  const best = (await scoreTokens(fitted.scorer, ids)).perplexity
  expect(best).toBeLessThanOrEqual(half.ngram.score(ids).perplexity)
  expect(best).toBeLessThanOrEqual((await scoreTokens(neural, ids)).perplexity)
  await evaluator.dispose()
})

test('weights without a validation text are not guessed', async () => {
  const { vocabulary, splits } = await corpus()
  const neural = { name: 'none', adaptive: false, logProbabilities: async () => new Float64Array(0) }
  await expect(
    mixWithKneserNey(neural, { vocabulary, splits: { train: splits.train } }, { weight: 'fit' }),
  ).rejects.toThrow('MIXTURE_TEXT_EMPTY')
  await expect(mixWithKneserNey(neural, { vocabulary, splits }, { weight: 1 })).rejects.toThrow(
    'MIXTURE_WEIGHTS_INVALID',
  )
})
