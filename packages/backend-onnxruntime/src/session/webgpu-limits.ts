import { ElmanError } from '@elman/core'
import { type DecodedGraph, decodeModel } from '../onnx/decode-model.ts'

// WebGPU guarantees 8 storage buffers to a shader; Split needs one for its input and one for each output. ONNX Runtime
// finds out only at run time, and the process then dies at exit.
const MOST_SPLIT_OUTPUTS = 7

/**
 * Refuses a model that would break WebGPU at run time.
 *
 * @throws `ORT_WEBGPU_LIMIT` for a Split with more than 7 outputs.
 */
export function checkWebgpuLimits(model: Uint8Array, label: string): void {
  checkGraph(decodeModel(model).graph, label)
}

function checkGraph(graph: DecodedGraph, label: string): void {
  for (const node of graph.nodes) {
    if (node.opType === 'Split' && node.outputs.length > MOST_SPLIT_OUTPUTS) {
      throw new ElmanError('ORT_WEBGPU_LIMIT', {
        message: `Split into ${node.outputs.length} parts cannot run on WebGPU`,
        expected: `at most ${MOST_SPLIT_OUTPUTS} outputs (a shader is sure of 8 storage buffers)`,
        where: `node ${node.name} of ${label}`,
        hint: 'use Slice nodes, or several Splits',
      })
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') checkGraph(attribute.value, label)
    }
  }
}
