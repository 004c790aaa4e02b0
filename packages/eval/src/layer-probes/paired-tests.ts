/** Whether one of two predictors is better, from the same items. */
import { random } from '@elman/core'
import { errorBounds, incompleteBeta } from '../certificates/bounds.ts'

/** Two predictors, item by item. */
export interface PairedComparison {
  /** Items that the first alone got right, and the second alone. */
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly total: number
  /** Accuracy of the first minus that of the second. */
  readonly difference: number
  /** Exact two-sided p of McNemar's test: both equally likely to be the one that is right. */
  readonly p: number
  /** 95 % interval of the difference; see {@link comparePaired}. */
  readonly interval: readonly [number, number]
}

/**
 * Compares two predictors by the items on which they differ. The interval is exact given how many those are (Clopper &
 * Pearson on the share that the first has right). With `groups`, whose items are not independent (the words of a
 * sentence), it is widened to that of a bootstrap over groups where that one is wider.
 *
 * @param groups - Number of the group of each item, from 0.
 */
export function comparePaired(first: Uint8Array, second: Uint8Array, groups?: Int32Array): PairedComparison {
  let [onlyFirst, onlySecond] = [0, 0]
  for (let item = 0; item < first.length; item++) {
    if (first[item] === second[item]) continue
    if (first[item] === 1) onlyFirst += 1
    else onlySecond += 1
  }
  const total = first.length
  const differing = onlyFirst + onlySecond
  const share = differing === 0 ? { lower: 0.5, upper: 0.5 } : errorBounds(onlyFirst, differing)
  const scale = total === 0 ? 0 : differing / total
  const exact: readonly [number, number] = [(2 * share.lower - 1) * scale, (2 * share.upper - 1) * scale]
  const drawn = groups === undefined ? exact : bootstrapDifference(first, second, groups)
  return {
    ...{ onlyFirst, onlySecond, total },
    difference: total === 0 ? 0 : (onlyFirst - onlySecond) / total,
    p: signP(Math.min(onlyFirst, onlySecond), differing),
    interval: [Math.min(exact[0], drawn[0]), Math.max(exact[1], drawn[1])],
  }
}

/** Two-sided p of at most `fewer` heads in `tosses` of a fair coin. */
export function signP(fewer: number, tosses: number): number {
  if (tosses === 0 || 2 * fewer >= tosses) return 1
  return Math.min(1, 2 * incompleteBeta(0.5, tosses - fewer, fewer + 1))
}

const DRAWS = 1000

function bootstrapDifference(
  first: Uint8Array,
  second: Uint8Array,
  groups: Int32Array,
): readonly [number, number] {
  let count = 0
  for (const group of groups) count = Math.max(count, group + 1)
  const [gain, size] = [new Float64Array(count), new Float64Array(count)]
  for (const [item, group] of groups.entries()) {
    gain[group]! += first[item]! - second[item]!
    size[group]! += 1
  }
  const key = random.foldIn(random.key(0), 'paired bootstrap')
  const values: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    let [gained, items] = [0, 0]
    for (const group of random.integersBelow(random.foldIn(key, draw), count, count)) {
      gained += gain[group]!
      items += size[group]!
    }
    values.push(gained / items)
  }
  values.sort((a, b) => a - b)
  return [values[Math.floor(0.025 * DRAWS)]!, values[Math.ceil(0.975 * DRAWS) - 1]!]
}
