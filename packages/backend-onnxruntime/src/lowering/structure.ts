import { int, ints } from '../onnx/attribute.ts'
import type { LoweringRule } from './context.ts'

const reshape: LoweringRule<'reshape'> = (context, node, { shape }) => {
  context.bind(node.outputs[0]!, context.reshape(context.name(node.inputs[0]!), shape))
}

const transpose: LoweringRule<'transpose'> = (context, node, { permutation }) => {
  context.bind(
    node.outputs[0]!,
    context.op('Transpose', [context.name(node.inputs[0]!)], { perm: ints(permutation) }),
  )
}

const broadcastTo: LoweringRule<'broadcastTo'> = (context, node, { shape }) => {
  context.bind(node.outputs[0]!, context.op('Expand', [context.name(node.inputs[0]!), context.int64(shape)]))
}

const slice: LoweringRule<'slice'> = (context, node, { starts, limits, strides }) => {
  const axes = starts.map((_, axis) => axis)
  const operands = [starts, limits, axes, strides].map(list => context.int64(list))
  context.bind(node.outputs[0]!, context.op('Slice', [context.name(node.inputs[0]!), ...operands]))
}

const pad: LoweringRule<'pad'> = (context, node, { low, high }) => {
  context.bind(
    node.outputs[0]!,
    context.op('Pad', [context.name(node.inputs[0]!), context.int64([...low, ...high])]),
  )
}

const concat: LoweringRule<'concat'> = (context, node, { axis }) => {
  context.bind(
    node.outputs[0]!,
    context.op(
      'Concat',
      node.inputs.map(input => context.name(input)),
      { axis: int(axis) },
    ),
  )
}

const split: LoweringRule<'split'> = (context, node, { axis, sizes }) => {
  const operands = [context.name(node.inputs[0]!), context.int64(sizes)]
  const names = context.node('Split', operands, sizes.length, { axis: int(axis) })
  node.outputs.forEach((output, i) => {
    context.bind(output, names[i]!)
  })
}

const reverse: LoweringRule<'reverse'> = (context, node, { axis }) => {
  const operands = [[-1], [-(2 ** 31)], [axis], [-1]].map(list => context.int64(list))
  context.bind(node.outputs[0]!, context.op('Slice', [context.name(node.inputs[0]!), ...operands]))
}

/** Moves of elements. */
export const structure = { reshape, transpose, broadcastTo, slice, pad, concat, split, reverse }
