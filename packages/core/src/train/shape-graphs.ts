/** Executables by the shapes of a batch: made when a shape is first met, so that a few lengths make a few graphs. */
import type { Backend, CompileOptions, Executable } from '../backend/backend.ts'
import type { Graph } from '../ir/graph.ts'
import type { Batch, Objective } from './objective.ts'

/** The executables of one function over batches of several shapes. */
export interface ShapeGraphs {
  /** The one for a batch, compiled unless it is there; that of the objective's own shapes where it takes no others. */
  forBatch(batch: Batch): Promise<Executable>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Compiles the graph that `graphOf` makes of an objective: at once for its own shapes, for others when they come. */
export async function compileByShape(
  backend: Backend,
  objective: Objective,
  graphOf: (objective: Objective) => Graph,
  options: CompileOptions,
): Promise<ShapeGraphs> {
  const { withBatch } = objective
  const names = Object.keys(objective.batch)
  const shapesOf = (batch: Batch | Objective['batch']) =>
    JSON.stringify(names.map(name => batch[name]?.shape))
  const usual = shapesOf(objective.batch)
  const made = new Map([[usual, await backend.compile(graphOf(objective), options)]])
  return {
    async forBatch(batch) {
      const shapes = withBatch === undefined ? usual : shapesOf(batch)
      const known = made.get(shapes)
      if (known !== undefined) return known
      const types = names.map(
        name => [name, { ...objective.batch[name]!, shape: batch[name]!.shape }] as const,
      )
      const fresh = await backend.compile(graphOf(withBatch!(Object.fromEntries(types))), options)
      made.set(shapes, fresh)
      return fresh
    },
    async dispose() {
      for (const executable of made.values()) await executable.dispose()
    },
  }
}
