/** The int8 forms of a model's weights in the graph that is being written, and the nodes that work on them. */
import { ndArray } from '@elman/core'
import { int } from '../onnx/attribute.ts'
import type { DecodedTensor } from '../onnx/decode-model.ts'
import { ELEMENT_TYPE_NUMBER } from '../onnx/element-type.ts'
import type { OnnxGraph } from '../onnx/graph.ts'
import { arrayOfTensor } from './copy-graph.ts'
import { type QuantizedMatrix, quantizeMatrix } from './quantize-matrix.ts'
import type { QuantizedWeight } from './quantize-onnx.ts'
import type { WeightUse, WeightUses } from './weight-uses.ts'

/** How finely weights are rounded. */
export interface Int8Form {
  readonly granularity: 'channel' | 'tensor'
  /** Largest magnitude of a whole number. */
  readonly limit: number
}

/** Names of a weight's parts in the graph. */
interface Parts {
  /** int8 matrix. */
  readonly values: string
  /** float32: scalar, or one for each output or row. */
  readonly scales: string
  readonly matrix: QuantizedMatrix
}

/** Writes weights as int8. A weight is stored once for all its uses, unless one reads it transposed and one does not. */
export class Int8Weights {
  readonly #form: Int8Form
  /** (inputs, outputs), with scales by output, for each weight that products read. */
  readonly #products = new Map<string, Parts>()
  readonly #transposed = new Map<string, Parts>()
  /** (rows, features), with scales by row, for each table. */
  readonly #tables = new Map<string, Parts>()
  readonly #report: QuantizedWeight[] = []
  readonly #inputs = new Map<OnnxGraph, Map<string, readonly string[]>>()

  constructor(form: Int8Form) {
    this.#form = form
  }

  /** Puts the int8 forms of a weight that its uses need in place of it. */
  add({ tensor, product, transposedProduct, lookup, others }: WeightUses, graph: OnnxGraph): void {
    const { name, shape } = tensor
    const stored: Parts[] = []
    if (product) {
      const parts = this.#store(graph, tensor, 'column', name)
      this.#products.set(name, parts)
      stored.push(parts)
    }
    if (lookup) {
      const parts = this.#store(graph, tensor, 'row', `${name}.table`)
      this.#tables.set(name, parts)
      stored.push(parts)
      // Stored once for a tied softmax: the session folds the transposition when it is made.
      if (transposedProduct) {
        const [values] = graph.node('Transpose', [parts.values], { label: `${name}.int8.transposed` })
        this.#transposed.set(name, { ...parts, values: values! })
      }
    } else if (transposedProduct) {
      const parts = this.#store(graph, tensor, 'row', `${name}.transposed`, true)
      this.#transposed.set(name, parts)
      stored.push(parts)
    }
    const bytes = stored.reduce((sum, { matrix }) => sum + matrix.values.length + matrix.scales.byteLength, 0)
    const multiplied = product || transposedProduct
    this.#report.push({
      ...{ name, shape, error: stored[0]!.matrix.error, bytesBefore: tensor.bytes.length },
      use: lookup ? (multiplied ? 'table and product' : 'table') : 'product',
      bytesAfter: bytes + (others.size === 0 ? 0 : tensor.bytes.length),
    })
  }

  /** alpha · x W + addend, x quantised on the way. */
  writeProduct(
    graph: OnnxGraph,
    output: string,
    x: string,
    { weight, transposed, alpha, addend }: Omit<Extract<WeightUse, { kind: 'product' }>, 'kind'>,
  ): void {
    const { values, scales, matrix } = (transposed ? this.#transposed : this.#products).get(weight)!
    const [input, inputScale, zeroPoint] = this.#quantized(graph, x)
    const label = `${weight}.product`
    const node = (opType: string, inputs: readonly string[]) => graph.node(opType, inputs, { label })[0]!
    const sums = node('MatMulInteger', [input!, values, zeroPoint!])
    const to = { to: int(ELEMENT_TYPE_NUMBER.float32) }
    const [floats] = graph.node('Cast', [sums], { label, attributes: to })
    const factors =
      alpha === 1 ? scales : this.#scaled(graph, matrix, alpha, graph.freshName(`${weight}.scale`))
    const operands = [floats!, node('Mul', [inputScale!, factors])]
    if (addend === undefined) graph.node('Mul', operands, { outputs: [output] })
    else graph.node('Add', [node('Mul', operands), addend], { outputs: [output] })
  }

  /** The rows of a table at some indices, as floats. */
  writeLookup(graph: OnnxGraph, output: string, indices: string, weight: string): void {
    const { values, scales } = this.#tables.get(weight)!
    const label = `${weight}.row`
    const [rows] = graph.node('Gather', [values, indices], { label })
    if (this.#form.granularity === 'tensor') {
      graph.node('DequantizeLinear', [rows!, scales], { outputs: [output] })
      return
    }
    const to = { to: int(ELEMENT_TYPE_NUMBER.float32) }
    const [floats] = graph.node('Cast', [rows!], { label, attributes: to })
    const [factors] = graph.node('Gather', [scales, indices], { label })
    const last = graph.initializer(
      graph.freshName(`${weight}.axis`),
      ndArray('int64', [1], BigInt64Array.of(-1n)),
    )
    const [column] = graph.node('Unsqueeze', [factors!, last], { label })
    graph.node('Mul', [floats!, column!], { outputs: [output] })
  }

  /** What became of each weight, in the order of the file. */
  report(): readonly QuantizedWeight[] {
    return this.#report
  }

  #store(
    graph: OnnxGraph,
    tensor: DecodedTensor,
    axis: 'row' | 'column',
    name: string,
    transpose = false,
  ): Parts {
    const [rows, columns] = tensor.shape as readonly [number, number]
    const data = arrayOfTensor(tensor).data as Float32Array
    const { granularity, limit } = this.#form
    const groups = granularity === 'tensor' ? 'tensor' : axis
    const matrix = quantizeMatrix(data, [rows, columns], groups, limit, tensor.name)
    const values = transpose ? transposed(matrix.values, rows, columns) : matrix.values
    const shape = transpose ? [columns, rows] : [rows, columns]
    // An int8 array travels as bytes: arrays of the host have no such type.
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.length)
    const stored = graph.initializer(`${name}.int8`, ndArray('bool', shape, bytes), { elementType: 'int8' })
    return { values: stored, scales: this.#scaled(graph, matrix, 1, `${name}.scale`), matrix }
  }

  #scaled(graph: OnnxGraph, { scales }: QuantizedMatrix, factor: number, name: string): string {
    const shape = this.#form.granularity === 'tensor' ? [] : [scales.length]
    return graph.initializer(
      name,
      ndArray(
        'float32',
        shape,
        scales.map(scale => scale * factor),
      ),
    )
  }

  /** uint8 values, scale and zero point of a value, made once in each graph. */
  #quantized(graph: OnnxGraph, x: string): readonly string[] {
    const known = this.#inputs.get(graph) ?? new Map<string, readonly string[]>()
    this.#inputs.set(graph, known)
    const made = known.get(x) ?? graph.node('DynamicQuantizeLinear', [x], { outputs: 3, label: `${x}.uint8` })
    known.set(x, made)
    return made
  }
}

function transposed(values: Int8Array, rows: number, columns: number): Int8Array {
  const result = new Int8Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!
    }
  }
  return result
}
