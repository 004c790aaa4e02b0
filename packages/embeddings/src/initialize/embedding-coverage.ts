/** Which part of a vocabulary, and of the text behind it, a set of word vectors knows. */

/** How much of a vocabulary has vectors. */
export interface EmbeddingCoverage {
  /** Tokens of the vocabulary. */
  readonly tokens: number
  /** Tokens that have a vector. */
  readonly found: number
  /** Those of them that have it only under another spelling. */
  readonly foundOtherwise: number
  /** Those of them whose vector is made from their letters, because the source does not know them. */
  readonly spelled: number
  /** Tokens without one. */
  readonly missing: number
  /** Share of the text's tokens that have a vector, 0 … 1; absent unless counts are given. */
  readonly foundShare?: number
  /** Up to ten tokens without a vector: the most frequent where counts are given, else the first. */
  readonly missingExamples: readonly string[]
}

const EXAMPLES = 10

/** In place of the number of a form: no vector; one made from the letters. */
export const [MISSING, SPELLED] = [-1, -2]

/**
 * Counts what was found.
 *
 * @param formOf - By token: number of the form that was found, 0 as it is written; {@link MISSING}, {@link SPELLED}.
 * @param counts - Occurrences of each token in the text.
 */
export function embeddingCoverage(
  tokens: readonly string[],
  formOf: Int8Array,
  counts?: ArrayLike<number>,
): EmbeddingCoverage {
  const missing: number[] = []
  let [foundOtherwise, spelled, occurrences, foundOccurrences] = [0, 0, 0, 0]
  for (let id = 0; id < tokens.length; id++) {
    const count = counts?.[id] ?? 0
    occurrences += count
    if (formOf[id] === MISSING) missing.push(id)
    else foundOccurrences += count
    if (formOf[id]! > 0) foundOtherwise++
    if (formOf[id] === SPELLED) spelled++
  }
  if (counts !== undefined) missing.sort((a, b) => counts[b]! - counts[a]! || a - b)
  return {
    tokens: tokens.length,
    found: tokens.length - missing.length,
    foundOtherwise,
    spelled,
    missing: missing.length,
    ...(counts === undefined ? {} : { foundShare: occurrences === 0 ? 0 : foundOccurrences / occurrences }),
    missingExamples: missing.slice(0, EXAMPLES).map(id => tokens[id]!),
  }
}

/** A coverage in one line, such as `9321 of 10000 words have vectors (98.7 % of the text); without: <eos>, naïve`. */
export function coverageText(coverage: EmbeddingCoverage): string {
  const { tokens, found, foundOtherwise, spelled, missing, foundShare, missingExamples } = coverage
  const share = foundShare === undefined ? '' : ` (${(100 * foundShare).toFixed(1)} % of the text)`
  const parts = [
    ...(foundOtherwise === 0 ? [] : [`${foundOtherwise} under another spelling`]),
    ...(spelled === 0 ? [] : [`${spelled} made from their letters`]),
  ]
  const how = parts.length === 0 ? '' : `, of them ${parts.join(' and ')}`
  const examples = `${missingExamples.join(', ')}${missing > missingExamples.length ? ', …' : ''}`
  const without = missing === 0 ? '' : `; without: ${examples}`
  return `${found} of ${tokens} words have vectors${share}${how}${without}`
}
