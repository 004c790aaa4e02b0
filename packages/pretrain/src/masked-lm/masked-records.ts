/** Scores of a masked model as records of a run, each with the words that keep it from being compared with others. */
import { type EvaluateRecord, readMetrics, type TrainPosition } from '@elman/core'
import { type MaskedScore, NOT_CAUSAL, type PseudoScore } from './masked-evaluator.ts'

/** A record of masked tokens; `split` is `valid masked` or `valid pseudo`, so that nothing takes it for a causal one. */
export interface MaskedRecord extends EvaluateRecord {
  /** Share of masked tokens told rightly. */
  readonly accuracy?: number
  /** Share of pairs told rightly as next or not. */
  readonly nextAccuracy?: number
  /** What the perplexity is not. */
  readonly label: string
}

/** Masked tokens of a split on fixed masks. */
export function maskedRecord(
  { loss, perplexity, accuracy, nextAccuracy, tokens, seconds }: MaskedScore,
  split: string,
  at: TrainPosition,
  outOfVocabularyRate: number,
): MaskedRecord {
  return {
    ...{ kind: 'evaluate', ...at, split: `${split} masked`, unit: 'word' },
    ...{ loss, perplexity, tokens, outOfVocabularyRate, seconds, accuracy },
    ...(nextAccuracy === undefined ? {} : { nextAccuracy }),
    label: `masked tokens ${NOT_CAUSAL}`,
  }
}

/** Pseudo-perplexity of the first sentences of a split. */
export function pseudoRecord(
  { loss, perplexity, tokens, seconds }: PseudoScore,
  split: string,
  at: TrainPosition,
  outOfVocabularyRate: number,
): MaskedRecord {
  return {
    ...{ kind: 'evaluate', ...at, split: `${split} pseudo`, unit: 'word' },
    ...{ loss, perplexity, tokens, outOfVocabularyRate, seconds },
    label: `pseudo-perplexity ${NOT_CAUSAL}`,
  }
}

/** The score of the test split, where a run before the resume has written it. */
export function maskedTestBefore(run: { readonly path: string }): MaskedScore | undefined {
  const records = readMetrics(run).filter(record => record.kind === 'evaluate') as MaskedRecord[]
  const found = records.find(({ split }) => split === 'test masked')
  if (found === undefined) return undefined
  const { loss, perplexity, accuracy, nextAccuracy, tokens, seconds } = found
  return { loss, perplexity, accuracy: accuracy!, nextAccuracy, tokens, seconds }
}
