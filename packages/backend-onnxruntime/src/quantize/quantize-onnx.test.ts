import {
  arrayOf,
  isElmanError,
  matmul,
  type NdArray,
  ndArray,
  type Tensor,
  toNumbers,
  trace,
} from '@elman/core'
import { sampleArray } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { exportOnnx } from '../export-onnx.ts'
import { float, graph, int } from '../onnx/attribute.ts'
import { type DecodedGraph, decodeModel } from '../onnx/decode-model.ts'
import { OnnxGraph } from '../onnx/graph.ts'
import { createSession, type Session } from '../session/session.ts'
import type { SessionOptions } from '../session/session-options.ts'
import { quantizeMatrix, type ScaleAxis } from './quantize-matrix.ts'
import { quantizeOnnx } from './quantize-onnx.ts'

const all = { graphOptimizationLevel: 'all' } as const
const none = { minimumElements: 1, bits: 8 } as const

async function run(bytes: Uint8Array, feeds: readonly NdArray[], options: SessionOptions = all) {
  const session: Session = await createSession(bytes, options)
  try {
    return (await session.run(feeds)).map(toNumbers)
  } finally {
    await session.release()
  }
}

/** x as ONNX's DynamicQuantizeLinear sees it: whole numbers times a scale. */
function rounded({ data }: NdArray): number[] {
  const xs = [...(data as Float32Array)]
  const [low, high] = [Math.min(0, ...xs), Math.max(0, ...xs)]
  const scale = Math.fround((high - low) / 255)
  const zero = Math.round(-low / scale)
  return xs.map(x => (Math.max(0, Math.min(255, Math.round(x / scale) + zero)) - zero) * scale)
}

/** x W of rounded x and rounded W, both by hand. */
function roundedProduct(x: NdArray, w: NdArray, axis: ScaleAxis): number[] {
  const [rows, columns] = w.shape as [number, number]
  const { values, scales } = quantizeMatrix(w.data as Float32Array, [rows, columns], axis, 127, 'w')
  const xs = rounded(x)
  return Array.from({ length: (xs.length / rows) * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let i = 0; i < rows; i++) sum += xs[row * rows + i]! * values[i * columns + column]!
    return sum * scales[axis === 'column' ? column : 0]!
  })
}

function expectNear(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found.length).toBe(expected.length)
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!), `element ${i}`).toBeLessThan(tolerance)
  })
}

const x = sampleArray([3, 16], 1, 'float32')
const w = sampleArray([16, 10], 2, 'float32')

function productModel(write: (model: OnnxGraph) => string, shape: readonly number[] = [3, 10]): Uint8Array {
  const model = new OnnxGraph('product')
  model.input('x', 'float32', [3, 16])
  model.output(write(model), 'float32', shape)
  return model.encodeModel({ metadata: { note: 'kept' }, producerVersion: '1.2.3' })
}
const matmulModel = productModel(model => model.node('MatMul', ['x', model.initializer('w', w)])[0]!)

test.each([
  ['channel', 'column'],
  ['tensor', 'tensor'],
] as const)('a product is that of the rounded numbers (scales by %s)', async (granularity, axis) => {
  const { bytes } = quantizeOnnx(matmulModel, { ...none, granularity })
  const expected = roundedProduct(x, w, axis)
  expectNear((await run(bytes, [x]))[0]!, expected, 1e-5)
  expectNear((await run(bytes, [x], { graphOptimizationLevel: 'disabled' }))[0]!, expected, 1e-5)
})

test('names, types and notes of the file stay, and its weight is four times smaller', () => {
  const { bytes, report } = quantizeOnnx(matmulModel, none)
  const [before, after] = [decodeModel(matmulModel), decodeModel(bytes)]
  expect(after.graph.inputs).toEqual(before.graph.inputs)
  expect(after.graph.outputs).toEqual(before.graph.outputs)
  expect(after.metadata).toEqual({ note: 'kept', 'elman.quantized': 'int8, 8 bits, scales by channel' })
  expect([after.producerVersion, after.opsets, after.irVersion]).toEqual(['1.2.3', { '': 21 }, 10])
  expect(after.graph.initializers.map(({ name, elementType, shape }) => [name, elementType, shape])).toEqual([
    ['w.int8', 'int8', [16, 10]],
    ['w.scale', 'float32', [10]],
  ])
  const [weight] = report.weights
  expect(weight).toMatchObject({ name: 'w', use: 'product', bytesBefore: 640, bytesAfter: 160 + 40 })
  expect(weight!.error.relative).toBeLessThan(0.01)
  expect([report.kept, report.bytesBefore, report.bytesAfter]).toEqual([[], matmulModel.length, bytes.length])
})

test('Gemm keeps its transposition, factor and addend', async () => {
  const transposed = ndArray(
    'float32',
    [10, 16],
    Float32Array.from({ length: 160 }, (_, i) => w.data[(i % 16) * 10 + Math.floor(i / 16)] as number),
  )
  const bias = sampleArray([10], 3, 'float32')
  const bytes = productModel(model => {
    const operands = ['x', model.initializer('w', transposed), model.initializer('bias', bias)]
    return model.node('Gemm', operands, { attributes: { transB: int(1), alpha: float(0.5) } })[0]!
  })
  const expected = roundedProduct(x, w, 'column').map(
    (value, i) => 0.5 * value + (bias.data[i % 10] as number),
  )
  expectNear((await run(quantizeOnnx(bytes, none).bytes, [x]))[0]!, expected, 1e-5)
})

/** h ← tanh(x_t + h U) over five steps: the weight is outside of the loop, the product inside. */
function scanModel(u: NdArray): Uint8Array {
  const model = new OnnxGraph('recurrence')
  model.input('h', 'float32', [1, 16])
  model.input('xs', 'float32', [5, 1, 16])
  const weight = model.initializer('recurrent', u)
  const body = model.body('step')
  body.input('state', 'float32', [1, 16])
  body.input('x_t', 'float32', [1, 16])
  const [sum] = body.node('Gemm', ['state', weight, 'x_t'])
  const [next] = body.node('Tanh', [sum!])
  body.output(next!, 'float32', [1, 16])
  const [last] = model.node('Scan', ['h', 'xs'], {
    attributes: { body: graph(body), num_scan_inputs: int(1) },
  })
  model.output(last!, 'float32', [1, 16])
  return model.encodeModel()
}

test('products in the body of a Scan work on int8, and the result stays near', async () => {
  const bytes = scanModel(sampleArray([16, 16], 4, 'float32'))
  const quantized = quantizeOnnx(bytes, none).bytes
  const scan = decodeModel(quantized).graph.nodes.find(({ opType }) => opType === 'Scan')!
  const inside = (scan.attributes.body as { readonly value: DecodedGraph }).value.nodes
  expect(inside.map(({ opType }) => opType)).toEqual([
    ...['DynamicQuantizeLinear', 'MatMulInteger', 'Cast', 'Mul', 'Mul', 'Add', 'Tanh'],
  ])
  const feeds = [sampleArray([1, 16], 5, 'float32'), sampleArray([5, 1, 16], 6, 'float32')]
  const [before] = await run(bytes, feeds)
  expectNear((await run(quantized, feeds))[0]!, before!, 0.05)
})

/** A tied model: rows of a table in, scores of all rows out. */
const table = sampleArray([50, 16], 7, 'float32')
const tiedModel = (() => {
  const model = new OnnxGraph('tied')
  model.input('ids', 'int32', [4])
  const name = model.initializer('embedding', table)
  const [rows] = model.node('Gather', [name, 'ids'], { attributes: { axis: int(0) } })
  const [scores] = model.node('Gemm', [rows!, name], { attributes: { transB: int(1) } })
  model.output(rows!, 'float32', [4, 16])
  model.output(scores!, 'float32', [4, 50])
  return model.encodeModel()
})()

test.each(['channel', 'tensor'] as const)('a tied table is stored once (scales by %s)', async granularity => {
  const { bytes, report } = quantizeOnnx(tiedModel, { ...none, granularity })
  const sizes = decodeModel(bytes).graph.initializers.filter(({ elementType }) => elementType === 'int8')
  expect(sizes.map(({ shape }) => shape)).toEqual([[50, 16]])
  expect(report.weights[0]!.use).toBe('table and product')
  const ids = arrayOf([3, 49, 0, 3], 'int32')
  const [rows, scores] = await run(bytes, [ids])
  const [rowsBefore, scoresBefore] = await run(tiedModel, [ids])
  expectNear(rows!, rowsBefore!, 0.02)
  expectNear(scores!, scoresBefore!, 0.25)
})

test('tables can be left as they are, and so can any weight', () => {
  const { report } = quantizeOnnx(tiedModel, { ...none, tables: false })
  expect(report.weights[0]).toMatchObject({ use: 'product', bytesAfter: 800 + 200 + 3200 })
  const two = productModel(model => {
    const [first] = model.node('MatMul', ['x', model.initializer('w', w)])
    return model.node('MatMul', [first!, model.initializer('v', sampleArray([10, 10], 8, 'float32'))])[0]!
  })
  const kept = quantizeOnnx(two, { ...none, keep: ['v'] }).report.kept
  expect(kept).toEqual([{ name: 'v', shape: [10, 10], bytes: 400, reason: 'asked for' }])
  expect(quantizeOnnx(two, { minimumElements: 150 }).report.kept[0]!.reason).toBe('fewer than 150 elements')
})

test('seven bits stay within ± 63', () => {
  const { bytes, report } = quantizeOnnx(matmulModel, { ...none, bits: 7 })
  const values = decodeModel(bytes).graph.initializers[0]!.bytes.map(byte => Math.abs((byte << 24) >> 24))
  expect(Math.max(...values)).toBe(63)
  expect(report.weights[0]!.error.relative).toBeGreaterThan(
    quantizeOnnx(matmulModel, none).report.weights[0]!.error.relative,
  )
})

test('what elman exports can be quantised, weights by their paths', () => {
  const step = (input: Tensor) => [matmul(input, input.scope.constant(w))] as const
  const weights = new Map([['softmax.weight', w]])
  const bytes = exportOnnx(trace(step, x).graph, { inputNames: ['x'], outputNames: ['y'], weights })
  expect(quantizeOnnx(bytes, none).report.weights.map(({ name }) => name)).toEqual(['softmax.weight'])
})

function textOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isElmanError(error)) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

test('what cannot be quantised says why', () => {
  expect(textOf(() => quantizeOnnx(matmulModel))).toMatchInlineSnapshot(`
    "QUANTIZE_NOTHING  the model has no weight to quantise
      expected float32 matrices as right operands of MatMul or Gemm, or as tables of Gather
      found    w (fewer than 1024 elements)"
  `)
  expect(textOf(() => quantizeOnnx(matmulModel, { ...none, keep: ['v'] }))).toMatchInlineSnapshot(`
    "QUANTIZE_UNKNOWN_WEIGHT  the model has no float32 matrix "v" to keep
      expected w"
  `)
  const model = new OnnxGraph('old')
  model.input('x', 'float32', [1])
  model.output(model.node('Neg', ['x'])[0]!, 'float32', [1])
  expect(textOf(() => quantizeOnnx(model.encodeModel({ opset: 11 })))).toMatchInlineSnapshot(`
    "QUANTIZE_OPSET  the model is of an operator set without the operators of quantisation
      expected opset 13 or later
      found    opset 11
      export the model again with a newer opset"
  `)
  expect(textOf(() => quantizeOnnx(model.encodeModel()))).toMatchInlineSnapshot(`
    "QUANTIZE_NOTHING  the model has no weight to quantise
      expected float32 matrices as right operands of MatMul or Gemm, or as tables of Gather
      found    no float32 matrix"
  `)
})

test('new constants keep clear of the numbers that the exporter gave those of a later body', async () => {
  const model = new OnnxGraph('numbered')
  model.input('ids', 'int32', [5, 1])
  model.input('h', 'float32', [1, 16])
  const [rows] = model.node('Gather', [model.initializer('embedding', table), 'ids'])
  const body = model.body('step')
  body.input('state', 'float32', [1, 16])
  body.input('x_t', 'float32', [1, 16])
  const numbered = body.initializer('constant_1', sampleArray([16], 9, 'float32'))
  const [next] = body.node('Add', [body.node('Mul', ['state', numbered])[0]!, 'x_t'])
  body.output(next!, 'float32', [1, 16])
  const attributes = { body: graph(body), num_scan_inputs: int(1) }
  model.output(model.node('Scan', ['h', rows!], { attributes })[0]!, 'float32', [1, 16])
  const feeds = [ndArray('int32', [5, 1], Int32Array.of(3, 1, 4, 1, 5)), sampleArray([1, 16], 5, 'float32')]
  const bytes = model.encodeModel()
  expectNear((await run(quantizeOnnx(bytes, none).bytes, feeds))[0]!, (await run(bytes, feeds))[0]!, 0.1)
})
