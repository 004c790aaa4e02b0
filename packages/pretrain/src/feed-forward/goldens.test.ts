/** The feed-forward model against PyTorch in float64: logits, gradients, training with weight decay. */
import { readFileSync } from 'node:fs'
import {
  createTrainStep,
  evaluate,
  flattenParameters,
  grad,
  mean,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  reshape,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type TensorParameters,
  unflattenParameters,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { createTrainingStream } from '@elman/text'
import { describe, expect, test } from 'vitest'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { type FeedForwardOptions, feedForwardModel } from './feed-forward-model.ts'

type Tensors = { readonly [path: string]: GoldenArray }
interface Golden {
  readonly name: string
  readonly options: FeedForwardOptions
  readonly training: {
    readonly batch: number
    readonly time: number
    readonly rate: number
    readonly weightDecay: number
  }
  readonly tokens: readonly number[]
  readonly initialParameters: Tensors
  readonly steps: readonly {
    readonly loss: number
    readonly logits?: GoldenArray
    readonly gradients?: Tensors
  }[]
  readonly finalParameters: Tensors
}

const fixture = new URL('../fixtures/feed-forward.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { readonly cases: readonly Golden[] }

const float = ({ shape, data }: GoldenArray) => ndArray('float64', shape, Float64Array.from(data))
const arranged = (model: ReturnType<typeof feedForwardModel>, tensors: Tensors): Parameters =>
  unflattenParameters(
    [...flattenParameters(model.init(random.key(1))).keys()].map(path => [path, float(tensors[path]!)]),
  ) as Parameters

describe.each(cases)('$name', golden => {
  const model = feedForwardModel(golden.options)
  const { batch, time, rate, weightDecay } = golden.training
  const stream = () => createTrainingStream(Int32Array.from(golden.tokens), { batch, time })

  test('logits and gradients of the first window', () => {
    const { input, target } = stream().next()
    const ids = (data: Int32Array) => ndArray('int32', [time, batch], data)
    const [first] = golden.steps
    const found = evaluate(
      ((p: TensorParameters, x: Tensor, t: Tensor, state: never) => {
        const logits = (inner: TensorParameters) => model.apply(inner, x, state, { mode: 'evaluate' }).logits
        const loss = (inner: TensorParameters) => mean(softmaxCrossEntropy(logits(inner), reshape(t, [-1])))
        return { logits: logits(p), gradients: grad(loss)(p) }
      }) as never,
      ...[arranged(model, golden.initialParameters), ids(input), ids(target), model.initialState(batch)],
    ) as unknown as { readonly logits: NdArray; readonly gradients: Parameters }
    expectClose(found.logits, first!.logits!, 1e-13)
    for (const [path, gradient] of flattenParameters(found.gradients)) {
      expectClose(gradient, first!.gradients![path]!, 1e-13)
    }
  })

  test('three steps of training, weights and word vectors decaying, biases not', async () => {
    const objective = languageModelObjective(model, { batch, time, dtype: 'float64' })
    const optimizer = sgd({ rate, weightDecay, groups: [{ pattern: '**.bias', weightDecay: 0 }] })
    const parameters = arranged(model, golden.initialParameters)
    const initial = { parameters, optimizer: optimizer.init(parameters), carried: objective.initialState() }
    const step = await createTrainStep(referenceBackend(), objective, optimizer, initial)
    const source = windowSource(stream())
    for (const [index, { loss }] of golden.steps.entries()) {
      const report = await step.run([source.next()], { key: random.key(1), step: index, rate })
      expect(Math.abs(report.loss - loss)).toBeLessThan(1e-12)
    }
    const found = flattenParameters(step.state().parameters)
    for (const [path, value] of found) expectClose(value, golden.finalParameters[path]!, 1e-12)
  })
})
