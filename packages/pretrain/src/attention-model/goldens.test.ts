/** Training with memory against PyTorch in float64: losses, gradient norms, parameters after some steps. */
import { readFileSync } from 'node:fs'
import {
  corePlugin,
  createContainer,
  createTrainStep,
  flattenParameters,
  MODEL,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  sgd,
  unflattenParameters,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import { createTrainingStream } from '@elman/text'
import { expect, test } from 'vitest'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { pretrain } from '../plugin.ts'

type Goldens = { readonly [path: string]: GoldenArray }

interface Golden {
  readonly name: string
  readonly config: { readonly type: string }
  readonly initialParameters: Goldens
  readonly tokens: readonly number[]
  readonly steps: readonly { readonly loss: number; readonly gradientNorm: number }[]
  readonly finalParameters: Goldens
}

const fixture = new URL('../fixtures/attention-model.json', import.meta.url)
const { cases, vocabulary, batch, bptt, rate, clip } = JSON.parse(readFileSync(fixture, 'utf8')) as {
  readonly [option in 'vocabulary' | 'batch' | 'bptt' | 'rate' | 'clip']: number
} & { readonly cases: readonly Golden[] }

const container = createContainer([corePlugin, layersRecurrent, pretrain])

/** Goldens in the order of `like`. */
function parametersOf(goldens: Goldens, like: Parameters): Parameters {
  const entries = [...flattenParameters(like).keys()].map(path => {
    const { shape, data } = goldens[path]!
    return [path, ndArray('float64', shape, Float64Array.from(data))] as const
  })
  return unflattenParameters(entries) as Parameters
}

test.each(cases)('steps of training equal PyTorch: $name', async golden => {
  const model = container.create(MODEL, golden.config)(vocabulary)
  const objective = languageModelObjective(model, { batch, time: bptt, dtype: 'float64' })
  const optimizer = sgd({ rate, clip })
  const like = model.init(random.key(1), 'float64')
  expect([...flattenParameters(like).keys()].sort()).toEqual(Object.keys(golden.initialParameters).sort())
  const parameters = parametersOf(golden.initialParameters, like)
  const initial = { parameters, optimizer: optimizer.init(parameters), carried: objective.initialState() }
  const step = await createTrainStep(referenceBackend(), objective, optimizer, initial)
  const source = windowSource(createTrainingStream(Int32Array.from(golden.tokens), { batch, time: bptt }))
  for (const [index, expected] of golden.steps.entries()) {
    const report = await step.run([source.next()], { key: random.key(index), step: index, rate })
    expect(Math.abs(report.loss - expected.loss)).toBeLessThan(1e-10)
    expect(Math.abs(report.gradientNorm - expected.gradientNorm)).toBeLessThan(1e-9)
  }
  const found = flattenParameters(step.state().parameters)
  for (const [path, value] of found) expectClose(value, golden.finalParameters[path]!, 1e-9)
})
