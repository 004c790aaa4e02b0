import {
  add,
  arrayOf,
  broadcastTo,
  filled,
  matmul,
  mul,
  type NdArray,
  optimize,
  reshape,
  scan,
  softmaxCrossEntropy,
  sub,
  sum,
  type Tensor,
  tanh,
  trace,
  valueAndGrad,
} from '@elman/core'
import { expect, test } from 'vitest'
import type { OnnxGraph, OnnxNode } from '../onnx/graph.ts'
import { splitHostPart } from './host-part.ts'
import { type LowerOptions, lowerGraph } from './lower.ts'

function lowered(
  f: (...args: never[]) => unknown,
  inputs: readonly NdArray[],
  options?: LowerOptions,
): OnnxGraph {
  return lowerGraph(splitHostPart(optimize(trace(f, ...inputs).graph)).device, options)
}

const operators = ({ nodes }: OnnxGraph) => nodes.map(({ opType }) => opType)

function only(graph: OnnxGraph, opType: string): OnnxNode {
  const found = graph.nodes.filter(node => node.opType === opType)
  expect(found.length).toBe(1)
  return found[0]!
}

function attribute(node: OnnxNode, name: string): unknown {
  return node.attributes.find(([key]) => key === name)?.[1].value
}

const matrix = (rows: number, columns: number) => filled([rows, columns], 0.5)

test('the recurrence is one Gemm in the loop, with the step of the sequence as its addend', () => {
  const model = lowered(
    (xs: Tensor, h0: Tensor, u: Tensor) =>
      scan(
        (h: Tensor, x: Tensor) => {
          const next = tanh(add(x, matmul(h, u)))
          return [next, next]
        },
        h0,
        xs,
      ),
    [filled([5, 2, 4], 1), matrix(2, 4), matrix(4, 4)],
  )
  const body = attribute(only(model, 'Scan'), 'body') as OnnxGraph
  expect(operators(body)).toEqual(['Gemm', 'Tanh', 'Identity'])
  const [h, x] = body.inputs.map(({ name }) => name)
  expect(body.nodes[0]!.inputs).toEqual([h, 'input.2', x])
})

test('a bias is the addend of its product without being repeated', () => {
  const model = lowered(
    (x: Tensor, w: Tensor, b: Tensor) => add(matmul(x, w), b),
    [matrix(3, 4), matrix(4, 5), filled([5], 1)],
  )
  expect(operators(model)).toEqual(['Gemm'])
  expect(only(model, 'Gemm').inputs).toEqual(['input.0', 'input.1', 'input.2'])
})

test('constant factors of a product and of its operands become its alpha', () => {
  const model = lowered(
    (x: Tensor, w: Tensor, c: Tensor) => add(mul(matmul(mul(x, 0.5), w), 0.25), c),
    [matrix(3, 4), matrix(4, 5), matrix(3, 5)],
  )
  expect(operators(model)).toEqual(['Gemm'])
  expect(attribute(only(model, 'Gemm'), 'alpha')).toBe(0.125)
})

test('a product that two nodes read is made once, on its own', () => {
  const model = lowered(
    (x: Tensor, w: Tensor, c: Tensor) => {
      const product = matmul(x, w)
      return [add(product, c), tanh(product)]
    },
    [matrix(3, 4), matrix(4, 5), matrix(3, 5)],
  )
  expect(operators(model)).toEqual(['MatMul', 'Add', 'Tanh'])
})

test('the narrow operand is transposed, whichever side it is on', () => {
  const product = (a: Tensor, b: Tensor) => matmul(a, b, { transposeA: true })
  const narrowLeft = lowered(product, [matrix(8, 3), matrix(8, 100)])
  expect(narrowLeft.nodes.map(({ opType, inputs }) => [opType, inputs[0]])).toEqual([
    ['Transpose', 'input.0'],
    ['MatMul', 'matmul_1'],
  ])
  const wideLeft = lowered(product, [matrix(8, 100), matrix(8, 3)])
  expect(wideLeft.nodes.map(({ opType, inputs }) => [opType, inputs[0]])).toEqual([
    ['Transpose', 'input.1'],
    ['MatMul', 'matmul_1'],
    ['Transpose', 'matmul_2'],
  ])
})

test('the squared norm of a gradient makes no square', () => {
  expect(operators(lowered((x: Tensor) => sum(mul(x, x)), [matrix(3, 4)]))).toEqual(['ReduceSumSquare'])
})

test('operands are repeated by the operator that reads them, unless all of them are short', () => {
  const scaled = (x: Tensor, row: Tensor) => sub(x, broadcastTo(row, [3, 4]))
  expect(operators(lowered(scaled, [matrix(3, 4), filled([4], 1)]))).toEqual(['Sub'])
  const bothShort = (a: Tensor, b: Tensor) => add(broadcastTo(a, [3, 4]), broadcastTo(b, [3, 4]))
  expect(operators(lowered(bothShort, [filled([4], 1), filled([1, 4], 1)]))).toContain('Expand')
})

test('training makes the softmax once, and overwrites it only after the loss has read it', () => {
  const labels = arrayOf([1, 0, 2], 'int32')
  const loss = (x: Tensor, ids: Tensor) => sum(softmaxCrossEntropy(x, ids))
  const model = lowered(valueAndGrad(loss) as never, [matrix(3, 5), labels])
  const probabilities = only(model, 'Softmax').outputs[0]
  const read = only(model, 'GatherElements')
  const scatter = only(model, 'ScatterElements')
  expect([read.inputs[0], scatter.inputs[0]]).toEqual([probabilities, probabilities])
  const update = model.nodes.find(({ outputs }) => outputs[0] === scatter.inputs[2])!
  expect(update.opType).toBe('Where')
  expect(update.inputs[2]).toBe(read.outputs[0])
  expect(operators(lowered(loss, [matrix(3, 5), labels]))).not.toContain('Softmax')
})

test('outputs are written by what makes them; inputs and doubles are copied', () => {
  const model = lowered(
    (x: Tensor) => {
      const y = tanh(x)
      return [y, reshape(x, [2, 2]), y, mul(y, 2)]
    },
    [matrix(2, 2)],
  )
  expect(operators(model).toSorted()).toEqual(['Identity', 'Identity', 'Mul', 'Tanh'])
})

test('portable models have operators of the standard only', () => {
  const product = (a: Tensor, b: Tensor) => matmul(a, b, { transposeA: true })
  const inputs = [filled([2, 3, 4], 1), filled([2, 3, 5], 1)]
  expect(lowered(product, inputs).nodes.map(({ domain }) => domain)).toEqual(['com.microsoft'])
  const portable = lowered(product, inputs, { portable: true })
  expect(portable.nodes.map(({ domain, opType }) => domain + opType)).toEqual(['Transpose', 'MatMul'])
})
