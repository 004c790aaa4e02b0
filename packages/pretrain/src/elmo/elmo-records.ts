/** Scores of an ELMo as records of a run, and out of them. */
import { type EvaluateRecord, readMetrics, type TrainPosition } from '@elman/core'
import type { Corpus, SplitName } from '@elman/text'
import { type ElmoCorpus, FIRST_WORD, UNKNOWN_CLASS } from './elmo-corpus.ts'
import { type ElmoScore, scoresByName } from './elmo-evaluator.ts'

/** A score as records: the mean of both directions under the split's name, each direction under its own. */
export function elmoRecords(
  score: ElmoScore,
  split: string,
  at: TrainPosition,
  outOfVocabularyRate: number,
): readonly EvaluateRecord[] {
  const { tokens, seconds } = score
  return Object.entries(scoresByName(score)).map(([name, { loss, perplexity }]) => ({
    kind: 'evaluate',
    ...at,
    split: name === 'mean' ? split : `${split} ${name}`,
    ...{ loss, perplexity, unit: 'word', tokens, outOfVocabularyRate, seconds },
  }))
}

/** The score of the test split, where a run before the resume has written it. */
export function testedBefore(run: { readonly path: string }): ElmoScore | undefined {
  const records = readMetrics(run).filter(record => record.kind === 'evaluate')
  const [mean, forward, backward] = ['test', 'test forward', 'test backward'].map(name =>
    records.find(({ split }) => split === name),
  )
  if (mean === undefined || forward === undefined || backward === undefined) return undefined
  const { loss, perplexity, tokens, seconds } = mean
  const of = (record: EvaluateRecord) => ({ loss: record.loss, perplexity: record.perplexity })
  return { loss, perplexity, tokens, seconds, forward: of(forward), backward: of(backward) }
}

/** Share of a split's tokens that the softmax has no class for; `<unk>` of the text itself is none of them. */
export function outOfVocabularyRate(
  corpus: Corpus,
  { classes, splits }: ElmoCorpus,
  split: SplitName,
): number {
  const { unknown } = corpus.vocabulary
  const { ids } = splits[split]!
  const cut = ids.filter(id => classes[id] === UNKNOWN_CLASS && id - FIRST_WORD !== unknown).length
  return (corpus.splits[split]!.outOfVocabulary + cut) / ids.length
}
