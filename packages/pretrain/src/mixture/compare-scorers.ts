/** Whether one model is better than another on the same tokens, by a paired bootstrap over blocks of them. */
import { ElmanError, random } from '@elman/core'

/** How two models are compared. */
export interface CompareScorersOptions {
  /** 0 unless given; equal seeds give equal intervals. */
  readonly seed?: number | undefined
  /** Texts drawn; 1,000 unless given. */
  readonly samples?: number | undefined
  /** Tokens a block; ⌈√tokens⌉ unless given. Losses of neighbours are alike, so single tokens would flatter. */
  readonly block?: number | undefined
  /** Part of the drawn texts within an interval; 0.95 unless given. */
  readonly confidence?: number | undefined
}

/** A figure and the interval that holds it. */
export interface ComparisonInterval {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/** The comparison of model A with model B. */
export interface ScorerComparison {
  /** Tokens that both models have a log-probability for. */
  readonly tokens: number
  readonly perplexityA: ComparisonInterval
  readonly perplexityB: ComparisonInterval
  /** Perplexity of A less that of B: below 0 where A is better. */
  readonly difference: ComparisonInterval
  /** Loss of A less that of B, in nats a token. */
  readonly lossDifference: ComparisonInterval
  /** How probable a difference of loss as large as this is, one way or the other, where there is none. */
  readonly p: number
  readonly samples: number
  readonly block: number
  readonly confidence: number
}

/**
 * Compares two models by their natural log-probabilities of the same tokens. Texts of as many tokens are drawn from
 * blocks of the given one (circular block bootstrap, Politis & Romano 1992), the same blocks for both models; the
 * intervals are percentiles of the figures on them. p is the share of drawn texts, the given one counted too, whose
 * difference is as far from the given difference as that is from 0.
 *
 * @throws `COMPARISON_LENGTHS_DIFFER`, `COMPARISON_IMPOSSIBLE`, `COMPARISON_OPTION`
 */
export function compareScorers(
  a: Float64Array,
  b: Float64Array,
  { seed = 0, samples = 1000, block, confidence = 0.95 }: CompareScorersOptions = {},
): ScorerComparison {
  if (a.length !== b.length) {
    throw new ElmanError('COMPARISON_LENGTHS_DIFFER', {
      message: 'two models are compared on the same tokens',
      found: `${a.length} log-probabilities of one, ${b.length} of the other`,
      hint: 'score the same ids with both',
    })
  }
  const [sumsA, sumsB] = prefixSums(a, b)
  const tokens = sumsA.length - 1
  const length = Math.min(block ?? Math.ceil(Math.sqrt(tokens)), tokens)
  checkOptions(samples, length, confidence)
  const blocks = Math.ceil(tokens / length)
  const key = random.foldIn(random.key(seed), 'compare-scorers')
  const lossesA = new Float64Array(samples)
  const lossesB = new Float64Array(samples)
  for (let sample = 0; sample < samples; sample++) {
    const starts = random.integersBelow(random.foldIn(key, sample), blocks, tokens)
    let [sumA, sumB] = [0, 0]
    for (let index = 0; index < blocks; index++) {
      // The last block is as long as it takes to have as many tokens as the text.
      const size = index < blocks - 1 ? length : tokens - length * (blocks - 1)
      sumA += circularSum(sumsA, starts[index]!, size)
      sumB += circularSum(sumsB, starts[index]!, size)
    }
    lossesA[sample] = -sumA / tokens
    lossesB[sample] = -sumB / tokens
  }
  const [lossA, lossB] = [-sumsA[tokens]! / tokens, -sumsB[tokens]! / tokens]
  const interval = (value: number, drawn: (sample: number) => number): ComparisonInterval => {
    const sorted = Float64Array.from({ length: samples }, (_, sample) => drawn(sample)).sort()
    const tail = (1 - confidence) / 2
    return { value, lower: quantile(sorted, tail), upper: quantile(sorted, 1 - tail) }
  }
  const observed = lossA - lossB
  let extreme = 0
  for (let sample = 0; sample < samples; sample++)
    if (Math.abs(lossesA[sample]! - lossesB[sample]! - observed) >= Math.abs(observed)) extreme++
  return {
    tokens,
    perplexityA: interval(Math.exp(lossA), sample => Math.exp(lossesA[sample]!)),
    perplexityB: interval(Math.exp(lossB), sample => Math.exp(lossesB[sample]!)),
    difference: interval(
      Math.exp(lossA) - Math.exp(lossB),
      sample => Math.exp(lossesA[sample]!) - Math.exp(lossesB[sample]!),
    ),
    lossDifference: interval(observed, sample => lossesA[sample]! - lossesB[sample]!),
    p: (extreme + 1) / (samples + 1),
    samples,
    block: length,
    confidence,
  }
}

function checkOptions(samples: number, block: number, confidence: number): void {
  if (Number.isInteger(samples) && samples >= 1 && Number.isInteger(block) && block >= 1)
    if (confidence > 0 && confidence < 1) return
  throw new ElmanError('COMPARISON_OPTION', {
    message: 'an option of the comparison is out of range',
    expected: 'samples and block whole numbers from 1 on, confidence between 0 and 1',
    found: `samples ${samples}, block ${block}, confidence ${confidence}`,
  })
}

/** Sums of the first 0, 1, 2, … log-probabilities of each model, over the tokens that both have. */
function prefixSums(a: Float64Array, b: Float64Array): [Float64Array, Float64Array] {
  const sums: [number[], number[]] = [[0], [0]]
  for (let token = 0; token < a.length; token++) {
    if (Number.isNaN(a[token]!) || Number.isNaN(b[token]!)) continue
    sums[0].push(sums[0].at(-1)! + a[token]!)
    sums[1].push(sums[1].at(-1)! + b[token]!)
  }
  const ends = [sums[0].at(-1)!, sums[1].at(-1)!]
  if (sums[0].length > 1 && ends.every(Number.isFinite))
    return [Float64Array.from(sums[0]), Float64Array.from(sums[1])]
  throw new ElmanError('COMPARISON_IMPOSSIBLE', {
    message: 'there is no difference of perplexity to speak of',
    found:
      sums[0].length === 1
        ? 'no token that both models have a log-probability for'
        : 'a token of probability 0: the perplexity is infinite',
    hint:
      sums[0].length === 1
        ? 'score a longer text'
        : 'mix the model that gives tokens no probability with one that does: interpolate',
  })
}

function circularSum(sums: Float64Array, start: number, size: number): number {
  const tokens = sums.length - 1
  const end = start + size
  return end <= tokens ? sums[end]! - sums[start]! : sums[tokens]! - sums[start]! + sums[end - tokens]!
}

/** Linear between the values next to it. */
function quantile(sorted: Float64Array, part: number): number {
  const at = part * (sorted.length - 1)
  const below = sorted[Math.floor(at)]!
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at))
}
