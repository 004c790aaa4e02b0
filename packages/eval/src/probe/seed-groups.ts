/** Which seeds train in one graph. */
import type { Learner } from '../learners/learner.ts'

/** Seeds in a graph at most: more gain little. */
export const MOST_SEEDS_TOGETHER = 8

/**
 * Numbers of hidden units, over all rows, steps and seeds of a train step, up to which seeds beside each other pay. A
 * step keeps a few times as many for its backward pass; at twice this, they have left the cache, and training seeds
 * together takes up to twice as long as one after another.
 */
export const CACHED_NUMBERS = 2 ** 17

/** The same of the numbers in memories, which a step keeps fewer times. */
export const CACHED_MEMORY = 2 ** 20

/** The work of a seed's longest step. */
export interface SeedWork {
  readonly learner: Learner
  /** Strings in a batch. */
  readonly batch: number
  /** Steps of the longest training string. */
  readonly time: number
}

/**
 * How many seeds train in one graph: as many as stay within {@link CACHED_NUMBERS} and {@link CACHED_MEMORY}, at most
 * {@link MOST_SEEDS_TOGETHER}. Each operation then does the work of several, which pays where operations are small: two
 * to four times at a batch of 4, 1.2 to 1.8 times at 32 strings of 20 symbols (the seeds' table of
 * benchmarks/ladder-cell).
 */
export function seedsTogether({ learner, batch, time }: SeedWork): number {
  if (learner.width === undefined) return 1
  const memory = learner.hasMemory ? (learner.recurrence?.stateSize({ time, hard: false }) ?? 0) : 0
  const fit = Math.min(
    MOST_SEEDS_TOGETHER,
    CACHED_NUMBERS / (learner.width * batch * time),
    CACHED_MEMORY / (memory * batch * time),
  )
  return Math.max(1, Math.floor(fit))
}

/** Seeds in their order, in groups of at most `together`. */
export function seedGroups(seeds: readonly number[], together: number): (readonly number[])[] {
  const groups: number[][] = []
  for (let first = 0; first < seeds.length; first += together) {
    groups.push(seeds.slice(first, first + together))
  }
  return groups
}
