/** Choosing the next token from logits. */
import { ElmanError, type Key, random } from '@elman/core'

/** How to choose. All restrictions apply together, temperature first. */
export interface SamplingOptions {
  /** Divides the logits: below 1 bolder in what is likely, 0 always the most likely. 1 unless given. */
  readonly temperature?: number | undefined
  /** Only the so many most likely tokens (Fan et al. 2018). */
  readonly topK?: number | undefined
  /** Only the most likely tokens that together reach this probability (nucleus: Holtzman et al. 2020). */
  readonly topP?: number | undefined
}

/**
 * Draws a token id. Equal logits are ordered by id, so that the choice depends on numbers and key alone.
 *
 * @param logits - Of one place; they need not be normalised, so log-probabilities will do.
 * @param forbidden - An id that is never chosen.
 * @throws `SAMPLING_OPTION_INVALID`
 */
export function sampleToken(
  logits: ArrayLike<number>,
  key: Key,
  options: SamplingOptions = {},
  forbidden?: number,
): number {
  const { temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1 } = options
  check('temperature', temperature, temperature >= 0 && temperature < Infinity, 'a number from 0 up')
  check('topK', topK, topK >= 1, 'a whole number from 1 up')
  check('topP', topP, topP > 0 && topP <= 1, 'a number above 0, up to 1')
  let peak = -1
  for (let id = 0; id < logits.length; id++) {
    if (id !== forbidden && (peak < 0 || logits[id]! > logits[peak]!)) peak = id
  }
  if (temperature === 0) return peak
  const weights = Float64Array.from({ length: logits.length }, (_, id) =>
    id === forbidden ? 0 : Math.exp((logits[id]! - logits[peak]!) / temperature),
  )
  const restricts = topK < logits.length || topP < 1
  const order = Array.from(weights.keys())
  const kept = restricts
    ? nucleus(
        order.sort((a, b) => weights[b]! - weights[a]! || a - b),
        weights,
        topK,
        topP,
      )
    : order
  let total = 0
  for (const id of kept) total += weights[id]!
  const target = random.uniform(key, 1, 'float64')[0]! * total
  let sum = 0
  for (const id of kept) {
    sum += weights[id]!
    if (sum > target) return id
  }
  return peak
}

/** The head of a list of ids, most likely first, that `topK` and `topP` allow. */
function nucleus(
  order: readonly number[],
  weights: Float64Array,
  topK: number,
  topP: number,
): readonly number[] {
  const head = order.slice(0, Math.min(topK, order.length))
  let total = 0
  for (const id of head) total += weights[id]!
  let sum = 0
  for (const [index, id] of head.entries()) {
    sum += weights[id]!
    if (sum >= topP * total) return head.slice(0, index + 1)
  }
  return head
}

function check(name: string, value: number, isRight: boolean, expected: string): void {
  if (isRight) return
  throw new ElmanError('SAMPLING_OPTION_INVALID', {
    message: `"${name}" of sampling is out of range`,
    expected,
    found: String(value),
  })
}
