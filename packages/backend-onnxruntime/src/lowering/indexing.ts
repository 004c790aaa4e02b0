import { sizeOf, type Value } from '@elman/core'
import { int, string, tensor } from '../onnx/attribute.ts'
import { ELEMENT_TYPE_NUMBER } from '../onnx/element-type.ts'
import type { LoweringRule } from './context.ts'

const lastAxis = { axis: int(-1) }

const gather: LoweringRule<'gather'> = (context, node) => {
  context.bind(
    node.outputs[0]!,
    context.op(
      'Gather',
      node.inputs.map(input => context.name(input)),
      { axis: int(0) },
    ),
  )
}

const scatterAdd: LoweringRule<'scatterAdd'> = (context, node) => {
  const [table, indices, updates] = node.inputs as readonly [Value, Value, Value]
  const { dtype, shape } = table.type
  const filled = context.made(table, 'broadcastTo') === undefined ? undefined : context.uniform(table)
  const data =
    filled === undefined
      ? context.name(table)
      : context.op('ConstantOfShape', [context.int64(shape)], {
          value: tensor({
            dtype,
            shape: [1],
            data: dtype === 'float64' ? Float64Array.of(filled) : Float32Array.of(filled),
          }),
        })
  const count = sizeOf(indices.type.shape)
  const rows = context.op('Cast', [context.reshape(context.name(indices), [count, 1])], {
    to: int(ELEMENT_TYPE_NUMBER.int64),
  })
  const values = context.reshape(context.name(updates), [count, ...shape.slice(1)])
  context.bind(node.outputs[0]!, context.op('ScatterND', [data, rows, values], { reduction: string('add') }))
}

const gatherElements: LoweringRule<'gatherElements'> = (context, node) => {
  const [x, index] = node.inputs as readonly [Value, Value]
  const picked = context.op('GatherElements', [context.name(x), context.column(index)], lastAxis)
  context.bind(node.outputs[0]!, context.op('Squeeze', [picked, context.int64([-1])]))
}

/**
 * Changes one element per row. When the operand is a softmax whose chosen elements were read before, the update is
 * made to wait for that reading, so that the runtime can overwrite the softmax in place.
 */
const scatterAddElements: LoweringRule<'scatterAddElements'> = (context, node) => {
  const [x, index, update] = node.inputs as readonly [Value, Value, Value]
  const data = context.name(x)
  const read = context.readers.get(x)
  const source = context.made(update, 'broadcastTo')?.inputs[0]
  const updates =
    read !== undefined && source !== undefined && sizeOf(source.type.shape) === 1
      ? context.op('Where', [context.op('Equal', [read, read]), context.name(source), read])
      : context.column(update)
  context.bind(
    node.outputs[0]!,
    context.op('ScatterElements', [data, context.column(index), updates], {
      ...lastAxis,
      reduction: string('add'),
    }),
  )
}

/** Reading and adding by index. */
export const indexing = { gather, scatterAdd, gatherElements, scatterAddElements }
