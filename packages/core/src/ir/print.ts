import { formatType } from '../tensor/dtype.ts'
import { toNumbers } from '../tensor/nd-array.ts'
import type { Graph, Value } from './graph.ts'

/**
 * The graph as text, one node a line, values named in order (`%0: float32[2,3] = tanh(%1)`). The same graph gives
 * the same text, so snapshots can hold it. Bodies of loops are indented below their node.
 */
export function printGraph(graph: Graph): string {
  return lines(graph, '').join('\n')
}

function lines(graph: Graph, indent: string): string[] {
  const names = new Map<Value, string>()
  const name = (value: Value) => {
    const known = names.get(value) ?? `%${names.size}`
    names.set(value, known)
    return known
  }
  const typed = (value: Value) => `${name(value)}: ${formatType(value.type)}`
  const text = [`${indent}graph(${graph.inputs.map(typed).join(', ')})`]
  for (const node of graph.nodes) {
    const { body, value, ...rest } = node.attributes as {
      body?: Graph
      value?: Parameters<typeof toNumbers>[0]
    }
    const attributes = Object.entries(rest).map(([key, entry]) => ` ${key}=${JSON.stringify(entry)}`)
    if (value !== undefined)
      attributes.push(
        value.data.length <= 8 ? ` [${toNumbers(value).join(', ')}]` : ` (${value.data.length} numbers)`,
      )
    const operands = node.inputs.map(name).join(', ')
    text.push(
      `${indent}  ${node.outputs.map(typed).join(', ')} = ${node.primitive}(${operands})${attributes.join('')}`,
    )
    if (body !== undefined) text.push(...lines(body, `${indent}    `))
  }
  text.push(`${indent}  return ${graph.outputs.map(name).join(', ')}`)
  return text
}
