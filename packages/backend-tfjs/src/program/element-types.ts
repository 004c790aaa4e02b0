import { type DType, ElmanError, formatType, type Graph, type TensorType } from '@elman/core'

/** Dtypes that TensorFlow.js has no tensors for. */
const WIDE: ReadonlySet<DType> = new Set(['float64', 'int64'])

/**
 * Refuses a graph with values that would have to be rounded.
 *
 * @throws `TFJS_DTYPE_UNSUPPORTED` for the first float64 or int64 value, in bodies of loops too.
 */
export function refuseWideTypes(graph: Graph, where: string): void {
  graph.inputs.forEach((value, i) => {
    check(value.type, `input ${i}`, where)
  })
  for (const node of graph.nodes) {
    if ('body' in node.attributes) refuseWideTypes((node.attributes as { body: Graph }).body, where)
    for (const { type } of node.outputs) check(type, `a result of "${node.primitive}"`, where)
  }
}

function check(type: TensorType, what: string, where: string): void {
  if (!WIDE.has(type.dtype)) return
  throw new ElmanError('TFJS_DTYPE_UNSUPPORTED', {
    message: `TensorFlow.js has no ${type.dtype} tensors, on no device (node-gpu, node, wasm, cpu)`,
    expected: 'float32, int32 or bool',
    found: `${what}: ${formatType(type)}`,
    where,
    hint: 'use float32 and int32, or backend "onnxruntime" or "reference", which have float64 and int64',
  })
}
