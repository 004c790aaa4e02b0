import { isNode, matmul, scan, type Tensor, trace } from '@elman/core'
import { sampleArray } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { turnConstants } from './turned-constants.ts'

test('a matrix that a loop reads transposed is read as its transpose, once for all its products', () => {
  const [xs, h, w] = [
    [4, 2, 3],
    [2, 3],
    [3, 3],
  ].map((shape, i) => sampleArray(shape, i, 'float32'))
  const { graph } = trace(
    (sequence: Tensor, start: Tensor, weight: Tensor) =>
      scan(
        (state: Tensor, x: Tensor) => [
          matmul(matmul(state, weight, { transposeB: true }), weight, { transposeB: true }),
          matmul(state, matmul(x, x, { transposeA: true })),
        ],
        start,
        sequence,
      ),
    ...([xs!, h!, w!] as never[] as [never, never, never]),
  )
  const loop = graph.nodes.find(node => isNode(node, 'scan'))!
  const { body, turned } = turnConstants(loop.attributes.body, loop.attributes.constants)
  expect(turned).toEqual([0])
  expect(body.inputs.length).toBe(loop.attributes.body.inputs.length + 1)
  const products = body.nodes.filter(node => isNode(node, 'matmul'))
  expect(products.map(({ attributes }) => [attributes.transposeA, attributes.transposeB])).toEqual([
    [false, false],
    [false, false],
    [true, false],
    [false, false],
  ])
  expect(products.slice(0, 2).map(({ inputs }) => inputs[1])).toEqual([body.inputs[1], body.inputs[1]])
})
