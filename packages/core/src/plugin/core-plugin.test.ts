import { expect, test } from 'vitest'
import { createContainer } from '../container/container.ts'
import { INITIALIZER, LAYER, OPTIMIZER, SCHEDULE } from '../container/extension-point.ts'
import { key } from '../random/keys.ts'
import { filled } from '../tensor/nd-array.ts'
import { evaluate } from '../transform/trace.ts'
import { corePlugin } from './core-plugin.ts'

const container = createContainer([corePlugin])

test('every optimiser is made from its name alone and states its rate', () => {
  const types = container
    .registry(OPTIMIZER)
    .list()
    .map(({ name }) => name)
  expect(types).toEqual(['adagrad', 'adam', 'adamw', 'asgd', 'momentum', 'nesterov', 'rmsprop', 'sgd'])
  for (const type of types) expect(container.create(OPTIMIZER, type).rate).toBeGreaterThan(0)
})

test('an optimiser from a config has its clip and its groups', () => {
  const groups = [{ pattern: 'w', frozen: true }]
  const optimizer = container.create(OPTIMIZER, { type: 'adam', rate: 0.1, clip: 5, groups })
  expect([optimizer.rate, optimizer.clip]).toEqual([0.1, 5])
  expect(optimizer.init({ w: filled([2]), v: filled([3]) })).toEqual({
    first: { v: filled([3]) },
    second: { v: filled([3]) },
  })
})

test('a wrong option of an optimiser names the right one', () => {
  expect(() => container.create(OPTIMIZER, { type: 'adam', epsilom: 1 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_UNKNOWN_KEY  epsilom is not an option of optimizer "adam"
      did you mean epsilon?   (options: rate, weightDecay, clip, groups, betas, epsilon, amsgrad)]
  `)
})

test('every schedule gives a positive rate in the middle of a training', () => {
  const options: { [type: string]: object } = {
    step: { every: 2 },
    'multi-step': { milestones: [3] },
    exponential: { factor: 0.9 },
    'hold-then-divide': { hold: 4, divisor: 2 },
    'warm-up': { over: 100, schedule: { type: 'cosine' } },
  }
  const position = { step: 50, epoch: 5, totalSteps: 100, totalEpochs: 10 }
  const rates = container
    .registry(SCHEDULE)
    .list()
    .map(({ name: type }) => {
      const schedule = container.create(SCHEDULE, { type, ...options[type] })
      return [type, Number(schedule.rate(1, position, schedule.initialState).toFixed(6))]
    })
  expect(rates).toMatchInlineSnapshot(`
    [
      [
        "constant",
        1,
      ],
      [
        "cosine",
        0.5,
      ],
      [
        "exponential",
        0.59049,
      ],
      [
        "hold-then-divide",
        0.25,
      ],
      [
        "multi-step",
        0.1,
      ],
      [
        "one-cycle",
        0.793893,
      ],
      [
        "plateau",
        1,
      ],
      [
        "slanted-triangular",
        0.569444,
      ],
      [
        "step",
        0.01,
      ],
      [
        "warm-up",
        0.255,
      ],
    ]
  `)
})

test('a model written as data is made of layers by name', () => {
  const layer = container.create(LAYER, {
    type: 'sequential',
    layers: [
      { type: 'embedding', count: 5, size: 4 },
      { type: 'residual', layer: { type: 'linear', inputSize: 4, outputSize: 4, initializer: 'orthogonal' } },
      { type: 'layer-norm', size: 4 },
      { type: 'dropout', rate: 0.5 },
      { type: 'activation', function: 'relu' },
    ],
  })
  const output = evaluate(
    (parameters: never, words: never) => layer.apply(parameters, words, { mode: 'evaluate' }),
    layer.init(key(1)) as never,
    filled([2, 3], 1, 'int32') as never,
  )
  expect(output.shape).toEqual([2, 3, 4])
})

test('every initialiser makes an array of the shape asked for', () => {
  const options: { [type: string]: object } = { constant: { value: 2 }, uniform: { limit: 0.1 } }
  for (const { name: type } of container.registry(INITIALIZER).list()) {
    const initializer = container.create(INITIALIZER, { type, ...options[type] })
    expect(initializer(key(1), [3, 2]).shape).toEqual([3, 2])
  }
})
