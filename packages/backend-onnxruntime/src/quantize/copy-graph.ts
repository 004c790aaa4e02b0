/** A graph that was read, written into one under construction, with a chance to write some nodes in another way. */
import { allocate, type DType, ElmanError, type NdArray, sizeOf } from '@elman/core'
import { graph as graphAttribute, type OnnxAttribute, tensor } from '../onnx/attribute.ts'
import type { DecodedAttribute, DecodedGraph, DecodedNode, DecodedTensor } from '../onnx/decode-model.ts'
import type { OnnxElementType } from '../onnx/element-type.ts'
import type { OnnxGraph } from '../onnx/graph.ts'

/** What a copy does differently. */
export interface GraphRewriter {
  /** Writes what stands in for a constant; true when the constant itself is not wanted. */
  constant(tensor: DecodedTensor, target: OnnxGraph): boolean
  /** Writes other nodes with the same outputs; false when the node is to be copied as it is. */
  node(node: DecodedNode, target: OnnxGraph, name: (original: string) => string): boolean
}

/**
 * Copies inputs, constants, nodes with their bodies, and outputs into an empty graph.
 *
 * @throws `ONNX_MALFORMED` for an element type that cannot be written; `ONNX_NAME_TAKEN` where bodies beside each other
 * use one name for different values
 */
export function copyGraph(source: DecodedGraph, target: OnnxGraph, rewriter: GraphRewriter): void {
  // Equal constants become one, under the name of the first.
  copyInto(source, target, rewriter, new Map())
}

function copyInto(
  source: DecodedGraph,
  target: OnnxGraph,
  rewriter: GraphRewriter,
  renamed: Map<string, string>,
): void {
  const nameOf = (original: string) => renamed.get(original) ?? original
  for (const { name, elementType, shape } of source.inputs) {
    target.input(name, elementTypeOf(elementType, name), shape)
  }
  for (const constant of source.initializers) {
    if (rewriter.constant(constant, target)) continue
    const { name, elementType } = constant
    renamed.set(name, target.initializer(name, arrayOfTensor(constant), { elementType }))
  }
  for (const node of source.nodes) {
    if (rewriter.node(node, target, nameOf)) continue
    const attributes = Object.entries(node.attributes).map(([name, attribute]) => {
      if (attribute.kind !== 'graph') return [name, plainAttribute(attribute)] as const
      const body = target.body(attribute.value.name)
      copyInto(attribute.value, body, rewriter, renamed)
      return [name, graphAttribute(body)] as const
    })
    target.node(node.opType, node.inputs.map(nameOf), {
      outputs: node.outputs,
      attributes: Object.fromEntries(attributes),
      domain: node.domain,
    })
  }
  for (const { name, elementType, shape } of source.outputs) {
    target.output(name, elementTypeOf(elementType, name), shape)
  }
}

function plainAttribute(attribute: Exclude<DecodedAttribute, { kind: 'graph' }>): OnnxAttribute {
  return attribute.kind === 'tensor' ? tensor(arrayOfTensor(attribute.value)) : attribute
}

/** Arrays that hold the bits of each element type. */
const CARRIER: Readonly<Partial<Record<OnnxElementType, DType>>> = {
  float32: 'float32',
  float64: 'float64',
  int32: 'int32',
  uint32: 'int32',
  int64: 'int64',
  uint64: 'int64',
  bool: 'bool',
  uint8: 'bool',
  int8: 'bool',
}

/** A tensor of a file as an array of its own, of the dtype that has the same bits. */
export function arrayOfTensor({ name, elementType, shape, bytes }: DecodedTensor): NdArray {
  const dtype = CARRIER[elementType]
  if (dtype === undefined) throw unwritable(name, elementType)
  const data = allocate(dtype, sizeOf(shape))
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes)
  return { dtype, shape, data }
}

function elementTypeOf(elementType: OnnxElementType | undefined, name: string): OnnxElementType {
  if (elementType === undefined) throw unwritable(name, 'no tensor')
  return elementType
}

function unwritable(name: string, found: string): ElmanError {
  return new ElmanError('ONNX_MALFORMED', {
    message: `"${name}" is of a type that elman reads but does not write`,
    expected: Object.keys(CARRIER).join(', '),
    found,
  })
}
