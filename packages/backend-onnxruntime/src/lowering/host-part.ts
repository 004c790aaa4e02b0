import type { Graph, Node, Value } from '@elman/core'

const RANDOM = new Set(['foldIn', 'randomBits', 'randomUniform', 'bernoulliMask'])

/** A graph cut in two: what the host computes before each run, and what the device does with it. */
export interface HostSplit {
  /** Same inputs as the graph; outputs are the random arrays that the device reads. Undefined when there are none. */
  readonly host: Graph | undefined
  /** The graph's inputs, then one more for each output of the host part. */
  readonly device: Graph
}

/**
 * Random numbers are functions of keys, and keys come from the graph's inputs: the host draws them with its own
 * generator, so that the bits are the same on every backend, and the device sees them as inputs.
 */
export function splitHostPart(graph: Graph): HostSplit {
  const drawn = new Set<Value>()
  for (const node of graph.nodes)
    if (RANDOM.has(node.primitive)) for (const output of node.outputs) drawn.add(output)
  if (drawn.size === 0) return { host: undefined, device: graph }
  const needed = new Set<Value>(drawn)
  const hostNodes: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(output => needed.has(output))) continue
    for (const input of node.inputs) needed.add(input)
    hostNodes.unshift(node)
  }
  const readByDevice = new Set<Value>(graph.outputs)
  const deviceNodes = graph.nodes.filter(node => !RANDOM.has(node.primitive))
  for (const node of deviceNodes) for (const input of node.inputs) readByDevice.add(input)
  const outputs = [...drawn].filter(value => readByDevice.has(value))
  return {
    host: { inputs: graph.inputs, nodes: hostNodes, outputs },
    device: { inputs: [...graph.inputs, ...outputs], nodes: deviceNodes, outputs: graph.outputs },
  }
}
