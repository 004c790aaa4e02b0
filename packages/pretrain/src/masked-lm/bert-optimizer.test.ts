/** Optimiser and schedule against optimization.py spelled out in PyTorch, against torch.optim.AdamW and `transformers`. */
import { readFileSync } from 'node:fs'
import {
  clipByGlobalNorm,
  evaluate,
  ndArray,
  type Parameters,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { bertAdam, warmUpThenDecay } from './bert-optimizer.ts'

type Tensors = { readonly [name: string]: GoldenArray }
interface Golden {
  readonly options: { rate: number; weightDecay: number; warmUp: number; length: number }
  readonly weights: Tensors
  readonly gradients: readonly Tensors[]
  readonly rates: { readonly original: readonly number[]; readonly transformers: readonly number[] }
  readonly original: readonly Tensors[]
  readonly transformers: readonly Tensors[]
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('./fixtures/bert-optimizer.json', import.meta.url), 'utf8'),
)
const { rate, weightDecay, warmUp, length } = golden.options
const tree = (tensors: Tensors): Parameters => ({
  layer: Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      ndArray('float64', shape, Float64Array.from(data)),
    ]),
  ),
})

test.each(['original', 'transformers'] as const)('six updates are those of the form "%s"', form => {
  const optimizer = bertAdam({ rate, weightDecay, correctBias: form === 'transformers' })
  const schedule = warmUpThenDecay({ warmUp, length, form })
  let parameters = tree(golden.weights)
  let state = optimizer.init(parameters)
  for (const [step, gradients] of golden.gradients.entries()) {
    const next = evaluate(
      (own: TensorParameters, given: TensorParameters, kept: TensorParameters, now: Tensor, done: Tensor) =>
        optimizer.update({
          parameters: own,
          gradients: clipByGlobalNorm(given, 1).gradients as TensorParameters,
          ...{ state: kept, rate: now, step: done },
        }) as never,
      parameters,
      tree(gradients),
      state,
      ndArray('float64', [], Float64Array.of(schedule.rate(rate, { step, epoch: 0 }, {}))),
      ndArray('int32', [], Int32Array.of(step)),
    ) as unknown as { parameters: Parameters; state: Parameters }
    parameters = next.parameters
    state = next.state
    // PyTorch, as the train step, divides by norm + 1e-6; TensorFlow by the norm.
    const tolerance = form === 'transformers' ? 1e-9 : 3e-7
    for (const [name, expected] of Object.entries(golden[form][step]!))
      expectClose((parameters.layer as { [name: string]: never })[name]!, expected, tolerance)
  }
})

test('rates rise from 0 and fall to 0 as in the original code and as in transformers', () => {
  for (const form of ['original', 'transformers'] as const) {
    const schedule = warmUpThenDecay({ warmUp, form })
    const rates = golden.rates[form].map((_, step) =>
      schedule.rate(rate, { step, epoch: 0, totalSteps: length }, {}),
    )
    expectClose(rates, golden.rates[form] as number[], 1e-15)
  }
  const byShare = warmUpThenDecay({ share: 0.3, length })
  expect(byShare.rate(1, { step: 2, epoch: 0 }, {})).toBeCloseTo(2 / 3, 12)
})

test('a schedule without a length says that it needs one', () => {
  expect(() => warmUpThenDecay().rate(1, { step: 0, epoch: 0 }, {})).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SCHEDULE_LENGTH_UNKNOWN  schedule "warm-up-decay" needs the length of the training
      expected option "length" in updates, or a training whose length is known
      write { type: 'warm-up-decay', length: ... }]
  `)
})
