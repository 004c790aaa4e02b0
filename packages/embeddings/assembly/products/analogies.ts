// biome-ignore-all lint/correctness/useImportExtensions: AssemblyScript adds the extension itself
// Analogies from the similarities of a tile's rows with each word that occurs in a question: a is to b as c is to ?
import { isFull, offer, offerFour, threshold } from './top-heap'

function half(similarity: v128): v128 {
  return f32x4.mul(f32x4.add(similarity, f32x4.splat(1)), f32x4.splat(0.5))
}

/** 3CosAdd: cos(x, b) + cos(x, c) - cos(x, a). */
function added(a: usize, b: usize, c: usize): v128 {
  return f32x4.sub(f32x4.add(v128.load(b), v128.load(c)), v128.load(a))
}

/** 3CosMul: cos(x, b) cos(x, c) / (cos(x, a) + epsilon), cosines moved to 0 ... 1. */
function multiplied(a: usize, b: usize, c: usize, epsilon: v128): v128 {
  return f32x4.div(f32x4.mul(half(v128.load(b)), half(v128.load(c))), f32x4.add(half(v128.load(a)), epsilon))
}

/**
 * Offers the score of each of `count` rows, the first of which is row `firstIndex`, to the heap of each question.
 *
 * @param lines Similarities, [words x stride]: of each word in a question with each row; readable in fours.
 * @param questions int32 [questionCount x 3]: lines of a, b and c.
 * @param heaps One a question, `heapBytes` apart.
 * @param epsilon 3CosMul with this epsilon; 3CosAdd if it is 0.
 */
export function analogies(
  lines: usize,
  stride: i32,
  count: i32,
  firstIndex: i32,
  questions: usize,
  questionCount: i32,
  heaps: usize,
  heapBytes: i32,
  epsilon: f32,
): void {
  const bytes = (<usize>stride) << 2
  const small = f32x4.splat(epsilon)
  for (let question = 0; question < questionCount; question++) {
    const terms = questions + <usize>question * 12
    const a = lines + <usize>load<i32>(terms) * bytes
    const b = lines + <usize>load<i32>(terms, 4) * bytes
    const c = lines + <usize>load<i32>(terms, 8) * bytes
    const heap = heaps + <usize>question * <usize>heapBytes
    let least = f32x4.splat(threshold(heap))
    let full = isFull(heap)
    for (let row = 0; row < count; row += 4) {
      const at = (<usize>row) << 2
      const scores = epsilon === 0 ? added(a + at, b + at, c + at) : multiplied(a + at, b + at, c + at, small)
      if (full && !v128.any_true(f32x4.gt(scores, least))) continue
      if (row + 4 <= count) offerFour(heap, scores, firstIndex + row)
      else {
        offer(heap, f32x4.extract_lane(scores, 0), firstIndex + row)
        if (row + 1 < count) offer(heap, f32x4.extract_lane(scores, 1), firstIndex + row + 1)
        if (row + 2 < count) offer(heap, f32x4.extract_lane(scores, 2), firstIndex + row + 2)
      }
      full = isFull(heap)
      least = f32x4.splat(threshold(heap))
    }
  }
}
