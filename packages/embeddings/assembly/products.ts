// biome-ignore-all lint/correctness/useImportExtensions: AssemblyScript adds the extension itself
// Exact search: similarities of the rows of a tile with some queries, and the best of them.
import { isFull, offer, offerFour, threshold } from './products/top-heap'

export { analogies } from './products/analogies'
export { similarities } from './products/dots'

/** Offers `count` scores, the first of which is of row `firstIndex`, to a heap. */
export function select(scores: usize, count: i32, firstIndex: i32, heap: usize): void {
  let row = 0
  for (; row < count && !isFull(heap); row++)
    offer(heap, load<f32>(scores + ((<usize>row) << 2)), firstIndex + row)
  let least = f32x4.splat(threshold(heap))
  for (; row + 4 <= count; row += 4) {
    const four = v128.load(scores + ((<usize>row) << 2))
    if (!v128.any_true(f32x4.gt(four, least))) continue
    offerFour(heap, four, firstIndex + row)
    least = f32x4.splat(threshold(heap))
  }
  for (; row < count; row++) offer(heap, load<f32>(scores + ((<usize>row) << 2)), firstIndex + row)
}
