import type { Graph, Value } from '@elman/core'
import { graph as graphAttribute, int, ints } from '../onnx/attribute.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

/** Writes a graph's nodes and returns a name for each output; a name is never given twice, nor to an input. */
export function writeOutputs(context: LoweringContext, graph: Graph, taken: ReadonlySet<string>): string[] {
  for (const node of graph.nodes) {
    // Products and repeats are written when somebody needs them, so that they can be part of what reads them.
    if (
      node.primitive === 'matmul' ||
      node.primitive === 'broadcastTo' ||
      node.primitive === 'constant' ||
      node.primitive === 'mul'
    )
      continue
    for (const output of node.outputs) context.name(output)
  }
  const names = graph.outputs.map(output => context.name(output))
  const made = new Set(context.onnx.nodes.flatMap(({ outputs }) => outputs))
  const given = new Set(taken)
  return names.map(name => {
    // Constants, inputs and what comes from around the graph cannot be handed out as they are.
    const own = given.has(name) || !made.has(name) ? context.op('Identity', [name]) : name
    given.add(own)
    return own
  })
}

const scan: LoweringRule<'scan'> = (context, node, { body, constants, carried, reverse }) => {
  const onnx = context.onnx.body('step')
  const inner = context.nested(onnx, body)
  const taken = new Set<string>()
  body.inputs.forEach((value: Value, i: number) => {
    if (i < constants) {
      const outer = context.name(node.inputs[i]!)
      taken.add(outer)
      inner.bind(value, outer)
      return
    }
    const name = onnx.input(
      onnx.freshName(i < constants + carried ? 'state' : 'x'),
      value.type.dtype,
      value.type.shape,
    )
    taken.add(name)
    inner.bind(value, name)
  })
  writeOutputs(inner, body, taken).forEach((name, i) => {
    onnx.output(name, body.outputs[i]!.type.dtype, body.outputs[i]!.type.shape)
  })
  const sequences = body.inputs.length - constants - carried
  const stacked = body.outputs.length - carried
  const direction = (count: number) => ints(Array.from({ length: count }, () => (reverse ? 1 : 0)))
  const operands = node.inputs.slice(constants).map(input => context.name(input))
  const names = context.node('Scan', operands, node.outputs.length, {
    body: graphAttribute(onnx),
    num_scan_inputs: int(sequences),
    scan_input_directions: direction(sequences),
    ...(stacked > 0 ? { scan_output_directions: direction(stacked) } : {}),
  })
  node.outputs.forEach((output, i) => {
    context.bind(output, names[i]!)
  })
}

/** Written in place: the node was opaque until here, so nothing was merged with what is inside. */
const checkpoint: LoweringRule<'checkpoint'> = (context, node, { body }) => {
  const inner = context.nested(context.onnx, body)
  body.inputs.forEach((value, i) => {
    inner.bind(value, context.name(node.inputs[i]!))
  })
  body.outputs.forEach((value, i) => {
    context.bind(node.outputs[i]!, inner.name(value))
  })
}

/** Sub-graphs. */
export const loop = { scan, checkpoint }
