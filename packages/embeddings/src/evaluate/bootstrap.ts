import { type Key, random } from '@elman/core'

/** How an interval is estimated by drawing pairs again. */
export interface BootstrapOptions {
  /** Times that as many pairs as there are are drawn, with replacement. Default 1000. */
  readonly samples?: number
  /** Default 0. Equal seeds give equal intervals. */
  readonly seed?: number
  /** Part of the samples within the interval. Default 0.95. */
  readonly confidence?: number
}

/** An interval by the percentile bootstrap (Efron). */
export interface BootstrapInterval {
  readonly lower: number
  readonly upper: number
  readonly confidence: number
  readonly samples: number
}

/**
 * The interval of a statistic of some numbered things: `statistic` is given, for each thing, the number of times it
 * was drawn. Draws for which it is NaN are left out.
 */
export function bootstrapInterval(
  things: number,
  statistic: (times: Int32Array) => number,
  { samples = 1000, seed = 0, confidence = 0.95 }: BootstrapOptions = {},
): BootstrapInterval {
  const values: number[] = []
  const key: Key = random.foldIn(random.key(seed), 'bootstrap')
  const times = new Int32Array(things)
  for (let sample = 0; sample < samples; sample++) {
    times.fill(0)
    if (things > 0)
      for (const thing of random.integersBelow(random.foldIn(key, sample), things, things)) times[thing]!++
    const value = statistic(times)
    if (!Number.isNaN(value)) values.push(value)
  }
  values.sort((a, b) => a - b)
  const tail = (1 - confidence) / 2
  return { lower: quantile(values, tail), upper: quantile(values, 1 - tail), confidence, samples }
}

/** Linear between the values next to it; NaN of none. */
function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN
  const at = part * (sorted.length - 1)
  const below = sorted[Math.floor(at)]!
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at))
}

/**
 * Spearman's coefficient of things drawn some number of times each. Made once for many draws: the order of the
 * numbers is that of the whole set, so that a draw costs no sorting.
 */
export function drawnSpearman(x: ArrayLike<number>, y: ArrayLike<number>): (times: Int32Array) => number {
  const [groupsOfX, groupsOfY] = [equalGroups(x), equalGroups(y)]
  return times => {
    const [ranksOfX, ranksOfY] = [groupRanks(groupsOfX, times), groupRanks(groupsOfY, times)]
    let n = 0
    for (const count of times) n += count
    const mean = (n + 1) / 2 // of ranks 1 … n, whatever is shared
    let [products, squaresOfX, squaresOfY] = [0, 0, 0]
    for (let i = 0; i < times.length; i++) {
      const dx = ranksOfX[groupsOfX.of[i]!]! - mean
      const dy = ranksOfY[groupsOfY.of[i]!]! - mean
      products += times[i]! * dx * dy
      squaresOfX += times[i]! * dx * dx
      squaresOfY += times[i]! * dy * dy
    }
    return squaresOfX > 0 && squaresOfY > 0 ? products / Math.sqrt(squaresOfX * squaresOfY) : Number.NaN
  }
}

interface Groups {
  /** Group of each thing; groups are numbered by rising number. */
  readonly of: Int32Array
  readonly count: number
}

function equalGroups(x: ArrayLike<number>): Groups {
  const order = Int32Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a]! - x[b]!)
  const of = new Int32Array(x.length)
  let group = -1
  order.forEach((thing, i) => {
    if (i === 0 || x[thing] !== x[order[i - 1]!]) group++
    of[thing] = group
  })
  return { of, count: group + 1 }
}

/** Mean rank of each group. */
function groupRanks({ of, count }: Groups, times: Int32Array): Float64Array {
  const ranks = new Float64Array(count)
  for (let i = 0; i < of.length; i++) ranks[of[i]!]! += times[i]!
  let before = 0
  for (let group = 0; group < count; group++) {
    const size = ranks[group]!
    ranks[group] = before + (size + 1) / 2
    before += size
  }
  return ranks
}
