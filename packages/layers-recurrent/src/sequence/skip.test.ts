import {
  evaluate,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sizeOf,
  type Traced,
  toNumbers,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { gru, lockedDropout, lstm, recurrent, recurrentStack, type SequenceLayer } from '../index.ts'

const xs = ndArray('float64', [4, 3, 2], random.normal(random.key(1), sizeOf([4, 3, 2]), 'float64'))

function run(layer: SequenceLayer, parameters: Parameters, input: NdArray): NdArray {
  const apply = (p: Traced<Parameters>, x: never) => layer.apply(p, { xs: x }, { mode: 'evaluate' }).outputs
  return evaluate(apply as never, parameters as never, input as never) as unknown as NdArray
}

test('with skip connections the output is the sum of what the layers give', () => {
  const layers = [
    recurrent(lstm({ inputSize: 2, hidden: 5 })),
    recurrent(gru({ inputSize: 5, hidden: 5 })),
    recurrent(lstm({ inputSize: 5, hidden: 5 })),
  ]
  const stack = recurrentStack({ layers, skip: true, between: lockedDropout(0.5) })
  const parameters = stack.init(random.key(2), 'float64') as { readonly [name: string]: Parameters }
  let input = xs
  let sum = new Array<number>(4 * 3 * 5).fill(0)
  for (const [index, layer] of layers.entries()) {
    input = run(layer, parameters[index]!, input)
    const own = toNumbers(input)
    sum = sum.map((x, i) => x + own[i]!)
  }
  expectClose(toNumbers(run(stack, parameters, xs)), sum, 1e-13)
  const plain = recurrentStack({ layers, between: lockedDropout(0.5) })
  expect(toNumbers(run(plain, parameters, xs))).toEqual(toNumbers(input))
})

test('layers whose outputs differ in width cannot be added', () => {
  const layers = [recurrent(lstm({ inputSize: 2, hidden: 5 })), recurrent(lstm({ inputSize: 5, hidden: 4 }))]
  expect(() => recurrentStack({ layers, skip: true })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LAYER_SIZES_DIFFER  with "skip" the outputs of all layers of "recurrentStack" are added, and layer 1 differs
      expected outputSize 5
      found    outputSize 4]
  `)
})
