/** Output layers against PyTorch in float64: losses, log-probabilities, gradients. */
import { readFileSync } from 'node:fs'
import {
  add,
  evaluate,
  flattenParameters,
  grad,
  logSoftmax,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  sum,
  type Tensor,
  type TensorParameters,
  unflattenParameters,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { type AdaptiveOptions, adaptiveSoftmax } from './adaptive-softmax.ts'
import { type AugmentedLossOptions, augmentedLoss } from './augmented-loss.ts'
import { fullSoftmax } from './full-softmax.ts'
import { numericalRank } from './log-probability-rank.ts'
import { type MixtureOptions, mixtureOfSoftmaxes } from './mixture-of-softmaxes.ts'
import { logExpectedCounts, sampledCrossEntropy, sampledSoftmax } from './sampled-softmax.ts'
import type { SoftmaxLayer, SoftmaxPlace } from './softmax-layer.ts'

interface Golden {
  readonly name: string
  readonly kind: 'adaptive' | 'mixture' | 'sampled' | 'augmented'
  readonly options: object
  readonly place: SoftmaxPlace
  readonly parameters: { readonly [path: string]: GoldenArray }
  readonly features: GoldenArray
  readonly targets: readonly number[]
  readonly coefficients: readonly number[]
  readonly losses: GoldenArray
  readonly logProbabilities: GoldenArray
  readonly gradients: { readonly [path: string]: GoldenArray }
  readonly sampled?: readonly number[]
  readonly expectedCounts?: readonly number[]
}

const fixture = new URL('../fixtures/softmax.json', import.meta.url)
const golden = JSON.parse(readFileSync(fixture, 'utf8')) as {
  readonly cases: readonly Golden[]
  readonly singularValues: { readonly matrix: GoldenArray; readonly values: readonly number[] }
}

const float = ({ shape, data }: GoldenArray) => ndArray('float64', shape, Float64Array.from(data))
const int = (data: readonly number[]) => ndArray('int32', [data.length], Int32Array.from(data))

function layerOf({ kind, options, place }: Golden): SoftmaxLayer {
  if (kind === 'adaptive') return adaptiveSoftmax(options as AdaptiveOptions, place)
  if (kind === 'mixture') return mixtureOfSoftmaxes(options as MixtureOptions, place)
  if (kind === 'sampled') return sampledSoftmax(options as { samples: number }, place)
  return augmentedLoss(fullSoftmax(place), options as AugmentedLossOptions)
}

/** Word vectors, for softmaxes that have weights of their own and do not read them. */
function tableOf({ place, parameters }: Golden): NdArray {
  if (parameters.embedding !== undefined) return float(parameters.embedding)
  const size = place.vocabularySize * place.embedding
  return ndArray('float64', [place.vocabularySize, place.embedding], new Float64Array(size))
}

describe.each(golden.cases)('$name', example => {
  const layer = layerOf(example)
  const given = Object.entries(example.parameters).filter(([path]) => path !== 'embedding')
  const named: [string, NdArray][] = given.map(([path, value]) => [path, float(value)])
  const parameters = unflattenParameters([...named, ['embedding', tableOf(example)]]) as Parameters
  const features = float(example.features)
  const targets = int(example.targets)
  const context = { mode: 'evaluate' } as const
  const losses = (p: TensorParameters, x: Tensor, t: Tensor): Tensor => {
    const table = p.embedding as Tensor
    if (example.sampled === undefined) return layer.losses!(p, { features: x, table, context }, t)
    const { weight, bias } = p.softmax as { readonly weight: Tensor; readonly bias: Tensor }
    const sampled = x.scope.constant(int(example.sampled))
    const rows = x.scope.emit('reshape', [x], { shape: [example.targets.length, example.place.hidden] })[0]!
    return sampledCrossEntropy({ features: rows, weight, bias, targets: t, sampled })
  }

  test('the losses of training', () => {
    const found = evaluate(losses as never, parameters, features, targets) as unknown as NdArray
    expectClose(found, example.losses, 1e-12)
  })

  test('the gradients', () => {
    const coefficients = float({ shape: [example.coefficients.length], data: example.coefficients })
    const gradients = evaluate(
      ((p: TensorParameters, x: Tensor, t: Tensor, c: Tensor) =>
        grad((all: { p: TensorParameters; x: Tensor }) => sum(mul(losses(all.p, all.x, t), c)))({
          p,
          x,
        })) as never,
      parameters,
      features,
      targets,
      coefficients,
    ) as unknown as { readonly p: Parameters; readonly x: NdArray }
    const { features: ofFeatures, ...wanted } = example.gradients
    expectClose(gradients.x, ofFeatures!, 1e-12)
    const found = flattenParameters(gradients.p)
    for (const [path, value] of Object.entries(wanted)) expectClose(found.get(path)!, value, 1e-12)
  })

  test('the whole distribution', () => {
    const found = evaluate(
      ((p: TensorParameters, x: Tensor) => {
        const logits = layer.logits(p, { features: x, table: p.embedding as Tensor, context })
        return { given: logits, normalized: logSoftmax(logits) }
      }) as never,
      parameters,
      features,
    ) as unknown as { readonly given: NdArray; readonly normalized: NdArray }
    expectClose(found.normalized, example.logProbabilities, 1e-12)
    if (layer.normalized) expectClose(found.given, example.logProbabilities, 1e-12)
  })
})

test('how often a word is expected among those drawn', () => {
  const { expectedCounts, sampled } = golden.cases.find(({ kind }) => kind === 'sampled')!
  const found = logExpectedCounts(sampled!.length, expectedCounts!.length, 'float64')
  expectClose(found, expectedCounts!.map(Math.log), 1e-13)
})

test('singular values, those that are zero included', () => {
  const { matrix, values } = golden.singularValues
  const { rank, singularValues } = numericalRank(float(matrix))
  expect(rank).toBe(4)
  expectClose([...singularValues], values, 1e-13)
  const [rows, columns] = matrix.shape as [number, number]
  const flipped = Float64Array.from(
    { length: rows * columns },
    (_, i) => matrix.data[(i % rows) * columns + Math.floor(i / rows)]!,
  )
  expectClose([...numericalRank(ndArray('float64', [columns, rows], flipped)).singularValues], values, 1e-13)
})

test('logits of direct connections are added by the full softmax', () => {
  const place = { vocabularySize: 3, hidden: 2, embedding: 2, tied: false }
  const layer = fullSoftmax(place)
  const softmax = {
    weight: float({ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }),
    bias: float({ shape: [3], data: [0, 0, 1] }),
  }
  const x = float({ shape: [1, 1, 2], data: [1, -1] })
  const found = evaluate(
    ((p: TensorParameters, features: Tensor, direct: Tensor) =>
      add(layer.logits(p, { features, table: features, direct, context: { mode: 'evaluate' } }), 0)) as never,
    { softmax },
    x,
    float({ shape: [1, 3], data: [10, 20, 30] }),
  ) as unknown as NdArray
  expect([...found.data]).toEqual([7, 17, 28])
})
