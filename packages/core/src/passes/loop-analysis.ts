/** What a pass must know of a loop body before it takes it apart. */
import type { ScanAttributes } from '../ir/attributes.ts'
import type { Graph, Node, Value } from '../ir/graph.ts'

/**
 * When a value of a loop body is known: `invariant` before the loop, `sequence` for all steps at once before the
 * loop, `carried` only while it runs.
 */
export type Timing = 'invariant' | 'sequence' | 'carried'

/** Primitives so cheap that they are repeated where needed instead of being kept. */
const EXPANSIONS = new Set(['broadcastTo', 'constant'])

/** Whether a node only repeats numbers, so that its result should not be stored for every step. */
export function isExpansion(node: Node): boolean {
  return EXPANSIONS.has(node.primitive)
}

/** Work worth taking out of a loop even though it needs the loop's results: it becomes one large operation. */
const HEAVY = new Set([
  'matmul',
  'reduceSum',
  'scatterAdd',
  'scan',
  'checkpoint',
  'softmax',
  'softmaxCrossEntropy',
])

/** The timing of every value of a body. */
export function timings(body: Graph, { constants, carried }: ScanAttributes): Map<Value, Timing> {
  const timing = new Map<Value, Timing>()
  body.inputs.forEach((value, i) => {
    timing.set(value, i < constants ? 'invariant' : i < constants + carried ? 'carried' : 'sequence')
  })
  for (const node of body.nodes) {
    const seen = node.inputs.map(value => timing.get(value)!)
    const own = seen.includes('carried') ? 'carried' : seen.includes('sequence') ? 'sequence' : 'invariant'
    for (const output of node.outputs) timing.set(output, own)
  }
  return timing
}

/** Everything that the given values are computed from, themselves included. */
export function ancestors(body: Graph, roots: readonly Value[]): Set<Value> {
  const found = new Set<Value>(roots)
  for (const node of body.nodes.toReversed()) {
    if (node.outputs.some(output => found.has(output))) for (const input of node.inputs) found.add(input)
  }
  return found
}

/**
 * Nodes that can run after the loop, for all steps at once: heavy ones that no later step waits for, and what
 * follows from them.
 */
export function sinkable(
  body: Graph,
  attributes: ScanAttributes,
  timing: ReadonlyMap<Value, Timing>,
): Set<Node> {
  const awaited = ancestors(body, body.outputs.slice(0, attributes.carried))
  const sunk = new Set<Node>()
  const sunkValues = new Set<Value>()
  for (const node of body.nodes) {
    if (node.outputs.some(output => timing.get(output) !== 'carried' || awaited.has(output))) continue
    if (!HEAVY.has(node.primitive) && !node.inputs.some(input => sunkValues.has(input))) continue
    sunk.add(node)
    for (const output of node.outputs) sunkValues.add(output)
  }
  return sunk
}

/** Products inside the loop that share their left, carried operand and whose right operands are known before it. */
export function mergeableProducts(
  body: Graph,
  timing: ReadonlyMap<Value, Timing>,
  sunk: ReadonlySet<Node>,
): Map<Node, Node<'matmul'>[]> {
  const groups = new Map<string, Node<'matmul'>[]>()
  const numbers = new Map<Value, number>()
  for (const node of body.nodes as readonly Node<'matmul'>[]) {
    if (node.primitive !== 'matmul' || sunk.has(node) || node.attributes.transposeA) continue
    const [left, right] = node.inputs as readonly [Value, Value]
    if (timing.get(left) !== 'carried' || timing.get(right) !== 'invariant' || right.type.shape.length !== 2)
      continue
    if (!numbers.has(left)) numbers.set(left, numbers.size)
    const group = `${numbers.get(left)} ${node.attributes.transposeB}`
    groups.set(group, [...(groups.get(group) ?? []), node])
  }
  const members = new Map<Node, Node<'matmul'>[]>()
  for (const group of groups.values())
    if (group.length > 1) for (const node of group) members.set(node, group)
  return members
}

/** The loop without outputs that nobody reads and without state that only feeds itself. */
export interface LiveParts {
  /** Indices of carried values to keep. */
  readonly states: readonly number[]
  /** Indices (from 0) of stacked outputs to keep. */
  readonly stacked: readonly number[]
}

/** Which states and stacked outputs matter, when `used` says which results the graph around the loop reads. */
export function liveParts(
  body: Graph,
  { constants, carried }: ScanAttributes,
  used: readonly boolean[],
): LiveParts {
  const stacked = body.outputs.slice(carried).flatMap((_, k) => (used[carried + k] ? [k] : []))
  const states = new Set<number>()
  for (let i = 0; i < carried; i++) if (used[i]) states.add(i)
  for (;;) {
    const roots = [...[...states].map(i => body.outputs[i]!), ...stacked.map(k => body.outputs[carried + k]!)]
    const found = ancestors(body, roots)
    const before = states.size
    for (let i = 0; i < carried; i++) if (found.has(body.inputs[constants + i]!)) states.add(i)
    if (states.size === before) break
  }
  return { states: [...states].sort((a, b) => a - b), stacked }
}
