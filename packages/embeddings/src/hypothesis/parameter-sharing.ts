import type { NgramCount } from './count-ngrams.ts'

/** What a table of n-grams holds beside what vectors hold. */
export interface SharingRow extends NgramCount {
  /** Numbers that a table over all n-grams would hold: words ** order. */
  readonly possible: number
  /** Distinct n-grams seen for each number in the vectors. */
  readonly perParameter: number
}

/** The argument for distributed representations in figures (Bengio et al. 2003). */
export interface ParameterSharing {
  readonly words: number
  readonly dimensions: number
  /** Numbers in one vector a word: words × dimensions. */
  readonly parameters: number
  readonly rows: readonly SharingRow[]
}

/**
 * Sets distinct n-grams against the parameters of word vectors on the same text. A model of n-grams keeps a number for
 * each that it saw and knows nothing of the others; vectors keep `dimensions` numbers a word, whatever the order, and
 * share them among all n-grams of that word and of words like it.
 */
export function parameterSharing(
  ngrams: readonly NgramCount[],
  { words, dimensions }: { readonly words: number; readonly dimensions: number },
): ParameterSharing {
  const parameters = words * dimensions
  const rows = ngrams.map(count => ({
    ...count,
    possible: words ** count.order,
    perParameter: count.distinct / parameters,
  }))
  return { words, dimensions, parameters, rows }
}
