import { ElmanError, type Graph, type NdArray, optimize } from '@elman/core'
import { splitHostPart } from './lowering/host-part.ts'
import { lowerGraph } from './lowering/lower.ts'

/** Names and notes of an exported file. */
export interface ExportOptions {
  /** Name of the graph in the file; `elman` unless given. */
  readonly name?: string
  /** One for each graph input. */
  readonly inputNames: readonly string[]
  /** One for each graph output. */
  readonly outputNames: readonly string[]
  /** What constants are to be called in the file, such as parameters by their paths (see `flattenParameters`). */
  readonly weights?: ReadonlyMap<string, NdArray>
  /** Stored with the model, for whoever opens it. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A graph as one ONNX file (opset 21, operators of the standard only), with its constants inside: trace a function
 * that closes over the weights, and they are part of the file.
 *
 * @throws `EXPORT_RANDOM` when the graph draws random numbers: trace the model in evaluation mode.
 */
export function exportOnnx(graph: Graph, options: ExportOptions): Uint8Array {
  const optimized = optimize(graph)
  if (splitHostPart(optimized).host !== undefined) {
    throw new ElmanError('EXPORT_RANDOM', {
      message: 'a graph that draws random numbers cannot be exported',
      hint: 'trace it in evaluation mode, where dropout does nothing',
    })
  }
  const { name = 'elman', inputNames, outputNames, metadata = {}, weights = new Map() } = options
  const constantNames = new Map([...weights].map(([path, { data }]) => [data, path]))
  const onnx = lowerGraph(optimized, { name, inputNames, outputNames, constantNames, portable: true })
  return onnx.encodeModel({ metadata })
}
