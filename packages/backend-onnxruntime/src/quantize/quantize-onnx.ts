/**
 * Dynamic int8 quantisation of an ONNX file: weights become int8 with scales once, activations at each run. Operators
 * of the standard only (DynamicQuantizeLinear, MatMulInteger), in the order that ONNX Runtime fuses into one kernel at
 * optimisation level "extended" and above.
 */
import { ElmanError } from '@elman/core'
import { type DecodedTensor, decodeModel } from '../onnx/decode-model.ts'
import { OnnxGraph } from '../onnx/graph.ts'
import { copyGraph } from './copy-graph.ts'
import { Int8Weights } from './int8-weights.ts'
import type { QuantizationError } from './quantize-matrix.ts'
import { usesOfWeights, type WeightUses, weightUse } from './weight-uses.ts'

/** What is quantised, and how finely. */
export interface QuantizeOptions {
  /**
   * `channel`: a scale for each output of a product and each row of a table; `tensor`: one for all. `channel` unless
   * given: it costs four bytes a row and is closer.
   */
  readonly granularity?: 'channel' | 'tensor' | undefined
  /**
   * Bits of a weight; 7 (± 63) unless given. With 8, processors without VNNI instructions saturate sums of two products
   * and give other results than those with: 7 bits give the same everywhere, for no more perplexity where it was
   * measured (2 × 200 LSTM on Penn Treebank: 103.68 in float, 103.71 with 7 bits, 103.73 with 8).
   */
  readonly bits?: 7 | 8 | undefined
  /** Whether tables of word vectors are quantised too; true unless given. */
  readonly tables?: boolean | undefined
  /** Smallest number of elements that is worth it; 1,024 unless given. */
  readonly minimumElements?: number | undefined
  /** Names of weights to leave as they are. */
  readonly keep?: readonly string[] | undefined
}

/** A weight that became int8. */
export interface QuantizedWeight {
  readonly name: string
  readonly shape: readonly number[]
  /** What it is for: operand of products, table of rows, or both (tied). */
  readonly use: 'product' | 'table' | 'table and product'
  readonly bytesBefore: number
  /** Scales included. */
  readonly bytesAfter: number
  readonly error: QuantizationError
}

/** A float32 matrix that stayed as it is. */
export interface KeptWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly bytes: number
  readonly reason: string
}

/** What quantisation did. */
export interface QuantizationReport {
  readonly weights: readonly QuantizedWeight[]
  readonly kept: readonly KeptWeight[]
  /** Size of the file before, in bytes. */
  readonly bytesBefore: number
  /** Size of the file after, in bytes. */
  readonly bytesAfter: number
}

/** A quantised file. */
export interface QuantizedModel {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly report: QuantizationReport
}

/**
 * Quantises the weights of a model's MatMul, Gemm and Gather nodes, those in bodies of loops included. Inputs, outputs
 * and notes stay the same. Run it in a session with `graphOptimizationLevel: 'all'`.
 *
 * @throws `ONNX_MALFORMED`; `QUANTIZE_OPSET`; `QUANTIZE_NOTHING` when no weight can be quantised; `QUANTIZE_UNKNOWN_WEIGHT` when `keep`
 * names none; `QUANTIZE_NOT_FINITE`
 */
export function quantizeOnnx(bytes: Uint8Array, options: QuantizeOptions = {}): QuantizedModel {
  const { granularity = 'channel', bits = 7, tables = true } = options
  const model = decodeModel(bytes)
  checkOpset(model.opsets[''])
  const uses = usesOfWeights(model.graph, tables)
  const reasons = new Map([...uses].map(([name, use]) => [name, reasonToKeep(use, options)]))
  checkNames(options.keep ?? [], uses)
  if (![...reasons.values()].includes(undefined)) throw nothing(uses, reasons)

  const chosen = (name: string) => reasons.has(name) && reasons.get(name) === undefined
  const weights = new Int8Weights({ granularity, limit: bits === 8 ? 127 : 63 })
  const target = new OnnxGraph(model.graph.name)
  copyGraph(model.graph, target, {
    constant(tensor, graph) {
      if (!chosen(tensor.name)) return false
      weights.add(uses.get(tensor.name)!, graph)
      return uses.get(tensor.name)!.others.size === 0
    },
    node(node, graph, name) {
      const use = weightUse(node, input => uses.has(input), tables)
      if (use === undefined || !chosen(use.weight)) return false
      if (use.kind === 'lookup')
        weights.writeLookup(graph, node.outputs[0]!, name(node.inputs[1]!), use.weight)
      else {
        const addend = use.addend === undefined ? undefined : name(use.addend)
        weights.writeProduct(graph, node.outputs[0]!, name(node.inputs[0]!), { ...use, addend })
      }
      return true
    },
  })
  const quantized = target.encodeModel({
    producerVersion: model.producerVersion,
    metadata: { ...model.metadata, 'elman.quantized': `int8, ${bits} bits, scales by ${granularity}` },
    opset: model.opsets['']!,
    irVersion: model.irVersion,
  })
  const kept = [...uses].flatMap(([name, { tensor }]): KeptWeight[] => {
    const reason = reasons.get(name)
    return reason === undefined ? [] : [{ name, shape: tensor.shape, bytes: tensor.bytes.length, reason }]
  })
  return {
    bytes: quantized,
    report: { weights: weights.report(), kept, bytesBefore: bytes.length, bytesAfter: quantized.length },
  }
}

/** The first opset whose operators, as they are written here, mean the same ever since (Unsqueeze). */
const FIRST_OPSET = 13

function checkOpset(opset: number | undefined): void {
  if (opset !== undefined && opset >= FIRST_OPSET) return
  throw new ElmanError('QUANTIZE_OPSET', {
    message: 'the model is of an operator set without the operators of quantisation',
    expected: `opset ${FIRST_OPSET} or later`,
    found: opset === undefined ? 'no standard operators' : `opset ${opset}`,
    hint: 'export the model again with a newer opset',
  })
}

function reasonToKeep(use: WeightUses, options: QuantizeOptions): string | undefined {
  const { minimumElements = 1024, keep = [] } = options
  const { tensor, product, transposedProduct, lookup, others } = use
  if (keep.includes(tensor.name)) return 'asked for'
  if (elements(tensor) < minimumElements) return `fewer than ${minimumElements} elements`
  if (product || transposedProduct || lookup) return undefined
  return others.size === 0 ? 'not used' : `needed as floats by ${[...others].join(', ')}`
}

function elements({ shape }: DecodedTensor): number {
  return shape[0]! * shape[1]!
}

function checkNames(keep: readonly string[], uses: ReadonlyMap<string, unknown>): void {
  const unknown = keep.find(name => !uses.has(name))
  if (unknown === undefined) return
  throw new ElmanError('QUANTIZE_UNKNOWN_WEIGHT', {
    message: `the model has no float32 matrix "${unknown}" to keep`,
    expected: [...uses.keys()].join(', '),
  })
}

function nothing(
  uses: ReadonlyMap<string, WeightUses>,
  reasons: ReadonlyMap<string, string | undefined>,
): ElmanError {
  const found = [...uses.keys()].map(name => `${name} (${reasons.get(name)})`)
  return new ElmanError('QUANTIZE_NOTHING', {
    message: 'the model has no weight to quantise',
    expected: 'float32 matrices as right operands of MatMul or Gemm, or as tables of Gather',
    found: found.length === 0 ? 'no float32 matrix' : found.join(', '),
  })
}
