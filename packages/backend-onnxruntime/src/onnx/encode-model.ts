// Field numbers are those of onnx.proto3 (ONNX 1.16, IR version 10).
import { ElmanError } from '@elman/core'
import { ATTRIBUTE_TYPE_NUMBER, type OnnxAttribute } from './attribute.ts'
import { ELEMENT_TYPE_NUMBER, type OnnxElementType } from './element-type.ts'
import type { OnnxGraph, OnnxNode, OnnxValueInfo } from './graph.ts'
import { bytesOf } from './initializer-table.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

/** What a model file says besides its graph. */
export interface EncodeModelOptions {
  /** Version of the program that made the model. */
  readonly producerVersion?: string
  /** Free text by key, readable by any ONNX tool. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Version of the standard operators; 21 unless given. */
  readonly opset?: number
  /** Version of the file format; 10 unless given. */
  readonly irVersion?: number
  /**
   * For training steps only: puts an extra output {@link DISCARD_OUTPUT} first, which lets a session write results into
   * the caller's buffers without ONNX Runtime's Node binding copying them a second time (see `session/run-native.ts`).
   * Never for files that leave the machine.
   */
  readonly writesIntoBuffers?: boolean
}

/** Name of the extra output of models encoded with `writesIntoBuffers`. */
export const DISCARD_OUTPUT = 'elman.discard'

/** Versions of the operator sets besides the standard one; 1 where not listed. */
const DOMAIN_VERSION: Readonly<Record<string, number>> = { 'com.microsoft': 1, 'ai.onnx.ml': 3 }

const LARGEST_MODEL = 2 ** 31 - 1

/**
 * The bytes of a model file.
 *
 * @throws `ONNX_MODEL_TOO_LARGE` above 2 GiB, the limit of protobuf.
 */
export function encodeModel(graph: OnnxGraph, options: EncodeModelOptions = {}): Uint8Array<ArrayBuffer> {
  const weights = graph.initializers.reduce((sum, { bytes }) => sum + bytes.length + 64, 0)
  if (weights > LARGEST_MODEL) throw tooLarge(weights)
  const writer = new ProtobufWriter(weights + graph.nodes.length * 96 + 4096)
  writer.integer(1, options.irVersion ?? 10)
  writer.string(2, 'elman')
  if (options.producerVersion !== undefined) writer.string(3, options.producerVersion)
  writer.message(7, () => writeGraph(writer, graph, options.writesIntoBuffers === true))
  writeOpset(writer, '', options.opset ?? 21)
  for (const domain of domainsOf(graph)) writeOpset(writer, domain, DOMAIN_VERSION[domain] ?? 1)
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    writer.message(14, () => {
      writer.string(1, key)
      writer.string(2, value)
    })
  }
  if (writer.length > LARGEST_MODEL) throw tooLarge(writer.length)
  return writer.finish()
}

function tooLarge(bytes: number): ElmanError {
  return new ElmanError('ONNX_MODEL_TOO_LARGE', {
    message: 'an ONNX file cannot be larger than 2 GiB',
    found: `${bytes} bytes`,
    hint: 'make parameters inputs of the graph instead of constants',
  })
}

/** Non-standard operator domains used in a graph and its bodies. */
function domainsOf(graph: OnnxGraph, domains = new Set<string>()): Set<string> {
  for (const node of graph.nodes) {
    if (node.domain !== '') domains.add(node.domain)
    for (const [, attribute] of node.attributes) {
      if (attribute.kind === 'graph') domainsOf(attribute.value, domains)
    }
  }
  return domains
}

function writeOpset(writer: ProtobufWriter, domain: string, version: number): void {
  writer.message(8, () => {
    writer.string(1, domain)
    writer.integer(2, version)
  })
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph, discard: boolean): void {
  for (const node of graph.nodes) writer.message(1, () => writeNode(writer, node))
  if (discard) writer.message(1, () => writeNode(writer, DISCARD_NODE))
  writer.string(2, graph.name)
  for (const { name, elementType, shape, bytes } of graph.initializers) {
    writer.message(5, () => writeTensor(writer, name, elementType, shape, bytes))
  }
  for (const input of graph.inputs) writer.message(11, () => writeValueInfo(writer, input))
  if (discard) writer.message(12, () => writeSequenceInfo(writer, DISCARD_OUTPUT))
  for (const output of graph.outputs) writer.message(12, () => writeValueInfo(writer, output))
}

const DISCARD_NODE: OnnxNode = {
  opType: 'SequenceEmpty',
  domain: '',
  name: DISCARD_OUTPUT,
  inputs: [],
  outputs: [DISCARD_OUTPUT],
  attributes: [],
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input)
  for (const output of node.outputs) writer.string(2, output)
  writer.string(3, node.name)
  writer.string(4, node.opType)
  for (const [name, attribute] of node.attributes) {
    writer.message(5, () => {
      writer.string(1, name)
      writeAttributeValue(writer, attribute)
      writer.integer(20, ATTRIBUTE_TYPE_NUMBER[attribute.kind])
    })
  }
  if (node.domain !== '') writer.string(7, node.domain)
}

function writeAttributeValue(writer: ProtobufWriter, attribute: OnnxAttribute): void {
  switch (attribute.kind) {
    case 'float':
      writer.float(2, attribute.value)
      break
    case 'int':
      writer.integer(3, attribute.value)
      break
    case 'string':
      writer.string(4, attribute.value)
      break
    case 'tensor': {
      const array = attribute.value
      writer.message(5, () => writeTensor(writer, '', array.dtype, array.shape, bytesOf(array)))
      break
    }
    case 'graph':
      writer.message(6, () => writeGraph(writer, attribute.value, false))
      break
    case 'floats':
      writer.floats(7, attribute.value)
      break
    case 'ints':
      writer.integers(8, attribute.value)
      break
    case 'strings':
      for (const value of attribute.value) writer.string(9, value)
  }
}

function writeTensor(
  writer: ProtobufWriter,
  name: string,
  elementType: OnnxElementType,
  shape: readonly number[],
  bytes: Uint8Array,
): void {
  writer.integers(1, shape)
  writer.integer(2, ELEMENT_TYPE_NUMBER[elementType])
  if (name !== '') writer.string(8, name)
  writer.bytes(9, bytes)
}

function writeValueInfo(writer: ProtobufWriter, info: OnnxValueInfo): void {
  writer.string(1, info.name)
  writer.message(2, () => {
    writer.message(1, () => {
      writer.integer(1, ELEMENT_TYPE_NUMBER[info.elementType])
      writer.message(2, () => {
        for (const dimension of info.shape) {
          writer.message(1, () => {
            if (typeof dimension === 'number') writer.integer(1, dimension)
            else writer.string(2, dimension)
          })
        }
      })
    })
  })
}

/** A value of type sequence(tensor(float)). */
function writeSequenceInfo(writer: ProtobufWriter, name: string): void {
  writer.string(1, name)
  writer.message(2, () => {
    writer.message(4, () => {
      writer.message(1, () => {
        writer.message(1, () => writer.integer(1, ELEMENT_TYPE_NUMBER.float32))
      })
    })
  })
}
