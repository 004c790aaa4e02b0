import type { BaselineRecord } from '@elman/core'
import type { Corpus, SplitName } from '@elman/text'
import { type KneserNeyConfig, trainKneserNey } from '../ngram/kneser-ney.ts'

/** Trains the n-gram model on the training text and scores splits. */
export function scoreBaseline(
  { order }: KneserNeyConfig,
  { vocabulary, splits }: Corpus,
  names: readonly SplitName[],
): BaselineRecord[] {
  const start = performance.now()
  const { size: vocabularySize, endOfSentence } = vocabulary
  const model = trainKneserNey(splits.train.ids, { order, vocabularySize, endOfSentence })
  const training = (performance.now() - start) / 1000
  return names.flatMap(split => {
    const text = splits[split]
    if (text === undefined) return []
    const begin = performance.now()
    const score = model.score(text.ids)
    const seconds = training + (performance.now() - begin) / 1000
    return [{ kind: 'baseline', name: `Kneser-Ney, order ${order}`, split, ...score, seconds }]
  })
}
