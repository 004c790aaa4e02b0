import type { Graph, Node, Value } from './graph.ts'
import type { Scope, Tensor } from './scope.ts'

/** Tensors that stand for the values of a graph while it is copied into a scope. */
export type Bindings = Map<Value, Tensor>

/** What is done with each node; returns tensors for its outputs. */
export type Visit = (node: Node, inputs: Tensor[], scope: Scope) => readonly Tensor[]

/** Copies a graph into a scope with its inputs bound, node by node, and returns its outputs there. */
export function replay(
  scope: Scope,
  graph: Graph,
  inputs: readonly Tensor[],
  visit: Visit = emitAgain,
): Tensor[] {
  const bindings: Bindings = new Map()
  graph.inputs.forEach((value, i) => {
    bindings.set(value, inputs[i]!)
  })
  for (const node of graph.nodes) {
    const outputs = visit(
      node,
      node.inputs.map(value => bindings.get(value)!),
      scope,
    )
    node.outputs.forEach((value, i) => {
      bindings.set(value, outputs[i]!)
    })
  }
  return graph.outputs.map(value => bindings.get(value)!)
}

/** Emits the node unchanged. */
export function emitAgain(node: Node, inputs: readonly Tensor[], scope: Scope): Tensor[] {
  return scope.emit(node.primitive, inputs, node.attributes)
}
