import type { HypothesisResult } from './hypothesis-experiment.ts'

/** What an experiment says, in a word and in sentences. */
export interface Verdict {
  readonly level: 'supported' | 'weakly supported' | 'not supported'
  readonly text: string
}

/**
 * The rule, fixed beforehand. *Supported*: correlation given frequency of .3 or more, p ≤ .01 against pairs shuffled
 * among their like in frequency, and above 0 in each frequency band (95 % interval). *Weakly supported*: .1 or more and
 * p ≤ .05. Else *not supported*.
 */
export function verdictOf(result: HypothesisResult): Verdict {
  const { spearman, partial = spearman, interval, bands, chance, frequencyAlone = chance } = result
  const everywhere = bands.every(band => band.interval[0] > 0)
  const level =
    partial >= 0.3 && frequencyAlone.p <= 0.01 && everywhere
      ? 'supported'
      : partial >= 0.1 && frequencyAlone.p <= 0.05
        ? 'weakly supported'
        : 'not supported'
  const lowest = bands.reduce((least, band) => Math.min(least, band.spearman), Number.POSITIVE_INFINITY)
  const highest = bands.reduce((most, band) => Math.max(most, band.spearman), Number.NEGATIVE_INFINITY)
  const sentences = [
    `Over ${result.pairs.toLocaleString('en-US')} pairs of words, ${result.measure} and the cosine of ${result.model} correlate at ρ = ${decimal(spearman)} (95 % interval ${decimal(interval[0])} to ${decimal(interval[1])}), ${decimal(partial)} with frequency held constant.`,
    `Shuffled among pairs of about the same frequency, so that frequency alone is left, they correlate at ${decimal(frequencyAlone.mean)} (p ${frequencyAlone.p <= 1 / (frequencyAlone.draws + 1) ? '≤' : '='} ${short(frequencyAlone.p)}).`,
    ...(bands.length > 0 ? [`By frequency band ρ is ${decimal(lowest)} to ${decimal(highest)}.`] : []),
  ]
  return { level, text: sentences.join(' ') }
}

/** A correlation to two decimals, its minus a real one. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const text = Math.abs(value).toFixed(2)
  return value < 0 && Number(text) > 0 ? `−${text}` : text
}

function short(p: number): string {
  return p < 0.001 ? p.toPrecision(1) : p.toFixed(3)
}
