import { readFileSync } from 'node:fs'
import { arrayOf, evaluate, mul, type NdArray, ndArray, sum, type Tensor, valueAndGrad } from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { mixPenalty, scalarMix } from './scalar-mix.ts'

type TensorData = { readonly shape: number[]; readonly data: number[] }
interface Golden {
  readonly name: string
  readonly layerNorm: boolean
  readonly mask: number[][] | null
  readonly layers: TensorData[]
  readonly gamma: number
  readonly weights: number[]
  readonly seeds: TensorData
  readonly result: TensorData
  readonly gammaGradient: number
  readonly weightGradient: number[]
}
type Weights = { readonly gamma: Tensor; readonly weights: Tensor }

const { mixes } = JSON.parse(
  readFileSync(new URL('./fixtures/elmo-golden.json', import.meta.url), 'utf8'),
) as { readonly mixes: readonly Golden[] }
const doubles = ({ shape, data }: TensorData): NdArray => ndArray('float64', shape, Float64Array.from(data))

test.each(mixes)('a mix and its gradients equal the formulas of AllenNLP in PyTorch: $name', golden => {
  const mix = scalarMix({ layers: 3, layerNorm: golden.layerNorm })
  const weights = { gamma: arrayOf(golden.gamma, 'float64'), weights: arrayOf(golden.weights, 'float64') }
  const mask = arrayOf(
    golden.mask ?? [
      [1, 1, 1],
      [1, 1, 1],
    ],
    'float64',
  )
  const layers = golden.layers.map(doubles)
  const apply = (at: Weights, all: readonly Tensor[], real: Tensor) =>
    mix.apply(at, all, golden.mask === null ? undefined : real)
  expectClose(evaluate(apply, weights, layers, mask) as unknown as NdArray, golden.result, 1e-12)
  const [, gradients] = evaluate(
    (at: Weights, all: readonly Tensor[], real: Tensor, seeds: Tensor) =>
      valueAndGrad((inner: Weights) => sum(mul(apply(inner, all, real), seeds)))(at),
    weights,
    layers,
    mask,
    doubles(golden.seeds),
  ) as unknown as [NdArray, { gamma: NdArray; weights: NdArray }]
  expectClose(gradients.gamma, arrayOf(golden.gammaGradient, 'float64'), 1e-11)
  expectClose(gradients.weights, golden.weightGradient, 1e-11)
})

test('a fresh mix is the mean of the layers', () => {
  const mix = scalarMix({ layers: 2 })
  const layers = [arrayOf([[2, 4]], 'float64'), arrayOf([[0, 8]], 'float64')]
  const result = evaluate(
    (at: Weights, all: readonly Tensor[]) => mix.apply(at, all),
    mix.init('float64'),
    layers,
  )
  expectClose(result as unknown as NdArray, arrayOf([[1, 6]], 'float64'), 1e-15)
})

test('the penalty is λ times the sum of squared weights, and γ has none', () => {
  const weights = { gamma: arrayOf(7, 'float64'), weights: arrayOf([1, -2, 3], 'float64') }
  const penalty = evaluate((at: Weights) => mixPenalty(at, 0.5), weights) as unknown as NdArray
  expect(penalty.data[0]).toBe(7)
})

test('layers of another number than the mix was made for are refused', () => {
  const mix = scalarMix({ layers: 3 })
  const layers = [arrayOf([[1]], 'float64')]
  const call = () =>
    evaluate((at: Weights, all: readonly Tensor[]) => mix.apply(at, all), mix.init('float64'), layers)
  expect(call).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_LAYERS_DIFFER  the mix was made for another number of layers
      expected 3 layers
      found    1]
  `)
})
