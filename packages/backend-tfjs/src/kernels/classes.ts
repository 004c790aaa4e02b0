/** Normalisation over classes. */
import { sizeOf } from '@elman/core'
import type { KernelRule } from './context.ts'
import { elementOfRows } from './indexing.ts'

const softmax: KernelRule<'softmax'> = (context, node) => {
  const { shape } = node.outputs[0]!.type
  const n = shape.at(-1)!
  const rows = [sizeOf(shape) / n, n]
  return ([x]) => {
    const logits = context.reshape(x!, rows)
    return [context.reshape(context.run('Softmax', { logits }, { dim: 1 }), shape)]
  }
}

/** ln Σ e^{x − max} + max − x[label]: no kernel of TensorFlow.js takes labels as integers. */
const softmaxCrossEntropy: KernelRule<'softmaxCrossEntropy'> = (context, node) => {
  const { shape } = node.outputs[0]!.type
  const [rows, n] = [sizeOf(shape), node.inputs[0]!.type.shape.at(-1)!]
  const labelled = elementOfRows(context, 'softmaxCrossEntropy', rows, n)
  return ([x, labels]) => {
    const logits = context.reshape(x!, [rows, n])
    const peak = context.run('Max', { x: logits }, { reductionIndices: [1], keepDims: false })
    const shifted = context.run('Sub', { a: logits, b: context.reshape(peak, [rows, 1]) })
    const total = context.run(
      'Sum',
      { x: context.run('Exp', { x: shifted }) },
      { axis: [1], keepDims: false },
    )
    const loss = context.run('Sub', { a: context.run('Log', { x: total }), b: labelled(shifted, labels!) })
    return [context.reshape(loss, shape)]
  }
}

/** Class scores. */
export const classes = { softmax, softmaxCrossEntropy }
