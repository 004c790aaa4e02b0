import type { PrimitiveName } from '../ir/attributes.ts'
import type { Graph, Value } from '../ir/graph.ts'
import type { BatchingContext, Primitive } from '../ir/primitive.ts'
import { replay } from '../ir/replay.ts'
import type { Scope, Tensor } from '../ir/scope.ts'

/** Outputs of a batched call, and which of them carry the batch axis. */
export interface Batched {
  readonly outputs: Tensor[]
  readonly batched: boolean[]
}

/** One node under an extra leading axis of `size` on the inputs marked in `batched`. */
export function batchNode(
  scope: Scope,
  name: PrimitiveName,
  inputs: readonly Tensor[],
  batched: readonly boolean[],
  attributes: unknown,
  size: number,
): Batched {
  if (!batched.some(flag => flag)) {
    const outputs = scope.emit(name, inputs, attributes as never)
    return { outputs, batched: outputs.map(() => false) }
  }
  const rule = (scope.primitives[name] as unknown as Primitive<PrimitiveName>).batch
  const outputs = rule({ inputs, batched, attributes, size } as BatchingContext<PrimitiveName>)
  return { outputs, batched: outputs.map(() => true) }
}

/** A whole graph under an extra leading axis: inputs marked in `batched` carry it in front. */
export function batchGraph(
  scope: Scope,
  graph: Graph,
  inputs: readonly Tensor[],
  batched: readonly boolean[],
  size: number,
): Batched {
  const carries = new Map<Value, boolean>()
  graph.inputs.forEach((value, i) => {
    carries.set(value, batched[i]!)
  })
  const outputs = replay(scope, graph, inputs, (node, nodeInputs) => {
    const flags = node.inputs.map(value => carries.get(value)!)
    const result = batchNode(scope, node.primitive, nodeInputs, flags, node.attributes, size)
    node.outputs.forEach((value, i) => {
      carries.set(value, result.batched[i]!)
    })
    return result.outputs
  })
  return { outputs, batched: graph.outputs.map(value => carries.get(value)!) }
}
