import { type Graph, isFloat, isNode, type Node, type PrimitiveName, type Value } from '@elman/core'
import { notBeforeRun } from './random.ts'

const RANDOM: ReadonlySet<PrimitiveName> = new Set(['foldIn', 'randomBits', 'randomUniform', 'bernoulliMask'])

/** A graph cut in two: what the host computes before each run, and what the device does with it. */
export interface HostSplit {
  /** Same inputs as the graph; outputs are the random arrays that the device reads. Undefined when there are none. */
  readonly host: Graph | undefined
  /** The graph's inputs, then one more for each output of the host part; without checkpoints. */
  readonly device: Graph
}

/**
 * Random numbers are functions of keys, and keys come from the graph's inputs: the host draws them with its own
 * generator, so that the bits are the same on every backend, and the device sees them as inputs.
 *
 * @throws `ORT_RANDOM_IN_LOOP` when a key is computed from floats: those exist only while the graph runs.
 */
export function splitHostPart(graph: Graph): HostSplit {
  const plain = inlineCheckpoints(graph)
  const drawn = new Set(plain.nodes.filter(isRandom).flatMap(node => node.outputs))
  if (drawn.size === 0) return { host: undefined, device: plain }
  const host = hostNodes(plain, drawn)
  const nodes = plain.nodes.filter(node => !isRandom(node))
  const read = new Set([...plain.outputs, ...nodes.flatMap(node => node.inputs)])
  const outputs = [...drawn].filter(value => read.has(value))
  return {
    host: { inputs: plain.inputs, nodes: host, outputs },
    device: { inputs: [...plain.inputs, ...outputs], nodes, outputs: plain.outputs },
  }
}

function isRandom(node: Node): boolean {
  return RANDOM.has(node.primitive)
}

/** Everything that random numbers are made of, in order. */
function hostNodes(graph: Graph, drawn: ReadonlySet<Value>): Node[] {
  const needed = new Set(drawn)
  const host: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(output => needed.has(output))) continue
    for (const input of node.inputs) needed.add(input)
    host.push(node)
  }
  for (const value of graph.inputs) {
    if (!needed.has(value) || !isFloat(value.type.dtype)) continue
    throw notBeforeRun(host.findLast(({ inputs }) => inputs.includes(value))!.primitive)
  }
  return host.reverse()
}

/**
 * The graph with its checkpointed parts written out. They were opaque until here, so nothing in them was merged with
 * what is outside; but what they draw at random must be seen. Loop bodies stay as they are.
 */
function inlineCheckpoints(graph: Graph): Graph {
  const nodes: Node[] = []
  const outputs = writeInto(nodes, graph, graph.inputs, value => value)
  return { inputs: graph.inputs, nodes, outputs }
}

/** Appends a graph's nodes for other inputs; a body that is used twice must not make the same values twice. */
function writeInto(
  nodes: Node[],
  graph: Graph,
  inputs: readonly Value[],
  made: (value: Value) => Value,
): Value[] {
  const renamed = new Map(graph.inputs.map((value, i) => [value, inputs[i]!]))
  for (const node of graph.nodes) {
    const operands = node.inputs.map(value => renamed.get(value)!)
    const outputs = isNode(node, 'checkpoint')
      ? writeInto(nodes, node.attributes.body, operands, ({ type }) => ({ type }))
      : node.outputs.map(made)
    if (node.primitive !== 'checkpoint') nodes.push({ ...node, inputs: operands, outputs })
    node.outputs.forEach((value, i) => {
      renamed.set(value, outputs[i]!)
    })
  }
  return graph.outputs.map(value => renamed.get(value)!)
}
