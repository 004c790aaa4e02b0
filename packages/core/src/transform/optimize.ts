import { type Graph, withoutDeadNodes } from '../ir/graph.ts'
import type { PrimitiveTable } from '../ir/primitive.ts'

/** What is done to a loss function before it is differentiated. */
export function optimizeForward(_primitives: PrimitiveTable, graph: Graph): Graph {
  return withoutDeadNodes(graph)
}
