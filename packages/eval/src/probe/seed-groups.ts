/** Which seeds train in one graph. */

/** Largest batch × width at which seeds beside each other pay. */
export const SMALL_STEP = 256
/** Seeds in a graph: more gain little and need more memory. */
export const SEEDS_TOGETHER = 8

/**
 * Seeds in groups that train in one graph each. Together pays where a single seed's operations are too small to fill
 * the vector units, so that the number of operations is what costs: batch × width up to {@link SMALL_STEP}. Above, the
 * operations fill them already, and the saved activations of many seeds leave the cache. The seeds' table of
 * benchmarks/ladder-cell shows both sides.
 */
export function seedGroups(
  seeds: readonly number[],
  batch: number,
  width: number | undefined,
): (readonly number[])[] {
  const together = width !== undefined && batch * width <= SMALL_STEP ? SEEDS_TOGETHER : 1
  const groups: number[][] = []
  for (let first = 0; first < seeds.length; first += together) {
    groups.push(seeds.slice(first, first + together))
  }
  return groups
}
