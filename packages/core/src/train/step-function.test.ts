import { expect, test } from 'vitest'
import type { Tensor } from '../ir/scope.ts'
import type { TensorParameters } from '../nn/layer.ts'
import { mul, sub } from '../ops/elementwise.ts'
import { mean, sum } from '../ops/reduction.ts'
import { sgd } from '../optim/rules/sgd.ts'
import { key } from '../random/keys.ts'
import { referenceBackend } from '../reference/interpreter.ts'
import { arrayOf, type NdArray, toNumbers } from '../tensor/nd-array.ts'
import type { Objective, ObjectiveResult } from './objective.ts'
import { createTrainStep } from './train-step.ts'

/** ½·mean((w − x)²) with what `extra` adds. */
const quadratic = (
  extra: (w: Tensor, context: Parameters<Objective['loss']>[3]) => void = () => {},
): Objective => ({
  batch: { x: { dtype: 'float64', shape: [2] } },
  init: () => ({ w: arrayOf([3, -1], 'float64'), running: arrayOf([0, 0], 'float64') }),
  initialState: () => ({}),
  loss({ w }: TensorParameters, _carried, { x }, context): ObjectiveResult {
    extra(w as Tensor, context)
    const error = sub(w as Tensor, x!)
    return { loss: mul(mean(mul(error, error)), 0.5), carried: {} }
  },
})

async function oneStep(objective: Objective, clip?: number) {
  const optimizer = sgd({ rate: 1, clip })
  const parameters = objective.init(key(1))
  const step = await createTrainStep(referenceBackend(), objective, optimizer, {
    ...{ parameters, optimizer: {}, carried: {} },
  })
  const batch = { arrays: { x: arrayOf([0, 0], 'float64') }, tokens: 2, startsEpoch: true }
  const report = await step.run([batch], { key: key(2), step: 0, rate: 1 })
  const { w, running } = step.state().parameters as { readonly [name: string]: NdArray }
  return { report, w: toNumbers(w!), running: toNumbers(running!), norms: report.gradientNorms() }
}

test('a step reports the loss before the update and the norm of each gradient', async () => {
  const { report, w, norms } = await oneStep(quadratic())
  expect(report.loss).toBe((9 + 1) / 4)
  expect(norms).toEqual({ w: Math.hypot(1.5, 0.5), running: 0 })
  expect(report.gradientNorm).toBe(Math.hypot(1.5, 0.5))
  expect(w).toEqual([3 - 1.5, -1 + 0.5])
})

test('a gradient above the clip is scaled down to it, one below is left alone', async () => {
  const { w, report } = await oneStep(quadratic(), 0.5)
  const factor = 0.5 / (report.gradientNorm + 1e-6)
  expect(w[0]).toBeCloseTo(3 - 1.5 * factor, 12)
  expect(report.gradientNorm).toBe(Math.hypot(1.5, 0.5))
  expect((await oneStep(quadratic(), 10)).w).toEqual([1.5, -0.5])
})

test('auxiliary losses change the gradient and not the reported loss', async () => {
  const objective = quadratic((w, { addLoss }) => addLoss!('sum', mul(sum(w), 0.25)))
  const { report, w } = await oneStep(objective)
  expect(report.loss).toBe(2.5)
  expect(w).toEqual([3 - 1.75, -1 + 0.25])
})

test('state that is not trained takes the value that the pass gave it', async () => {
  const objective = quadratic((w, { updateState }) => updateState!('running', mul(w, 2)))
  const { running, w } = await oneStep(objective)
  expect(running).toEqual([6, -2])
  expect(w).toEqual([1.5, -0.5])
})
