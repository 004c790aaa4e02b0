// GloVe: one pass over a batch of co-occurrence records, in float32 (Pennington, Socher and Manning 2014; AdaGrad and
// its two rates as in the C tool, see embeddings' src/glove/train-glove.ts). The caller owns the memory:
//
//   model    rows of 2·width + 4 floats: vector [width], squared gradients [width], bias, its squared gradients, 0, 0.
//            Rows 0 … words − 1 are the words' own, the next `words` are theirs as contexts. width is a multiple of 4.
//   records  16 bytes each: uint32 word, uint32 context, float32 log X, float32 weight f(X).
//
// The order of additions is fixed (two sums of four lanes, then the lanes), so that the twin in TypeScript gives the
// same bits.

/** Trains on `count` records and adds their cost at `cost` (float64). Gives the number of records trained: fewer than
 *  `count` where the cost of the next one is not finite; that one has changed nothing. */
export function train(
  model: usize,
  words: u32,
  width: u32,
  records: usize,
  count: u32,
  rate: f32,
  clip: f32,
  cost: usize,
): u32 {
  const half: usize = width << 2
  const row: usize = (half << 1) + 16
  const eta = f32x4.splat(rate)
  const highest = f32x4.splat(clip)
  const lowest = f32x4.splat(-clip)
  let total: f64 = load<f64>(cost)
  let done: u32 = 0
  for (; done < count; done++, records += 16) {
    const word = model + <usize>load<u32>(records) * row
    const context = model + <usize>(words + load<u32>(records, 4)) * row
    let even = f32x4.splat(0)
    let odd = f32x4.splat(0)
    let at: usize = 0
    for (; at + 32 <= half; at += 32) {
      even = f32x4.add(even, f32x4.mul(v128.load(word + at), v128.load(context + at)))
      odd = f32x4.add(odd, f32x4.mul(v128.load(word + at, 16), v128.load(context + at, 16)))
    }
    if (at < half) even = f32x4.add(even, f32x4.mul(v128.load(word + at), v128.load(context + at)))
    const sum = f32x4.add(even, odd)
    const dot: f32 =
      f32x4.extract_lane(sum, 0) +
      f32x4.extract_lane(sum, 1) +
      (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))

    const wordBias = word + (half << 1)
    const contextBias = context + (half << 1)
    const difference: f32 = dot + load<f32>(wordBias) + load<f32>(contextBias) - load<f32>(records, 8)
    const weighted: f32 = load<f32>(records, 12) * difference
    const recordCost: f64 = 0.5 * <f64>weighted * <f64>difference
    if (!Number.isFinite(recordCost)) break
    total += recordCost

    const factor = f32x4.splat(weighted)
    for (at = 0; at < half; at += 16) {
      const w = v128.load(word + at)
      const c = v128.load(context + at)
      const wordSquares = v128.load(word + half + at)
      const contextSquares = v128.load(context + half + at)
      const wordStep = f32x4.mul(f32x4.pmax(f32x4.pmin(f32x4.mul(factor, c), highest), lowest), eta)
      const contextStep = f32x4.mul(f32x4.pmax(f32x4.pmin(f32x4.mul(factor, w), highest), lowest), eta)
      v128.store(word + at, f32x4.sub(w, f32x4.div(wordStep, f32x4.sqrt(wordSquares))))
      v128.store(context + at, f32x4.sub(c, f32x4.div(contextStep, f32x4.sqrt(contextSquares))))
      v128.store(word + half + at, f32x4.add(wordSquares, f32x4.mul(wordStep, wordStep)))
      v128.store(context + half + at, f32x4.add(contextSquares, f32x4.mul(contextStep, contextStep)))
    }
    const squared: f32 = weighted * weighted
    const wordBiasSquares = load<f32>(wordBias, 4)
    const contextBiasSquares = load<f32>(contextBias, 4)
    store<f32>(wordBias, load<f32>(wordBias) - weighted / sqrt<f32>(wordBiasSquares))
    store<f32>(contextBias, load<f32>(contextBias) - weighted / sqrt<f32>(contextBiasSquares))
    store<f32>(wordBias, wordBiasSquares + squared, 4)
    store<f32>(contextBias, contextBiasSquares + squared, 4)
  }
  store<f64>(cost, total)
  return done
}
