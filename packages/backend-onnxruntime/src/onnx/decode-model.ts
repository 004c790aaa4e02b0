// Reads what encode-model.ts writes, and models of other makers as far as their parts have names here.
// Tensors must be stored as raw_data; external data is refused.
import { ELEMENT_TYPE_BYTES, elementTypeOf, type OnnxElementType } from './element-type.ts'
import {
  malformed,
  type ProtobufField,
  packedFloats,
  packedIntegers,
  readFields,
  signed,
  text,
} from './protobuf-reader.ts'

/** A tensor in a model file; `bytes` is a view into the file. */
export interface DecodedTensor {
  readonly name: string
  readonly elementType: OnnxElementType
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** An input or output in a model file; `elementType` is undefined for sequences and optionals. */
export interface DecodedValueInfo {
  readonly name: string
  readonly elementType: OnnxElementType | undefined
  /** Extents, names of symbolic ones, '?' for unnamed unknown ones. */
  readonly shape: readonly (number | string)[]
}

/** A node's attribute in a model file. */
export type DecodedAttribute =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'ints'; readonly value: readonly bigint[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: DecodedTensor }
  | { readonly kind: 'graph'; readonly value: DecodedGraph }

/** An operation in a model file. */
export interface DecodedNode {
  readonly opType: string
  readonly domain: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, DecodedAttribute>>
}

/** A graph in a model file. */
export interface DecodedGraph {
  readonly name: string
  readonly inputs: readonly DecodedValueInfo[]
  readonly outputs: readonly DecodedValueInfo[]
  readonly initializers: readonly DecodedTensor[]
  readonly nodes: readonly DecodedNode[]
}

/** A model file. */
export interface DecodedModel {
  readonly irVersion: number
  readonly producerName: string
  readonly producerVersion: string
  /** Version by operator domain; '' is the standard one. */
  readonly opsets: Readonly<Record<string, number>>
  readonly metadata: Readonly<Record<string, string>>
  readonly graph: DecodedGraph
}

const DEEPEST = 32

/**
 * Reads a model file.
 *
 * @throws `ONNX_MALFORMED` when bytes are missing or mean nothing, a tensor's bytes do not fit its shape, or graphs are
 * nested deeper than 32.
 */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const opsets: Record<string, number> = Object.create(null)
  const metadata: Record<string, string> = Object.create(null)
  let irVersion = 0
  let producerName = ''
  let producerVersion = ''
  let graph: DecodedGraph | undefined
  for (const field of readFields(bytes, 'the model')) {
    if (field.field === 1) irVersion = Number(field.integer)
    else if (field.field === 2) producerName = text(field, 'producer_name')
    else if (field.field === 3) producerVersion = text(field, 'producer_version')
    else if (field.field === 7) graph = decodeGraph(field.bytes, 0)
    else if (field.field === 8) {
      const parts = byNumber(field.bytes, 'opset_import')
      opsets[optionalText(parts.get(1), 'domain')] = Number(parts.get(2)?.integer ?? 0n)
    } else if (field.field === 14) {
      const parts = byNumber(field.bytes, 'metadata_props')
      metadata[optionalText(parts.get(1), 'key')] = optionalText(parts.get(2), 'value')
    }
  }
  if (graph === undefined) throw malformed('the model', bytes.length, 'no graph')
  return { irVersion, producerName, producerVersion, opsets: { ...opsets }, metadata: { ...metadata }, graph }
}

function decodeGraph(bytes: Uint8Array, depth: number): DecodedGraph {
  if (depth > DEEPEST) throw malformed('graph', 0, `graphs nested deeper than ${DEEPEST}`)
  const graph = {
    name: '',
    inputs: [] as DecodedValueInfo[],
    outputs: [] as DecodedValueInfo[],
    initializers: [] as DecodedTensor[],
    nodes: [] as DecodedNode[],
  }
  for (const field of readFields(bytes, 'graph')) {
    if (field.field === 1) graph.nodes.push(decodeNode(field.bytes, depth))
    else if (field.field === 2) graph.name = text(field, 'graph.name')
    else if (field.field === 5) graph.initializers.push(decodeTensor(field.bytes))
    else if (field.field === 11) graph.inputs.push(decodeValueInfo(field.bytes))
    else if (field.field === 12) graph.outputs.push(decodeValueInfo(field.bytes))
  }
  return graph
}

function decodeNode(bytes: Uint8Array, depth: number): DecodedNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: [string, DecodedAttribute][] = []
  let name = ''
  let opType = ''
  let domain = ''
  for (const field of readFields(bytes, 'node')) {
    if (field.field === 1) inputs.push(text(field, 'node.input'))
    else if (field.field === 2) outputs.push(text(field, 'node.output'))
    else if (field.field === 3) name = text(field, 'node.name')
    else if (field.field === 4) opType = text(field, 'node.op_type')
    else if (field.field === 5) attributes.push(decodeAttribute(field.bytes, depth))
    else if (field.field === 7) domain = text(field, 'node.domain')
  }
  return { opType, domain, name, inputs, outputs, attributes: Object.fromEntries(attributes) }
}

function decodeAttribute(bytes: Uint8Array, depth: number): [string, DecodedAttribute] {
  const fields = [...readFields(bytes, 'attribute')]
  const all = (number: number) => fields.filter(field => field.field === number)
  const one = (number: number): ProtobufField => {
    const found = all(number)[0]
    if (found === undefined) throw malformed('attribute', 0, `no value for attribute type ${type}`)
    return found
  }
  const name = optionalText(all(1)[0], 'attribute.name')
  const type = Number(all(20)[0]?.integer ?? 0n)
  switch (type) {
    case 1:
      return [name, { kind: 'float', value: packedFloats(one(2), name)[0] ?? 0 }]
    case 2:
      return [name, { kind: 'int', value: signed(one(3)) }]
    case 3:
      return [name, { kind: 'string', value: text(one(4), name) }]
    case 4:
      return [name, { kind: 'tensor', value: decodeTensor(one(5).bytes) }]
    case 5:
      return [name, { kind: 'graph', value: decodeGraph(one(6).bytes, depth + 1) }]
    case 6:
      return [name, { kind: 'floats', value: all(7).flatMap(field => packedFloats(field, name)) }]
    case 7:
      return [name, { kind: 'ints', value: all(8).flatMap(field => packedIntegers(field, name)) }]
    case 8:
      return [name, { kind: 'strings', value: all(9).map(field => text(field, name)) }]
    default:
      throw malformed('attribute', 0, `attribute type ${type}`)
  }
}

function decodeTensor(bytes: Uint8Array): DecodedTensor {
  const shape: number[] = []
  let name = ''
  let type = 0
  let raw = new Uint8Array(0)
  for (const field of readFields(bytes, 'tensor')) {
    if (field.field === 1) shape.push(...packedIntegers(field, 'tensor.dims').map(Number))
    else if (field.field === 2) type = Number(field.integer)
    else if (field.field === 8) name = text(field, 'tensor.name')
    else if (field.field === 9) raw = field.bytes as Uint8Array<ArrayBuffer>
    else if (
      field.field === 4 ||
      field.field === 5 ||
      field.field === 7 ||
      field.field === 10 ||
      field.field === 13
    ) {
      throw malformed(`tensor ${name}`, 0, 'data that is not stored as raw_data')
    }
  }
  const elementType = elementTypeOf(type)
  const expected = shape.reduce((product, extent) => product * extent, ELEMENT_TYPE_BYTES[elementType])
  if (expected !== raw.length || shape.some(extent => extent < 0)) {
    throw malformed(`tensor ${name}`, 0, `${raw.length} bytes for ${elementType}[${shape.join(',')}]`)
  }
  return { name, elementType, shape, bytes: raw }
}

function decodeValueInfo(bytes: Uint8Array): DecodedValueInfo {
  const parts = byNumber(bytes, 'value_info')
  const name = optionalText(parts.get(1), 'value_info.name')
  const type = byNumber(parts.get(2)?.bytes ?? new Uint8Array(0), 'type').get(1)
  if (type === undefined) return { name, elementType: undefined, shape: [] }
  const tensorType = byNumber(type.bytes, 'type.tensor_type')
  const shape: (number | string)[] = []
  for (const dimension of readFields(tensorType.get(2)?.bytes ?? new Uint8Array(0), 'shape')) {
    const kinds = byNumber(dimension.bytes, 'dimension')
    const fixed = kinds.get(1)
    shape.push(fixed === undefined ? optionalText(kinds.get(2), 'dim_param') || '?' : Number(signed(fixed)))
  }
  return { name, elementType: elementTypeOf(Number(tensorType.get(1)?.integer ?? 0n)), shape }
}

/** Fields of a message in which each number stands at most once. */
function byNumber(bytes: Uint8Array, where: string): Map<number, ProtobufField> {
  return new Map([...readFields(bytes, where)].map(field => [field.field, field]))
}

function optionalText(field: ProtobufField | undefined, where: string): string {
  return field === undefined ? '' : text(field, where)
}
