import { expect, test } from 'vitest'
import type { Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { add, mul, square } from '../ops/elementwise.ts'
import { mean } from '../ops/reduction.ts'
import { arrayOf, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { expectClose } from '../testing/expect-close.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { evaluate } from '../transform/trace.ts'
import { accumulateGradients, gradientsOverParts, zeroGradients } from './accumulation.ts'
import type { Optimizer } from './optimizer.ts'
import { matchesPattern } from './parameter-groups.ts'
import { adamW } from './rules/adamw.ts'
import { momentum } from './rules/momentum.ts'
import { sgd } from './rules/sgd.ts'
import { exponentialAverage, polyakAverage, type WeightAverage } from './weight-averaging.ts'

const one = (value: number) => arrayOf([value], 'float64')
const int = (value: number): NdArray => ndArray('int32', [], Int32Array.of(value))
const model = () => ({
  embedding: { table: one(1) },
  rnn: { '0': { recurrent: one(1), bias: one(1) }, '1': { recurrent: one(1), bias: one(1) } },
})
const gradients = {
  embedding: { table: one(0.5) },
  rnn: { '0': { recurrent: one(0.5), bias: one(0.5) }, '1': { recurrent: one(0.5), bias: one(0.5) } },
}

function updateOnce(
  optimizer: Optimizer,
  parameters: Parameters,
  state: Parameters = optimizer.init(parameters),
) {
  const rate = ndArray('float64', [], Float64Array.of(optimizer.rate))
  return evaluate((input: never) => optimizer.update(input) as never, {
    parameters,
    gradients,
    state,
    rate,
    step: int(0),
  }) as never as { parameters: ReturnType<typeof model>; state: Parameters }
}

test('a star stands for characters within one name, two stars for any', () => {
  expect(matchesPattern('rnn.*.recurrent', 'rnn.0.recurrent')).toBe(true)
  expect(matchesPattern('rnn.*.recurrent', 'rnn.0.cell.recurrent')).toBe(false)
  expect(matchesPattern('rnn.**', 'rnn.0.cell.recurrent')).toBe(true)
  expect(matchesPattern('*.weight', 'ab.weight')).toBe(true)
  expect(matchesPattern('rnn.0', 'rnnx0')).toBe(false)
})

test('groups scale the rate, set the decay and freeze; the first match wins', () => {
  const optimizer = sgd({
    rate: 1,
    weightDecay: 0.1,
    groups: [
      { pattern: 'embedding.**', frozen: true },
      { pattern: 'rnn.0.recurrent', rateFactor: 0.5 },
      { pattern: 'rnn.*.recurrent', weightDecay: 0 },
      { pattern: '**.bias', rateFactor: 0 },
    ],
  })
  const { parameters } = updateOnce(optimizer, model())
  expectClose(parameters.embedding.table, [1], 0)
  expectClose(parameters.rnn[0].recurrent, [1 - 0.5 * 0.6], 1e-15)
  expectClose(parameters.rnn[1].recurrent, [1 - 0.5], 1e-15)
  expectClose(parameters.rnn[0].bias, [1], 0)
})

test('decoupled decay shrinks by the own rate of a group', () => {
  const groups = [{ pattern: 'rnn.**', rateFactor: 0.5, weightDecay: 0.2 }]
  const { parameters } = updateOnce(adamW({ rate: 0.1, groups, epsilon: 0 }), model())
  expectClose(parameters.rnn[0].bias, [1 * (1 - 0.05 * 0.2) - 0.05], 1e-14)
  expectClose(parameters.embedding.table, [0.9], 1e-14)
})

test('frozen parameters have no state and the state keeps its arrangement', () => {
  const optimizer = momentum({ rate: 1, groups: [{ pattern: 'embedding.table', frozen: true }] })
  const state = optimizer.init(model())
  expect(Object.keys(state.velocity!)).toEqual(['rnn'])
  const after = updateOnce(optimizer, model(), state)
  expect(Object.keys(after.state.velocity!)).toEqual(['rnn'])
  expectClose((after.state as never as { velocity: ReturnType<typeof model> }).velocity.rnn[1].bias, [0.5], 0)
})

test('integers among the parameters are left alone', () => {
  const optimizer = sgd({ rate: 1 })
  const parameters = { count: int(7), w: one(1) }
  const rate = ndArray('float64', [], Float64Array.of(1))
  const after = evaluate((input: never) => optimizer.update(input) as never, {
    parameters,
    gradients: { count: int(3), w: one(0.25) },
    state: {},
    rate,
    step: int(0),
  }) as never as { parameters: typeof parameters }
  expect(toNumbers(after.parameters.count)).toEqual([7])
  expectClose(after.parameters.w, [0.75], 0)
})

test('a group that matches nothing is an error that names the nearest parameter', () => {
  const optimizer = sgd({ rate: 1, groups: [{ pattern: 'rnn.0.recurent', frozen: true }] })
  expect(() => optimizer.init(model())).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PARAMETER_GROUP_UNMATCHED  no parameter matches the group pattern "rnn.0.recurent"
      did you mean rnn.0.recurrent?   (parameters: embedding.table, rnn.0.recurrent, rnn.0.bias, rnn.1.recurrent, rnn.1.bias)]
  `)
})

const loss = ({ w }: { w: Tensor }, x: Tensor) => mean(square(add(mul(x, w), 1)))
const batch = arrayOf(
  [
    [1, 2],
    [3, -4],
    [0.5, 6],
  ],
  'float64',
)
const w = { w: arrayOf([0.3, -0.2], 'float64') }
const whole = () =>
  evaluate((p: never, x: never) => valueAndGrad(loss)(p, x), w, batch) as never as [NdArray, typeof w]

test('gradients over parts in one loop equal those of the whole batch', () => {
  const [value, grads] = whole()
  const parts = evaluate(
    (p: never, x: never) => gradientsOverParts(valueAndGrad(loss) as never, p, x, 3),
    w,
    batch,
  ) as never as [NdArray, typeof w]
  expectClose(parts[0], value, 1e-14)
  expectClose(parts[1].w, grads.w, 1e-14)
})

test('gradients accumulated by share over calls equal those of the whole batch', () => {
  let total = zeroGradients(w)
  for (const rows of [
    [[1, 2]],
    [
      [3, -4],
      [0.5, 6],
    ],
  ]) {
    const x = arrayOf(rows, 'float64')
    total = evaluate(
      (sum: TensorParameters, p: never, part: never) =>
        accumulateGradients(sum, valueAndGrad(loss)(p, part)[1], rows.length / 3),
      total as never,
      w,
      x,
    ) as never
  }
  expectClose(total.w as NdArray, whole()[1].w, 1e-14)
})

function averaged(average: WeightAverage, weights: readonly number[]): number {
  let state = average.init({ w: one(100) })
  weights.forEach((value, step) => {
    state = evaluate(
      (a: TensorParameters, p: TensorParameters, at: Tensor) => average.update(a, p, at),
      state as never,
      { w: one(value) } as never,
      int(step) as never,
    ) as never
  })
  return toNumbers(state.w as NdArray)[0]!
}

test('a Polyak average is the plain mean from its start on', () => {
  expect(averaged(polyakAverage(), [1, 2, 6])).toBeCloseTo(3, 12)
  expect(averaged(polyakAverage({ from: 2 }), [1, 2, 6, 8])).toBeCloseTo(7, 12)
  expect(averaged(polyakAverage({ from: 2 }), [1, 2])).toBeCloseTo(2, 12)
})

test('an exponential average keeps its decay, less at the start when it warms up', () => {
  expect(averaged(exponentialAverage({ decay: 0.5 }), [0, 4])).toBeCloseTo(27, 12)
  expect(averaged(exponentialAverage({ decay: 0.5, warmUp: true }), [0])).toBeCloseTo(10, 12)
})
