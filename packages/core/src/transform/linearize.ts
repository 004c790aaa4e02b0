import type { PrimitiveName } from '../ir/attributes.ts'
import type { Graph, Node, Value } from '../ir/graph.ts'
import type { DerivativeContext, Primitive } from '../ir/primitive.ts'
import { replay } from '../ir/replay.ts'
import type { Scope, Tensor } from '../ir/scope.ts'
import { add } from '../ops/elementwise.ts'
import { isFloat } from '../tensor/dtype.ts'

/** The outputs of a graph in a scope, and the way back from their cotangents. */
export interface Linearized {
  readonly outputs: Tensor[]
  /** Whether each output depends smoothly on an input that was asked for. */
  readonly active: boolean[]
  /** Cotangents of the inputs for cotangents of the outputs; undefined where there is no dependence. */
  readonly pull: (cotangents: readonly (Tensor | undefined)[]) => (Tensor | undefined)[]
}

interface Step {
  readonly node: Node
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/**
 * Copies `graph` into `scope` and prepares reverse-mode differentiation with respect to the inputs marked in
 * `needed` (Griewank & Walther 2008, ch. 3). Cotangents may live in a scope inside `scope`: then the operations
 * of the backward pass go there, and what they need only from the forward pass stays in `scope`.
 */
export function linearize(
  scope: Scope,
  graph: Graph,
  inputs: readonly Tensor[],
  needed: readonly boolean[],
): Linearized {
  const active = new Set<Value>()
  inputs.forEach((input, i) => {
    if (needed[i] && isFloat(input.dtype)) active.add(input.value)
  })
  const steps: Step[] = []
  const outputs = replay(scope, graph, inputs, (node, nodeInputs) => {
    const results = scope.emit(node.primitive, nodeInputs, node.attributes)
    const rule = scope.primitives[node.primitive].derivative
    if (rule !== 'none' && nodeInputs.some(input => active.has(input.value))) {
      steps.push({ node: scope.nodes.at(-1)!, inputs: nodeInputs, outputs: results })
      for (const result of results) if (isFloat(result.dtype)) active.add(result.value)
    }
    return results
  })
  const pull = (cotangents: readonly (Tensor | undefined)[]): (Tensor | undefined)[] => {
    const sums = new Map<Value, Tensor>()
    const accumulate = (value: Value, cotangent: Tensor | undefined) => {
      if (cotangent === undefined || !active.has(value)) return
      const known = sums.get(value)
      sums.set(value, known === undefined ? cotangent : add(known, cotangent))
    }
    outputs.forEach((output, i) => {
      accumulate(output.value, cotangents[i])
    })
    for (const step of steps.toReversed()) {
      const received = step.outputs.map(output => sums.get(output.value))
      if (received.every(cotangent => cotangent === undefined)) continue
      const primitive = scope.primitives[step.node.primitive] as Primitive<PrimitiveName>
      const rule = primitive.derivative as (
        context: DerivativeContext<PrimitiveName>,
      ) => (Tensor | undefined)[]
      const passed = rule({
        inputs: step.inputs,
        outputs: step.outputs,
        attributes: step.node.attributes,
        cotangents: received,
        needed: step.inputs.map(input => active.has(input.value)),
        scope,
        node: step.node,
      })
      step.inputs.forEach((input, i) => {
        accumulate(input.value, passed[i])
      })
    }
    return inputs.map(input => sums.get(input.value))
  }
  return { outputs, active: outputs.map(output => active.has(output.value)), pull }
}
