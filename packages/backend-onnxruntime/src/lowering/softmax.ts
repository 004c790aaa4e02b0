import type { Value } from '@elman/core'
import { int } from '../onnx/attribute.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

const lastAxis = { axis: int(-1) }
/** Smallest normal numbers: a probability below them counts as this much (87.3 and 708.4 nats). */
const SMALLEST = { float32: 1.1754943508222875e-38, float64: 2.2250738585072014e-308 }

const softmax: LoweringRule<'softmax'> = (context, node) => {
  context.bind(node.outputs[0]!, context.op('Softmax', [context.name(node.inputs[0]!)], lastAxis))
}

/**
 * In training the softmax is there anyway: its chosen elements give the loss. Elsewhere ln Σ eˣ − x[label], which is
 * exact however small the probability is.
 */
const softmaxCrossEntropy: LoweringRule<'softmaxCrossEntropy'> = (context, node) => {
  const [x, labels] = node.inputs as readonly [Value, Value]
  const shared = context.graph.nodes.find(other => other.primitive === 'softmax' && other.inputs[0] === x)
    ?.outputs[0]
  const losses = shared === undefined ? exact(context, x, labels) : fromSoftmax(context, shared, labels)
  context.bind(node.outputs[0]!, context.op('Squeeze', [losses, context.int64([-1])]))
}

function fromSoftmax(context: LoweringContext, probabilities: Value, labels: Value): string {
  const picked = context.op('GatherElements', [context.name(probabilities), context.column(labels)], lastAxis)
  context.readers.set(probabilities, picked)
  const dtype = probabilities.type.dtype === 'float64' ? 'float64' : 'float32'
  const positive = context.op('Max', [picked, context.scalar(SMALLEST[dtype], dtype)])
  return context.op('Neg', [context.op('Log', [positive])])
}

function exact(context: LoweringContext, x: Value, labels: Value): string {
  const logits = context.name(x)
  const last = context.int64([-1])
  const peak = context.op('ReduceMax', [logits, last])
  const total = context.op('ReduceSum', [context.op('Exp', [context.op('Sub', [logits, peak])]), last])
  const logTotal = context.op('Add', [context.op('Log', [total]), peak])
  return context.op('Sub', [
    logTotal,
    context.op('GatherElements', [logits, context.column(labels)], lastAxis),
  ])
}

/** Normalisation over classes. */
export const classes = { softmax, softmaxCrossEntropy }
