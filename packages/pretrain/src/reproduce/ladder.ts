/** Ladders: rows over one text, with what else belongs to running and reading them. */
import { didYouMean, ElmanError } from '@elman/core'
import type { Row } from './row.ts'

/** Which text a ladder is measured on. */
export type LadderText =
  /** The three files of Penn Treebank, which the user brings. */
  | { readonly kind: 'penn-treebank' }
  /** Their first lines, up to so many tokens a split. */
  | {
      readonly kind: 'penn-treebank-head'
      readonly train: number
      readonly valid: number
      readonly test: number
    }
  /** A corpus that comes with elman. */
  | {
      readonly kind: 'corpus'
      readonly corpus: { readonly type: string; readonly [option: string]: unknown }
    }

/** That one row should score better than another, and why. */
export interface Ordering {
  readonly better: string
  readonly worse: string
  readonly why: string
}

/** Rows over one text. */
export interface Ladder {
  /** As in `elman reproduce NAME`. */
  readonly name: string
  readonly title: string
  readonly text: LadderText
  readonly rows: readonly Row[]
  /** Seeds that are run unless others are asked for. */
  readonly seeds: readonly number[]
  /** What should come out, to be checked; empty where published figures do that. */
  readonly orderings: readonly Ordering[]
}

/** The rows of a ladder by name. */
export function rowsByName({ rows }: Pick<Ladder, 'rows'>): ReadonlyMap<string, Row> {
  return new Map(rows.map(row => [row.name, row]))
}

/**
 * The rows that a name stands for: one row, the rows of a family, those that begin alike (`rnn*`), or `all`.
 *
 * @throws `REPRODUCE_ROW_UNKNOWN`
 */
export function findRows(ladder: Ladder, name: string): readonly Row[] {
  if (name === 'all') return ladder.rows
  const exact = ladder.rows.filter(row => row.name === name)
  const start = name.endsWith('*') ? name.slice(0, -1) : undefined
  const more = ladder.rows.filter(row =>
    start === undefined ? row.family === name : row.name.startsWith(start),
  )
  const found = exact.length > 0 ? exact : more
  if (found.length > 0) return found
  const names = [...new Set(ladder.rows.flatMap(row => [row.name, row.family]))]
  const near = didYouMean(name, names)
  throw new ElmanError('REPRODUCE_ROW_UNKNOWN', {
    message: `ladder ${ladder.name} has no row ${JSON.stringify(name)}`,
    expected: `one of ${ladder.rows.map(row => row.name).join(', ')}; a family; names with * at the end; or all`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  })
}
