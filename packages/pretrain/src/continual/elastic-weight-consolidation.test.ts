import {
  type BatchSource,
  evaluate,
  flattenParameters,
  mean,
  type NdArray,
  type Parameters,
  random,
  referenceBackend,
  reshape,
  softmaxCrossEntropy,
  type TensorParameters,
  toNumbers,
  valueAndGrad,
} from '@elman/core'
import { checkGradients, expectClose, sampleArray } from '@elman/core/testing'
import { elmanTanh } from '@elman/layers-recurrent'
import { createTrainingStream } from '@elman/text'
import { expect, test } from 'vitest'
import { languageModel } from '../language-model/language-model.ts'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { elasticPenalty, elasticWeightConsolidation } from './elastic-weight-consolidation.ts'
import { diagonalFisher } from './fisher.ts'

const array = (seed: number) => sampleArray([2, 3], seed, 'float64')
const anchors = [
  { parameters: { a: { w: array(1) }, b: array(2) }, fisher: { a: { w: array(3) }, b: array(4) } },
  { parameters: { a: { w: array(5) }, b: array(6) }, fisher: { a: { w: array(7) }, b: array(8) } },
]
const here = { a: { w: array(9) }, b: array(10) }

test('the penalty is λ/2 Σ F (θ − θ*)², over all anchors', () => {
  const penalty = evaluate(
    (p: never) => elasticPenalty(p, { anchors, strength: 3 }),
    here,
  ) as unknown as NdArray
  let expected = 0
  for (const { parameters, fisher } of anchors) {
    for (const [path, { data }] of flattenParameters(here)) {
      const [centre, weight] = [
        flattenParameters(parameters).get(path)!,
        flattenParameters(fisher).get(path)!,
      ]
      data.forEach((x, i) => {
        expected += 1.5 * Number(weight.data[i]) * (Number(x) - Number(centre.data[i])) ** 2
      })
    }
  }
  expect(toNumbers(penalty)[0]).toBeCloseTo(expected, 12)
})

test('its gradient is λ F (θ − θ*), and that of finite differences', () => {
  const options = { anchors: [anchors[0]!], strength: 3 }
  const f = (p: TensorParameters) => elasticPenalty(p, options)
  checkGradients(f as never, [here])
  const [, gradient] = evaluate((p: never) => valueAndGrad(f as never)(p), here) as unknown as [
    NdArray,
    typeof here,
  ]
  const { parameters, fisher } = anchors[0]!
  const expected = toNumbers(here.b).map(
    (x, i) => 3 * toNumbers(fisher.b)[i]! * (x - toNumbers(parameters.b)[i]!),
  )
  expectClose(gradient.b, { ...here.b, data: Float64Array.from(expected) }, 1e-14)
})

const model = languageModel({
  vocabularySize: 5,
  embedding: 3,
  cells: [elmanTanh({ inputSize: 3, hidden: 4 })],
})
const ids = Int32Array.from({ length: 60 }, (_, i) => (i * i) % 5)
const objective = languageModelObjective(model, { batch: 1, time: 1, dtype: 'float64' })
const parameters = model.init(random.key(1), 'float64')

test('the gradient of a whole objective with the penalty is that of finite differences', () => {
  const moved = model.init(random.key(2), 'float64')
  const wrapped = elasticWeightConsolidation(objective, {
    anchors: [{ parameters: moved, fisher: squared(parameters) }],
    strength: 5,
  })
  const batch = { input: int([1]), target: int([3]) }
  const total = (p: TensorParameters) => {
    const extra: unknown[] = []
    const scope = (p.embedding as never as { scope: { constant(a: NdArray): never } }).scope
    const carried = constants(objective.initialState(), scope)
    const inputs = Object.fromEntries(
      Object.entries(batch).map(([name, leaf]) => [name, scope.constant(leaf)]),
    )
    const addLoss = (_: string, loss: unknown) => extra.push(loss)
    const { loss } = wrapped.loss(p, carried as never, inputs, { mode: 'evaluate', addLoss })
    expect(extra.length).toBe(1)
    return [loss, extra[0]]
  }
  checkGradients(total as never, [parameters])
})

function squared(tree: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(tree).map(([name, child]) => [
      name,
      'data' in child
        ? { ...(child as NdArray), data: (child.data as Float64Array).map(x => x * x) }
        : squared(child as Parameters),
    ]),
  ) as Parameters
}

function constants(tree: Parameters, scope: { constant(a: NdArray): never }): unknown {
  return Object.fromEntries(
    Object.entries(tree).map(([name, child]) => [
      name,
      'data' in child ? scope.constant(child as NdArray) : constants(child as Parameters, scope),
    ]),
  )
}

function int(values: readonly number[]): NdArray {
  return { dtype: 'int32', shape: [1, values.length], data: Int32Array.from(values) }
}

const sourceOf = (batch: number, time: number): BatchSource =>
  windowSource(createTrainingStream(ids, { batch, time }))

test('the Fisher information is the mean squared gradient of each token, by windows of one', async () => {
  const found = await diagonalFisher({
    ...{ backend: referenceBackend(), objective, parameters, source: sourceOf(1, 1), batches: 6 },
  })
  // by hand: the state walks on, the gradient of each token alone is squared
  const sums = new Map(
    [...flattenParameters(parameters)].map(([path, { data }]) => [path, Array(data.length).fill(0)]),
  )
  let state: unknown = objective.initialState()
  const source = sourceOf(1, 1)
  for (let step = 0; step < 6; step++) {
    const { arrays } = source.next()
    const one = (p: never, carried: never, input: never, target: never) => {
      const f = (inner: never): [never, never] => {
        const { logits, state: after } = model.apply(inner, input, carried, { mode: 'evaluate' })
        return [mean(softmaxCrossEntropy(logits, reshape(target, [-1]))) as never, after as never]
      }
      const [[, after], gradient] = valueAndGrad(f, { hasAux: true })(p)
      return [gradient, after] as never
    }
    const [gradient, after] = evaluate(
      one as never,
      ...([parameters, state, arrays.input!, arrays.target!] as never[]),
    ) as unknown as [Parameters, unknown]
    state = after
    for (const [path, { data }] of flattenParameters(gradient)) {
      data.forEach((g, i) => {
        sums.get(path)![i] += Number(g) ** 2 / 6
      })
    }
  }
  for (const [path, leaf] of flattenParameters(found))
    expectClose(leaf, { ...leaf, data: Float64Array.from(sums.get(path)!) }, 1e-12)
})

test('batches of other shapes have the penalty too', () => {
  const options = { anchors: [{ parameters, fisher: parameters }], strength: 1 }
  const ids = { dtype: 'int32', shape: [2, 1] } as const
  const longer = elasticWeightConsolidation(objective, options).withBatch!({ input: ids, target: ids })
  const names: string[] = []
  const addLoss = (name: string) => names.push(name)
  evaluate(
    ((p: never, carried: never, input: never) =>
      longer.loss(p, carried, { input, target: input }, { mode: 'train', addLoss }).loss) as never,
    parameters,
    objective.initialState(),
    { dtype: 'int32', shape: [2, 1], data: Int32Array.of(1, 2) },
  )
  expect(longer.batch).toEqual({ input: ids, target: ids })
  expect(names).toEqual(['elastic weight consolidation'])
})
