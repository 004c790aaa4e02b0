// The best few of many scores. A heap lies in memory as: int32 capacity, int32 size, float32 scores [capacity],
// int32 indices [capacity]; its root is the worst kept: lowest score, of equal ones the highest index.

function scoreAt(heap: usize, i: i32): f32 {
  return load<f32>(heap + 8 + ((<usize>i) << 2))
}

function indicesOf(heap: usize): usize {
  return heap + 8 + ((<usize>load<i32>(heap)) << 2)
}

function indexAt(heap: usize, i: i32): i32 {
  return load<i32>(indicesOf(heap) + ((<usize>i) << 2))
}

function put(heap: usize, i: i32, score: f32, index: i32): void {
  store<f32>(heap + 8 + ((<usize>i) << 2), score)
  store<i32>(indicesOf(heap) + ((<usize>i) << 2), index)
}

function worse(score: f32, index: i32, otherScore: f32, otherIndex: i32): bool {
  return score < otherScore || (score === otherScore && index > otherIndex)
}

/** Adds to a heap that has room. */
function push(heap: usize, score: f32, index: i32): void {
  let at = load<i32>(heap, 4)
  store<i32>(heap, at + 1, 4)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!worse(score, index, scoreAt(heap, parent), indexAt(heap, parent))) break
    put(heap, at, scoreAt(heap, parent), indexAt(heap, parent))
    at = parent
  }
  put(heap, at, score, index)
}

/** Puts a better one in the place of the worst kept. */
function replaceWorst(heap: usize, score: f32, index: i32): void {
  const size = load<i32>(heap, 4)
  let at = 0
  while (true) {
    let child = 2 * at + 1
    if (child >= size) break
    if (
      child + 1 < size &&
      worse(scoreAt(heap, child + 1), indexAt(heap, child + 1), scoreAt(heap, child), indexAt(heap, child))
    )
      child++
    if (!worse(scoreAt(heap, child), indexAt(heap, child), score, index)) break
    put(heap, at, scoreAt(heap, child), indexAt(heap, child))
    at = child
  }
  put(heap, at, score, index)
}

/** Offers one score; rows come by rising index, so that of equal scores the lowest indices stay. NaN never enters. */
export function offer(heap: usize, score: f32, index: i32): void {
  if (F32.isNaN(score)) return
  if (load<i32>(heap, 4) < load<i32>(heap)) push(heap, score, index)
  else if (score > scoreAt(heap, 0)) replaceWorst(heap, score, index)
}

/** The score that a new one must pass; -Infinity while there is room (then every score is offered). */
export function threshold(heap: usize): f32 {
  return load<i32>(heap, 4) < load<i32>(heap) ? <f32>-Infinity : scoreAt(heap, 0)
}

export function isFull(heap: usize): bool {
  return load<i32>(heap, 4) >= load<i32>(heap)
}

/** Offers those of four scores that pass; they belong to rows `index` ... `index + 3`. */
export function offerFour(heap: usize, scores: v128, index: i32): void {
  offer(heap, f32x4.extract_lane(scores, 0), index)
  offer(heap, f32x4.extract_lane(scores, 1), index + 1)
  offer(heap, f32x4.extract_lane(scores, 2), index + 2)
  offer(heap, f32x4.extract_lane(scores, 3), index + 3)
}
