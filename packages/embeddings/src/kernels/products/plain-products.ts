import type { ProductsKernel } from './products-kernel.ts'

const { fround } = Math

/**
 * The kernel of assembly/products.ts in TypeScript, over the same memory and with the same bits: every operation is
 * rounded to float32, in the same order. For tests and to be read; the kernel is several times faster.
 */
export function createPlainProducts(buffer: ArrayBufferLike): ProductsKernel {
  const floats = new Float32Array(buffer)
  const ints = new Int32Array(buffer)
  const heap = plainHeap(floats, ints)
  return {
    similarities(rows, norms, stride, count, queries, queryCount, out, outStride) {
      for (let q = 0; q < queryCount; q++)
        for (let r = 0; r < count; r++) {
          const product = dot(floats, rows / 4 + r * stride, queries / 4 + q * stride, stride)
          floats[out / 4 + q * outStride + r] = product / floats[norms / 4 + r]!
        }
    },
    select(scores, count, firstIndex, at) {
      for (let r = 0; r < count; r++) heap.offer(at / 4, floats[scores / 4 + r]!, firstIndex + r)
    },
    analogies(lines, stride, count, firstIndex, questions, questionCount, heaps, heapBytes, epsilon) {
      const score = epsilon === 0 ? added : multiplied(fround(epsilon))
      for (let question = 0; question < questionCount; question++) {
        const line = (term: number) => lines / 4 + ints[questions / 4 + question * 3 + term]! * stride
        const [a, b, c] = [line(0), line(1), line(2)]
        for (let r = 0; r < count; r++) {
          const value = score(floats[a + r]!, floats[b + r]!, floats[c + r]!)
          heap.offer((heaps + question * heapBytes) / 4, value, firstIndex + r)
        }
      }
    },
  }
}

/** Four lanes, lane l over the elements l, l + 4, …, then (l₀ + l₁) + (l₂ + l₃). */
function dot(floats: Float32Array, a: number, b: number, stride: number): number {
  const lanes = [0, 0, 0, 0]
  for (let i = 0; i < stride; i++)
    lanes[i % 4] = fround(lanes[i % 4]! + fround(floats[a + i]! * floats[b + i]!))
  return fround(fround(lanes[0]! + lanes[1]!) + fround(lanes[2]! + lanes[3]!))
}

/** 3CosAdd: cos(x, b) + cos(x, c) − cos(x, a). */
function added(a: number, b: number, c: number): number {
  return fround(fround(b + c) - a)
}

/** 3CosMul: cos(x, b) cos(x, c) / (cos(x, a) + ε), cosines moved to 0 … 1 (Levy & Goldberg 2014). */
function multiplied(epsilon: number) {
  const half = (cosine: number) => fround(fround(cosine + 1) * 0.5)
  return (a: number, b: number, c: number) => fround(fround(half(b) * half(c)) / fround(half(a) + epsilon))
}

/** Heaps at float32 indices, not bytes. */
function plainHeap(floats: Float32Array, ints: Int32Array) {
  const worse = (heap: number, i: number, score: number, index: number): boolean => {
    const kept = floats[heap + 2 + i]!
    return kept < score || (kept === score && ints[heap + 2 + ints[heap]! + i]! > index)
  }
  const put = (heap: number, i: number, score: number, index: number): void => {
    floats[heap + 2 + i] = score
    ints[heap + 2 + ints[heap]! + i] = index
  }
  const move = (heap: number, from: number, to: number): void =>
    put(heap, to, floats[heap + 2 + from]!, ints[heap + 2 + ints[heap]! + from]!)

  const push = (heap: number, score: number, index: number): void => {
    let at = ints[heap + 1]!++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (worse(heap, parent, score, index)) break
      move(heap, parent, at)
      at = parent
    }
    put(heap, at, score, index)
  }

  const replaceWorst = (heap: number, score: number, index: number): void => {
    const size = ints[heap + 1]!
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size) {
        const right = heap + 2 + child + 1
        if (!worse(heap, child, floats[right]!, ints[right + ints[heap]!]!)) child++
      }
      if (!worse(heap, child, score, index)) break
      move(heap, child, at)
      at = child
    }
    put(heap, at, score, index)
  }

  return {
    offer(heap: number, score: number, index: number): void {
      if (Number.isNaN(score)) return
      if (ints[heap + 1]! < ints[heap]!) push(heap, score, index)
      else if (score > floats[heap + 2]!) replaceWorst(heap, score, index)
    },
  }
}
