/** Perplexity of a text by any scorer. */
import { ElmanError } from '@elman/core'
import type { TokenScorer } from './token-scorer.ts'

/** How well a scorer predicts a text. */
export interface TokenScore {
  readonly name: string
  /** Whether the model changed while it read. */
  readonly adaptive: boolean
  /** Mean negative log-probability of a token, in nats; NaN of no tokens. */
  readonly loss: number
  /** exp(loss). */
  readonly perplexity: number
  /** Tokens scored. */
  readonly tokens: number
  /** Tokens that the scorer had no distribution for; they are in neither of the above. */
  readonly unscored: number
  /** What each token got, so that scorers can be compared on the same tokens. */
  readonly logProbabilities: Float64Array
  /** Time it took. */
  readonly seconds: number
}

/**
 * Scores a text.
 *
 * @throws `SCORER_LENGTH` when the scorer breaks its contract
 */
export async function scoreTokens(scorer: TokenScorer, ids: Int32Array): Promise<TokenScore> {
  const start = performance.now()
  const logProbabilities = await scoresOf(scorer, ids)
  let [sum, tokens] = [0, 0]
  for (const value of logProbabilities) {
    if (Number.isNaN(value)) continue
    sum += value
    tokens++
  }
  const loss = -sum / tokens
  return {
    name: scorer.name,
    adaptive: scorer.adaptive,
    loss,
    perplexity: Math.exp(loss),
    tokens,
    unscored: ids.length - tokens,
    logProbabilities,
    seconds: (performance.now() - start) / 1000,
  }
}

/** A scorer's log-probabilities, as many as there are tokens. @throws `SCORER_LENGTH` */
export async function scoresOf(scorer: TokenScorer, ids: Int32Array): Promise<Float64Array> {
  const values = await scorer.logProbabilities(ids)
  if (values.length === ids.length) return values
  throw new ElmanError('SCORER_LENGTH', {
    message: `scorer "${scorer.name}" gave another number of log-probabilities than there are tokens`,
    expected: `${ids.length}, one for each token of the text`,
    found: String(values.length),
  })
}
