/** Whether draws favour something: Pearson's test against equal chances. */

/** Pearson's statistic of how often each of several equally likely things was drawn. */
export function chiSquare(times: readonly number[]): number {
  const expected = times.reduce((sum, own) => sum + own, 0) / times.length
  return times.reduce((sum, own) => sum + (own - expected) ** 2 / expected, 0)
}

/**
 * What the statistic stays below but once in ten thousand times, by the approximation of Wilson & Hilferty (1931).
 *
 * @param freedom number of things less one.
 */
export function chiSquareBound(freedom: number): number {
  const spread = 2 / (9 * freedom)
  return freedom * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3
}
