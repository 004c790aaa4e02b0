/** The logistic function by table: kernel and twin read the same numbers, so they need no exponential of their own. */

/** Bins of z from −{@link SIGMOID_LIMIT} to {@link SIGMOID_LIMIT}. */
export const SIGMOID_BINS = 1024
export const SIGMOID_LIMIT = 8

/**
 * For each bin, at its middle: 1 − σ(z), the gradient of log σ(z), and −log σ(z). The first and last bin stand for all that
 * lies beyond: there the gradient is 1 and 0.
 *
 * @param table - Two numbers a bin: length 2 × {@link SIGMOID_BINS}.
 */
export function fillSigmoidTable(table: Float32Array): void {
  for (let bin = 0; bin < SIGMOID_BINS; bin++) {
    const z = ((bin + 0.5) / SIGMOID_BINS) * 2 * SIGMOID_LIMIT - SIGMOID_LIMIT
    table[2 * bin] = 1 / (1 + Math.exp(z))
    table[2 * bin + 1] = Math.log1p(Math.exp(-z))
  }
  table[0] = 1
  table[2 * SIGMOID_BINS - 2] = 0
}
