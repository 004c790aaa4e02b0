/** Subsampling of frequent words. */

/** Threshold of a word that always stays; no draw is made for it. */
export const ALWAYS = 2 ** 32 - 1

/**
 * For each word the 32-bit draw below which an occurrence stays: √(t/f) + t/f of 2³², with f the word's share of all counts.
 * That is word2vec's formula; the paper (Mikolov et al. 2013) has √(t/f).
 */
export function fillKeepThresholds(thresholds: Uint32Array, counts: Float64Array, sample: number): void {
  let total = 0
  for (const count of counts) total += count
  for (const [word, count] of counts.entries()) {
    const ratio = (sample * total) / count
    const probability = Math.sqrt(ratio) + ratio
    thresholds[word] = sample > 0 && probability < 1 ? Math.floor(probability * 2 ** 32) : ALWAYS
  }
}
