/** Normalisation over classes, kept whole because backends have one kernel for it. */
import type { Primitive } from '../ir/primitive.ts'
import { apply, type Tensor } from '../ir/scope.ts'
import { broadcastTo, mul, sub } from '../ops/elementwise.ts'
import { scatterAddElements } from '../ops/indexing.ts'
import { softmax } from '../ops/neural.ts'
import { sum } from '../ops/reduction.ts'
import { expandDims } from '../ops/shape.ts'
import { allocate, sameShape } from '../tensor/dtype.ts'
import { filled } from '../tensor/nd-array.ts'
import { allBatched, floatOnly, mismatch, wrongDType } from './rules.ts'

/** Largest element and Σ e^{x − largest} of one row. */
function rowStatistics(data: ArrayLike<number>, at: number, n: number): { peak: number; total: number } {
  let peak = Number.NEGATIVE_INFINITY
  for (let k = 0; k < n; k++) peak = Math.max(peak, data[at + k]!)
  let total = 0
  for (let k = 0; k < n; k++) total += Math.exp(data[at + k]! - peak)
  return { peak, total }
}

/** eˣ / Σ eˣ. */
export const softmax_: Primitive<'softmax'> = {
  summary: 'eˣ / Σ eˣ over the last axis.',
  infer: inputs => [floatOnly('softmax', inputs)],
  derivative: ({ outputs: [y], cotangents: [d] }) => {
    // dx = y ⊙ (dy − Σ dy ⊙ y)
    const inner = sum(mul(d!, y!), -1, { keepDims: true })
    return [mul(y!, sub(d!, inner))]
  },
  batch: ({ inputs }) => apply('softmax', inputs, {}),
  evaluate: ([x]) => {
    const n = x!.shape.at(-1)!
    const data = allocate(x!.dtype, x!.data.length)
    for (let at = 0; at < data.length; at += n) {
      const { peak, total } = rowStatistics(x!.data as Float64Array, at, n)
      for (let k = 0; k < n; k++) data[at + k] = Math.exp((x!.data[at + k] as number) - peak) / total
    }
    return [{ dtype: x!.dtype, shape: x!.shape, data }]
  },
}

/** −ln softmax(x)[label]. */
export const softmaxCrossEntropy: Primitive<'softmaxCrossEntropy'> = {
  summary:
    'ln Σ eˣ − x[label] over the last axis: logits (..., n) and labels (...) to losses (...), in nats.',
  infer: inputs => {
    const type = floatOnly('softmaxCrossEntropy', inputs)
    if (inputs[1]!.dtype !== 'int32') throw wrongDType('softmaxCrossEntropy', 'int32 labels', inputs)
    if (!sameShape(inputs[1]!.shape, type.shape.slice(0, -1)))
      throw mismatch('softmaxCrossEntropy', 'one label for every row of logits', inputs)
    return [{ dtype: type.dtype, shape: inputs[1]!.shape }]
  },
  derivative: ({ inputs: [x, labels], cotangents: [d] }) => {
    // dx = (softmax(x) − onehot(label)) · d
    const ones = broadcastTo(constantLike(x!, -1), labels!.shape)
    const difference = scatterAddElements(softmax(x!), labels!, ones)
    return [mul(difference, expandDims(d!, -1)), undefined]
  },
  batch: context => apply('softmaxCrossEntropy', allBatched(context), {}),
  evaluate: ([x, labels]) => {
    const n = x!.shape.at(-1)!
    const data = allocate(x!.dtype, labels!.data.length)
    for (let i = 0; i < data.length; i++) {
      const { peak, total } = rowStatistics(x!.data as Float64Array, i * n, n)
      data[i] = Math.log(total) + peak - (x!.data[i * n + Number(labels!.data[i]!)] as number)
    }
    return [{ dtype: x!.dtype, shape: labels!.shape, data }]
  },
}

function constantLike(x: Tensor, value: number): Tensor {
  return x.scope.constant(filled([], value, x.dtype))
}
