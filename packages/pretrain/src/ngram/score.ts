/** How well a model predicts a text. */
export interface NgramScore {
  /** Mean negative log-probability of a token, in nats. */
  readonly loss: number
  /** exp(loss). */
  readonly perplexity: number
  /** Number of tokens scored. */
  readonly tokens: number
}

/** Summary of natural log-probabilities of tokens; of no tokens, loss is NaN. */
export function summarise(logProbabilities: Float64Array): NgramScore {
  let sum = 0
  for (const value of logProbabilities) sum += value
  const loss = -sum / logProbabilities.length
  return { loss, perplexity: Math.exp(loss), tokens: logProbabilities.length }
}
