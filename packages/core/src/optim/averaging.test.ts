import { expect, test } from 'vitest'
import type { Parameters } from '../nn/layer.ts'
import { arrayOf, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { expectClose } from '../testing/expect-close.ts'
import { evaluate } from '../transform/trace.ts'
import { averagedOptimizer } from './averaging.ts'
import type { Optimizer } from './optimizer.ts'
import { asgd } from './rules/asgd.ts'
import { momentum } from './rules/momentum.ts'
import { sgd } from './rules/sgd.ts'

type Weights = { readonly inner: { readonly w: NdArray }; readonly count: NdArray }
interface Held {
  readonly parameters: Parameters
  readonly state: Parameters
}

const count = ndArray('int32', [1], Int32Array.of(7))
const start = { inner: { w: arrayOf([3, -2, 0.5], 'float64') }, count } as Parameters

function fresh(optimizer: Optimizer): Held {
  return { parameters: start, state: optimizer.init(start) }
}

/** Updates with gradients that go up and down. */
function walk(optimizer: Optimizer, held: Held, from: number, to: number): Held {
  let { parameters, state } = held
  for (let step = from; step < to; step++) {
    const gradient = [Math.sin(step), Math.cos(3 * step), 0.1 * step - 1]
    ;({ parameters, state } = evaluate((input: never) => optimizer.update(input) as never, {
      parameters,
      gradients: { inner: { w: arrayOf(gradient, 'float64') }, count },
      state,
      rate: ndArray('float64', [], Float64Array.of(0.1)),
      step: ndArray('int32', [], Int32Array.of(step)),
    }) as never as Held)
  }
  return { parameters, state }
}

const weights = (parameters: Parameters) => toNumbers((parameters as never as Weights).inner.w)

test('gradient descent averaged from the start is ASGD without decay, as in PyTorch', () => {
  const ours = averagedOptimizer(sgd({ rate: 0.1, weightDecay: 0.01 }), { trigger: 'start' })
  const theirs = asgd({ rate: 0.1, weightDecay: 0.01, lambda: 0, averageFrom: 0 })
  for (const steps of [1, 2, 3, 30]) {
    const [a, b] = [walk(ours, fresh(ours), 0, steps), walk(theirs, fresh(theirs), 0, steps)]
    expectClose(weights(a.parameters), weights(b.parameters), 1e-13)
    const average = (optimizer: Optimizer, { parameters, state }: Held) =>
      weights(optimizer.evaluationParameters!(parameters, state))
    expectClose(average(ours, a), average(theirs, b), 1e-13)
    expect((ours.evaluationParameters!(a.parameters, a.state) as Weights).count).toEqual(count)
  }
})

test('until it is started evaluation takes the weights; then their mean, and training goes on with the weights', () => {
  const plain = momentum({ rate: 0.1 })
  const averaged = averagedOptimizer(momentum({ rate: 0.1 }), { trigger: 'non-monotonic', patience: 3 })
  const before = walk(averaged, fresh(averaged), 0, 10)
  expect(averaged.averaging!.hasStarted(before.state)).toBe(false)
  expect(averaged.averaging!.patience).toBe(3)
  expect(averaged.evaluationParameters!(before.parameters, before.state)).toBe(before.parameters)

  const started = { ...before, state: averaged.averaging!.start(before.state, 10) }
  expect(averaged.averaging!.hasStarted(started.state)).toBe(true)
  // The very checkpoint at which it starts is that of the weights.
  expect(weights(averaged.evaluationParameters!(started.parameters, started.state))).toEqual(
    weights(before.parameters),
  )
  const after = walk(averaged, started, 10, 16)
  const path = [12, 13, 14, 15, 16].map(to => weights(walk(plain, fresh(plain), 0, to).parameters))
  const mean = path[0]!.map((_, i) => path.reduce((sum, w) => sum + w[i]!, 0) / path.length)
  expectClose(weights(averaged.evaluationParameters!(after.parameters, after.state)), mean, 1e-13)
  expect(weights(after.parameters)).toEqual(path.at(-1))
})

test('what the optimiser does between updates happens to its own part of the state', () => {
  const inner: Optimizer = {
    ...momentum({ rate: 0.1 }),
    afterUpdate: ({ optimizer }, step) =>
      step === 2 ? { parameters: start, optimizer: { ...optimizer, seen: count } } : undefined,
  }
  const averaged = averagedOptimizer(inner, { trigger: 'start' })
  const { parameters, state } = walk(averaged, fresh(averaged), 0, 2)
  expect(averaged.afterUpdate!({ parameters, optimizer: state }, 1)).toBeUndefined()
  const changed = averaged.afterUpdate!({ parameters, optimizer: state }, 2)!
  expect(changed.parameters).toBe(start)
  expect(changed.optimizer.average).toBe(state.average)
  expect(changed.optimizer.optimizer).toEqual({ ...(state.optimizer as Parameters), seen: count })
})
