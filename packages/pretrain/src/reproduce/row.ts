/**
 * What a row of the ladder is: a model, the figures that were published for it, and the work that measures ours.
 *
 * Rows are data. Adding one is a file under `rows/` and a line in `rows/index.ts`; nothing else has to know of it.
 */
import type { SourceName } from './sources.ts'

/** How a published figure is known. */
export type Evidence =
  /** Read in the paper or in its authors' code. */
  | 'read'
  /** Read in another paper that quotes it. */
  | 'quoted'
  /** Remembered, not read again: print it with that remark. */
  | 'memory'

/** A figure on Penn Treebank as somebody published it: perplexity per word. */
export interface Published {
  readonly valid?: number
  readonly test?: number
  /** Parameters as the source counts them. */
  readonly parameters?: number
  readonly source: SourceName
  readonly evidence: Evidence
  /** What else has to be known to read the figure. */
  readonly note?: string
}

/** The parts of an experiment that a row decides; corpus, seed and backend belong to the run. */
export interface RowExperiment {
  readonly model: { readonly type: string; readonly [option: string]: unknown }
  /** With `epochs`, or with `steps` in their place. */
  readonly train: { readonly [option: string]: unknown }
  readonly evaluate?: { readonly [option: string]: unknown }
  readonly [part: string]: unknown
}

/** How an experiment is made to fit a budget of time; the rule itself is in `budget.ts`. */
export interface Reduction {
  /** Fewest epochs that are worth having: below it the model becomes narrower. */
  readonly minimumEpochs: number
  /** Paths of the sizes that shrink together, such as `model.cell.hidden`; `*` stands for every element of a list. */
  readonly widths: readonly string[]
  /** Sizes stay multiples of this. */
  readonly multipleOf: number
  /** What a budget changes besides, by path, and why. */
  readonly changes?: { readonly set: { readonly [path: string]: unknown }; readonly why: string }
}

/** A count-based model. */
export interface NgramModel {
  readonly type: 'kneser-ney' | 'katz'
  readonly order: number
}

/** A part of a mixture: another row's model or a cache, and its weight. */
export type MixturePart =
  | { readonly row: string; readonly weight: number }
  | {
      /** Unigram cache of all words read so far; see `unigramCache`. */
      readonly cache: { readonly decay: number }
      readonly weight: number
    }

/** What is done to get a row's figures. */
export type RowWork =
  | { readonly kind: 'n-gram'; readonly model: NgramModel }
  | {
      readonly kind: 'experiment'
      readonly experiment: RowExperiment
      readonly reduction: Reduction
      /** Which checkpoint is scored, as published; the best by the valid score unless given. */
      readonly checkpoint?: 'best' | 'latest'
      /** Row whose trained parameters it starts from: fine-tuning. */
      readonly from?: string
    }
  | {
      /** Another row's trained model, scored by another evaluator. */
      readonly kind: 'evaluation'
      readonly of: string
      readonly evaluator: { readonly type: string; readonly [option: string]: unknown }
      /** What a budget changes of the evaluator, and why. */
      readonly reduced?: { readonly set: { readonly [option: string]: unknown }; readonly why: string }
    }
  | { readonly kind: 'mixture'; readonly parts: readonly MixturePart[] }

/** A row of a ladder. */
export interface Row {
  /** Letters, digits and dashes: names the row in commands and its folders. */
  readonly name: string
  /** Rows that belong together; `--row` takes a family's name too. */
  readonly family: string
  /** One line: what model it is. */
  readonly title: string
  /** Published figures, the one to compare with first; empty where none is known. */
  readonly published: readonly Published[]
  readonly work: RowWork
  /** Whether the model changes while it reads the test text; such figures stand in a column of their own. */
  readonly adaptive: boolean
  /** Where the row differs from what was published, or what to know of it. */
  readonly notes?: readonly string[]
}

/** The rows that a row builds on, by name. */
export function rowsBefore({ work }: Row): readonly string[] {
  if (work.kind === 'evaluation') return [work.of]
  if (work.kind === 'experiment') return work.from === undefined ? [] : [work.from]
  if (work.kind === 'mixture') return work.parts.flatMap(part => ('row' in part ? [part.row] : []))
  return []
}

/** Whether a row's figures depend on a seed and on a budget. */
export function isTrained(row: Row, rows: ReadonlyMap<string, Row>): boolean {
  if (row.work.kind === 'experiment') return true
  return rowsBefore(row).some(name => isTrained(rows.get(name)!, rows))
}
