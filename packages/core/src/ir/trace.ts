import type { TensorType } from '../tensor/dtype.ts'
import type { Graph } from './graph.ts'
import type { PrimitiveTable } from './primitive.ts'
import { Scope, type Tensor } from './scope.ts'

/** Runs `build` once on symbolic inputs of the given types and returns what it did as a graph. */
export function traceFlat(
  primitives: PrimitiveTable,
  inputs: readonly TensorType[],
  build: (inputs: Tensor[]) => readonly Tensor[],
): Graph {
  const scope = new Scope(primitives)
  const tensors = inputs.map(type => scope.input(type))
  return scope.finish(build(tensors))
}
