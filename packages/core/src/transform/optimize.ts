import { countUses, type Graph, withoutDeadNodes } from '../ir/graph.ts'
import type { PrimitiveTable } from '../ir/primitive.ts'
import { replay } from '../ir/replay.ts'
import type { Tensor } from '../ir/scope.ts'
import { restructureLoop } from '../passes/restructure-loop.ts'
import { RewritingScope, type RuleBook } from '../passes/rewriting-scope.ts'
import { finalRules, simplifyRules } from '../passes/simplify-rules.ts'
import { primitives } from '../primitives/index.ts'

/** One pass over a graph: local rewrites everywhere, loops taken apart, sub-graphs first. */
function pass(table: PrimitiveTable, rules: RuleBook, graph: Graph): Graph {
  const live = withoutDeadNodes(graph)
  const uses = countUses(live)
  const scope = new RewritingScope(table, rules)
  const outputs = replay(
    scope,
    live,
    live.inputs.map(value => scope.input(value.type)),
    (node, inputs) => {
      if (node.primitive === 'checkpoint') {
        const { body } = node.attributes as { body: Graph }
        return scope.emit('checkpoint', inputs, { body: pass(table, rules, body) })
      }
      if (node.primitive !== 'scan') return scope.emit(node.primitive, inputs, node.attributes)
      const attributes = node.attributes as Parameters<typeof restructureLoop>[3]
      const body = pass(table, rules, attributes.body)
      const used = node.outputs.map(output => uses.has(output))
      return restructureLoop(scope, rules, inputs, { ...attributes, body }, used) as Tensor[]
    },
  )
  return withoutDeadNodes(scope.finish(outputs))
}

/** Number of nodes, sub-graphs included: passes are repeated while it falls. */
function sizeOfGraph(graph: Graph): number {
  return graph.nodes.reduce(
    (total, node) =>
      total + 1 + ('body' in node.attributes ? sizeOfGraph((node.attributes as { body: Graph }).body) : 0),
    0,
  )
}

function repeat(table: PrimitiveTable, rules: RuleBook, graph: Graph): Graph {
  let best = pass(table, rules, graph)
  for (let round = 0; round < 4; round++) {
    const next = pass(table, rules, best)
    if (sizeOfGraph(next) >= sizeOfGraph(best)) return next
    best = next
  }
  return best
}

/** What is done to a loss function before it is differentiated: it keeps `stopGradient`. */
export function optimizeForward(table: PrimitiveTable, graph: Graph): Graph {
  return repeat(table, simplifyRules, graph)
}

/**
 * The graph that backends compile: same inputs, outputs and values up to rounding, with loops reduced to what has
 * to happen step by step. Inputs stay in place even when nothing reads them.
 */
export function optimize(graph: Graph): Graph {
  return repeat(primitives, finalRules, graph)
}
