import type { Backend, Executable } from '../backend/backend.ts'
import { ElmanError } from '../errors/elman-error.ts'
import type { PrimitiveName } from '../ir/attributes.ts'
import type { Graph, Value } from '../ir/graph.ts'
import type { Primitive } from '../ir/primitive.ts'
import { primitives } from '../primitives/index.ts'
import { formatType, sameShape } from '../tensor/dtype.ts'
import { copyArray, type NdArray } from '../tensor/nd-array.ts'

/** Runs a graph node by node with the reference kernels. */
export function interpret(graph: Graph, inputs: readonly NdArray[]): NdArray[] {
  const environment = new Map<Value, NdArray>()
  graph.inputs.forEach((value, i) => {
    environment.set(value, checkInput(value, inputs[i], i))
  })
  for (const node of graph.nodes) {
    const kernel = (primitives[node.primitive] as unknown as Primitive<PrimitiveName>).evaluate
    const results = kernel(
      node.inputs.map(value => environment.get(value)!),
      node.attributes,
      interpret,
    )
    node.outputs.forEach((value, i) => {
      environment.set(value, results[i]!)
    })
  }
  return graph.outputs.map(value => environment.get(value)!)
}

function checkInput(value: Value, given: NdArray | undefined, index: number): NdArray {
  if (given?.dtype === value.type.dtype && sameShape(given.shape, value.type.shape)) return given
  throw new ElmanError('INPUT_MISMATCH', {
    message: `graph input ${index} does not fit`,
    expected: formatType(value.type),
    found: given === undefined ? 'nothing' : formatType(given),
  })
}

/** The interpreter as a backend: slow, exact in float64, and the measure for all others. */
export function referenceBackend(): Backend {
  return {
    name: 'reference',
    describe: () => ({ backend: 'reference', threads: 1, device: 'cpu' }),
    compile: async (graph): Promise<Executable> => ({
      // Kernels may hand an input through (reshape): results are copied so that they never share its storage.
      run: async inputs => interpret(graph, inputs).map(copyArray),
      dispose: async () => {},
    }),
  }
}
