import { ElmanError } from '../errors/elman-error.ts'
import { formatType, sameShape } from '../tensor/dtype.ts'
import type { PrimitiveName } from './attributes.ts'
import type { Graph, Value } from './graph.ts'
import type { Primitive, PrimitiveTable } from './primitive.ts'

/**
 * Checks that a graph is what it claims: every value is made once and before it is used, every node's outputs have
 * the types its shape rule gives, bodies have no free values.
 *
 * @throws `GRAPH_INVALID` with the node at fault.
 */
export function validateGraph(primitives: PrimitiveTable, graph: Graph, where = 'graph'): void {
  const known = new Set<Value>(graph.inputs)
  const fail = (message: string, node: string) =>
    new ElmanError('GRAPH_INVALID', { message, where: `${where}, ${node}` })
  graph.nodes.forEach((node, index) => {
    const label = `node ${index} (${node.primitive})`
    if (!node.inputs.every(input => known.has(input)))
      throw fail('a value is used before it is made, or comes from another graph', label)
    const primitive = primitives[node.primitive] as unknown as Primitive<PrimitiveName>
    const types = primitive.infer(
      node.inputs.map(input => input.type),
      node.attributes,
    )
    const fits =
      types.length === node.outputs.length &&
      types.every(
        (type, i) =>
          type.dtype === node.outputs[i]!.type.dtype && sameShape(type.shape, node.outputs[i]!.type.shape),
      )
    if (!fits)
      throw fail(
        `outputs are ${node.outputs.map(output => formatType(output.type))}, the shape rule says ${types.map(formatType)}`,
        label,
      )
    for (const output of node.outputs) {
      if (known.has(output)) throw fail('a value is made twice', label)
      known.add(output)
    }
    if ('body' in node.attributes)
      validateGraph(primitives, (node.attributes as { body: Graph }).body, `${where}, ${label}`)
  })
  if (!graph.outputs.every(output => known.has(output)))
    throw fail('an output is not made by the graph', 'outputs')
}
