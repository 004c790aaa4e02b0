/** Whether a sampler is uniform, by counting how often each word comes. */
import { allWords } from '../automata/words.ts'
import type { Recognition, Word } from './language.ts'

/** How far counts are from uniform. */
export interface Uniformity {
  /** Words that there are. */
  readonly words: number
  /** Words that were drawn and are not among them. */
  readonly strangers: number
  /**
   * Pearson's statistic as a number of standard deviations from what a uniform sampler gives (Wilson and Hilferty
   * 1931): beyond 4 once in 30,000 times.
   */
  readonly deviation: number
}

/** Compares `count` draws with all words that may come, each of which should come equally often. */
export function uniformityOf(all: Iterable<Word>, count: number, draw: (index: number) => Word): Uniformity {
  const counts = new Map<string, number>()
  for (const word of all) counts.set(word.join(), 0)
  let strangers = 0
  for (let index = 0; index < count; index++) {
    const key = draw(index).join()
    const before = counts.get(key)
    if (before === undefined) strangers++
    else counts.set(key, before + 1)
  }
  const expected = count / counts.size
  let statistic = 0
  for (const found of counts.values()) statistic += (found - expected) ** 2 / expected
  return { words: counts.size, strangers, deviation: normalOf(statistic, counts.size - 1) }
}

/** A chi-squared statistic as a standard normal number. */
function normalOf(statistic: number, freedom: number): number {
  if (freedom === 0) return 0
  const spread = 2 / (9 * freedom)
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread)
}

/** All words of a length that have a class by the direct definition. */
export function* wordsOfClass(
  { classOf }: Recognition,
  symbols: number,
  length: number,
  label: number,
): Generator<Word> {
  for (const word of allWords(symbols, length)) if (classOf(word) === label) yield word
}
