/** Words that were said lately are said again: a unigram cache whose memory fades (Kuhn & De Mori 1990). */
import { ElmanError } from '@elman/core'
import type { WeightedScorer } from './interpolate.ts'
import type { TokenScorer } from './token-scorer.ts'

/** A cache and its part of a mixture. */
export interface UnigramCacheOptions {
  /** Factor on what is remembered, for each token that is added; 0.99 unless given. */
  readonly decay?: number | undefined
  /** Weight in a mixture; 0.1 unless given. */
  readonly weight?: number | undefined
  /**
   * Ids that are neither remembered nor expected; usually the end of a sentence, which says nothing about the subject.
   * None unless given.
   */
  readonly excluded?: readonly number[] | undefined
}

/**
 * A decaying unigram cache with its weight, to stand in a mixture beside models that know the language:
 * `interpolate([{ scorer, weight: 0.9 }, unigramCache({ excluded: [endOfSentence] })])`.
 *
 * P(w) is the share of w in what was read, a word read n tokens ago counting decayⁿ. The cache is empty at the start of
 * each text, and has no distribution then.
 *
 * @throws `MIXTURE_CACHE_DECAY`
 */
export function unigramCache({
  decay = 0.99,
  weight = 0.1,
  excluded = [],
}: UnigramCacheOptions = {}): WeightedScorer {
  if (!(decay > 0 && decay <= 1)) {
    throw new ElmanError('MIXTURE_CACHE_DECAY', {
      message: 'the decay of a cache is a factor on what it remembers',
      expected: 'a number above 0 and at most 1',
      found: String(decay),
    })
  }
  const scorer: TokenScorer = {
    name: `unigram cache, decay ${decay}`,
    adaptive: true,
    logProbabilities: async ids => cacheLogProbabilities(ids, decay, new Set(excluded)),
  }
  return { scorer, weight }
}

function cacheLogProbabilities(ids: Int32Array, decay: number, excluded: ReadonlySet<number>): Float64Array {
  const result = new Float64Array(ids.length)
  const logDecay = Math.log(decay)
  let size = 0
  for (const id of ids) size = Math.max(size, id + 1)
  const remembered = new Float64Array(size) // as of the time of `touched`
  const touched = new Int32Array(size)
  let total = 0
  let time = 0 // tokens remembered so far
  for (let position = 0; position < ids.length; position++) {
    const id = ids[position]!
    const left = excluded.has(id)
    const own = left ? 0 : remembered[id]! * Math.exp(logDecay * (time - touched[id]!))
    result[position] = total === 0 ? Number.NaN : Math.log(own / total)
    if (left) continue
    time++
    total = total * decay + 1
    remembered[id] = own * decay + 1
    touched[id] = time
  }
  return result
}
