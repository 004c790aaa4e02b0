import { type Graph, isNode, type Node, type Value } from '@elman/core'

/** A loop body with more constants. */
export interface TurnedConstants {
  readonly body: Graph
  /** Constants of the loop of which the body also wants the transpose: those come after the constants, in this order. */
  readonly turned: readonly number[]
}

/**
 * A loop body in which no product reads a constant of the loop transposed: it reads the transpose, made once before the
 * loop. For devices that turn operands in memory (see product.ts): the backward pass of a recurrent layer multiplies
 * by the transposed recurrent matrix at each step.
 */
export function turnConstants(body: Graph, constants: number): TurnedConstants {
  const turned: number[] = []
  const inputs: Value[] = []
  const transposeOf = (value: Value): Value | undefined => {
    const index = body.inputs.indexOf(value)
    if (index < 0 || index >= constants) return undefined
    const known = turned.indexOf(index)
    if (known >= 0) return inputs[known]!
    const { dtype, shape } = value.type
    turned.push(index)
    inputs.push({ type: { dtype, shape: [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] } })
    return inputs.at(-1)!
  }
  const nodes = body.nodes.map((node): Node => {
    if (!isNode(node, 'matmul')) return node
    const { transposeA, transposeB } = node.attributes
    const [a, b] = node.inputs as readonly [Value, Value]
    const left = transposeA ? transposeOf(a) : undefined
    const right = transposeB ? transposeOf(b) : undefined
    return {
      ...node,
      inputs: [left ?? a, right ?? b],
      attributes: {
        transposeA: transposeA && left === undefined,
        transposeB: transposeB && right === undefined,
      },
    }
  })
  const before = body.inputs.slice(0, constants)
  return {
    body: { inputs: [...before, ...inputs, ...body.inputs.slice(constants)], nodes, outputs: body.outputs },
    turned,
  }
}
