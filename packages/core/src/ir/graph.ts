import type { TensorType } from '../tensor/dtype.ts'
import type { PrimitiveAttributes, PrimitiveName } from './attributes.ts'

/** One value of a graph. Identity is the object itself; names are given by the printer. */
export interface Value {
  readonly type: TensorType
}

/** One application of a primitive. */
export interface Node<Name extends PrimitiveName = PrimitiveName> {
  readonly primitive: Name
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: PrimitiveAttributes[Name]
}

/**
 * A pure function on tensors: nodes in an order in which every value is made before it is used. Immutable:
 * passes return a new graph. Bodies of loops are graphs without free values.
 */
export interface Graph {
  readonly inputs: readonly Value[]
  readonly nodes: readonly Node[]
  readonly outputs: readonly Value[]
}

/** Narrows a node to one primitive, with its attributes' type. */
export function isNode<Name extends PrimitiveName>(node: Node | undefined, name: Name): node is Node<Name> {
  return node?.primitive === name
}

/** The node that makes each value; graph inputs have none. */
export function producers(graph: Graph): Map<Value, Node> {
  const map = new Map<Value, Node>()
  for (const node of graph.nodes) for (const output of node.outputs) map.set(output, node)
  return map
}

/** How often each value is read by nodes or handed out by the graph. */
export function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>()
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1)
  for (const node of graph.nodes) node.inputs.forEach(count)
  graph.outputs.forEach(count)
  return uses
}

/** The same graph without nodes whose results nobody reads. */
export function withoutDeadNodes(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs)
  const nodes: Node[] = []
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!
    if (!node.outputs.some(output => live.has(output))) continue
    for (const input of node.inputs) live.add(input)
    nodes.push(node)
  }
  return { inputs: graph.inputs, nodes: nodes.reverse(), outputs: graph.outputs }
}
