/**
 * The published main table of Delétang et al. (ICLR 2023): best run, mean token accuracy over the lengths 41 to 500, in
 * percent. The paper's table was not at hand: some rows were found reprinted in a later paper, the others are from
 * memory, each with the confidence that it is right.
 */

/** Columns of the table. */
export const DELETANG_NETWORKS = ['rnn', 'stack-rnn', 'tape-rnn', 'transformer', 'lstm'] as const

/** One of {@link DELETANG_NETWORKS}. */
export type DeletangNetwork = (typeof DELETANG_NETWORKS)[number]

/** A row. */
export interface PublishedRow {
  /** A name of `DELETANG_TASKS`. */
  readonly task: string
  /** Percent by network. */
  readonly scores: { readonly [network in DeletangNetwork]: number }
  /** `reprinted`: seen in another paper; `from-memory`: recalled. */
  readonly source: 'reprinted' | 'from-memory'
  /** How likely the row is as printed, in [0, 1]. */
  readonly confidence: number
}

const row = (
  task: string,
  values: readonly [number, number, number, number, number],
  confidence: number,
  source: PublishedRow['source'] = 'from-memory',
): PublishedRow => {
  const [rnn, stack, tape, transformer, lstm] = values
  return {
    task,
    scores: { rnn, 'stack-rnn': stack, 'tape-rnn': tape, transformer, lstm },
    source,
    confidence,
  }
}

/** The table, in its order. */
export const DELETANG_TABLE: readonly PublishedRow[] = [
  row('even-pairs', [100, 100, 100, 96.4, 100], 0.9),
  row('modular-arithmetic-simple', [100, 100, 100, 24.2, 100], 0.99, 'reprinted'),
  row('parity-check', [100, 100, 100, 52, 100], 0.99, 'reprinted'),
  row('cycle-navigation', [100, 100, 100, 61.9, 100], 0.97),
  row('stack-manipulation', [56, 100, 100, 57.5, 59.1], 0.99, 'reprinted'),
  row('reverse-string', [62, 100, 100, 62.3, 60.9], 0.99, 'reprinted'),
  row('modular-arithmetic', [41.3, 96.1, 95.4, 32.5, 59.2], 0.85),
  row('solve-equation', [51, 56.2, 64.4, 25.7, 67.8], 0.85),
  row('duplicate-string', [50.3, 52.8, 100, 52.8, 57.6], 0.99, 'reprinted'),
  row('missing-duplicate', [52.3, 55.2, 100, 56.4, 54.3], 0.85),
  row('odds-first', [51, 51.9, 100, 52.8, 55.6], 0.99, 'reprinted'),
  row('binary-addition', [50.3, 52.7, 100, 54.3, 55.5], 0.85),
  row('binary-multiplication', [50, 52.7, 58.5, 52.2, 53.1], 0.85),
  row('compute-sqrt', [54.3, 56.5, 57.8, 52.4, 57.5], 0.85),
  row('bucket-sort', [27.9, 78.1, 70.7, 91.9, 99.3], 0.85),
]

/** Remarks of the paper's text that the table does not show. */
export const DELETANG_REMARKS: readonly string[] = [
  'The NDStack-RNN fails most tasks beyond regular ones but solves Missing Duplicate, even with a stack of size 1.',
  'The autoregressive Transformer solves Duplicate String but not Bucket Sort.',
  'Training ranges below about 10 never let the Stack-RNN generalise on Reverse String.',
  'More data (100k to 10M steps) and more layers (5 to 25) do not help the Transformer.',
]
