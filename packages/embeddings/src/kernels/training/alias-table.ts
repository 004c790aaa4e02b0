/** Sampling from a discrete distribution with one draw (Walker 1977; the construction is Vose's, 1991). */

const SCALE = 2 ** 32

/**
 * The alias table of some weights: for each slot the threshold below which a 32-bit coin means the slot itself, and
 * the word that it means otherwise. Exact but for the rounding of thresholds to 2⁻³².
 *
 * @param table - Two numbers a word, threshold and alias: length 2 × weights.length.
 */
export function fillAliasTable(table: Uint32Array, weights: Float64Array): void {
  const size = weights.length
  let total = 0
  for (const weight of weights) total += weight
  const share = weights.map(weight => (weight / total) * size)
  // Stacks of slots that have less and more than an equal share, in one array from both ends.
  const stack = new Uint32Array(size)
  let small = 0
  let large = size
  for (let slot = size - 1; slot >= 0; slot--) {
    if (share[slot]! < 1) stack[small++] = slot
    else stack[--large] = slot
  }
  while (small > 0 && large < size) {
    const less = stack[--small]!
    const more = stack[large]!
    table[2 * less] = Math.min(SCALE - 1, Math.round(share[less]! * SCALE))
    table[2 * less + 1] = more
    share[more] = share[more]! - (1 - share[less]!)
    if (share[more]! >= 1) continue
    large++
    stack[small++] = more
  }
  // What is left has a share of one but for rounding: both sides of the coin are the slot.
  const alone = (slot: number) => {
    table[2 * slot] = SCALE - 1
    table[2 * slot + 1] = slot
  }
  while (small > 0) alone(stack[--small]!)
  while (large < size) alone(stack[large++]!)
}
