import type { GloveBatch, GloveLayout } from './glove-kernel.ts'

const { fround, sqrt, min, max } = Math

/**
 * The kernel of assembly/glove.ts in TypeScript, on the same memory and with the same bits: every operation is rounded
 * to float32, in the same order. For tests and to be read; the kernel is many times faster.
 */
export function referenceTrainGloveBatch(
  buffer: ArrayBufferLike,
  { words, width, row }: GloveLayout,
  batch: GloveBatch,
): number {
  const floats = new Float32Array(buffer)
  const ids = new Uint32Array(buffer)
  const cost = new Float64Array(buffer, batch.cost, 1)
  const rate = fround(batch.rate)
  const clip = fround(batch.clip)
  for (let done = 0; done < batch.count; done++) {
    const record = batch.records / 4 + done * 4
    const word = batch.model / 4 + ids[record]! * row
    const context = batch.model / 4 + (words + ids[record + 1]!) * row
    const wordBias = word + 2 * width
    const contextBias = context + 2 * width

    // J = f(X) (w·w̃ + b + b̃ − log X)², halved; its derivative by the difference is `weighted`.
    const dot = dotProduct(floats, word, context, width)
    const sum = fround(fround(dot + floats[wordBias]!) + floats[contextBias]!)
    const difference = fround(sum - floats[record + 2]!)
    const weighted = fround(floats[record + 3]! * difference)
    const recordCost = 0.5 * weighted * difference
    if (!Number.isFinite(recordCost)) return done
    cost[0]! += recordCost

    for (let i = 0; i < width; i++) {
      const w = floats[word + i]!
      const c = floats[context + i]!
      const wordStep = fround(max(min(fround(weighted * c), clip), -clip) * rate)
      const contextStep = fround(max(min(fround(weighted * w), clip), -clip) * rate)
      const wordSquares = floats[word + width + i]!
      const contextSquares = floats[context + width + i]!
      floats[word + i] = w - fround(wordStep / fround(sqrt(wordSquares)))
      floats[context + i] = c - fround(contextStep / fround(sqrt(contextSquares)))
      floats[word + width + i] = wordSquares + fround(wordStep * wordStep)
      floats[context + width + i] = contextSquares + fround(contextStep * contextStep)
    }
    // Biases learn without the rate, as in the C tool.
    const squared = fround(weighted * weighted)
    for (const bias of [wordBias, contextBias]) {
      floats[bias] = floats[bias]! - fround(weighted / fround(sqrt(floats[bias + 1]!)))
      floats[bias + 1] = floats[bias + 1]! + squared
    }
  }
  return batch.count
}

/** Eight running sums, index modulo 8, added up as the kernel adds its two vectors of four lanes. */
function dotProduct(floats: Float32Array, a: number, b: number, width: number): number {
  const sums = new Float32Array(8)
  for (let i = 0; i < width; i++) {
    sums[i & 7] = sums[i & 7]! + fround(floats[a + i]! * floats[b + i]!)
  }
  const lane = (i: number) => fround(sums[i]! + sums[i + 4]!)
  return fround(fround(lane(0) + lane(1)) + fround(lane(2) + lane(3)))
}
