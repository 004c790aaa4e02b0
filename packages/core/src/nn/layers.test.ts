import { expect, test } from 'vitest'
import type { Tensor } from '../ir/scope.ts'
import { mul } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { key } from '../random/keys.ts'
import { arrayOf, filled, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { checkGradients } from '../testing/check-gradients.ts'
import { expectClose } from '../testing/expect-close.ts'
import { evaluate } from '../transform/trace.ts'
import { activation } from './activation.ts'
import { batchNorm } from './batch-norm.ts'
import { dropout } from './dropout.ts'
import { embedding } from './embedding.ts'
import type { Layer, LayerContext, Parameters } from './layer.ts'
import { layerNorm } from './layer-norm.ts'
import { linear } from './linear.ts'
import { crossEntropy } from './losses.ts'
import { residual } from './residual.ts'
import { sequential } from './sequential.ts'

const trainKey = { dtype: 'int32', shape: [2], data: Int32Array.from(key(5)) } as NdArray

/** Output, new state and auxiliary losses of one call, by the reference interpreter. */
function call(layer: Layer, parameters: Parameters, x: NdArray, mode: LayerContext['mode'] = 'train') {
  return evaluate(
    (own: never, input: Tensor, k: Tensor) => {
      const state: { [path: string]: Tensor } = {}
      const losses: { [path: string]: Tensor } = {}
      const output = layer.apply(own, input, {
        mode,
        key: k,
        addLoss: (name, loss) => {
          losses[name] = loss
        },
        updateState: (path, value) => {
          state[path] = value
        },
      })
      return { output, state, losses }
    },
    parameters as never,
    x as never,
    trainKey as never,
  ) as { output: NdArray; state: { [path: string]: NdArray }; losses: { [path: string]: NdArray } }
}

const ones = filled([64, 8], 1, 'float64')

test('dropout keeps the mean, drops about its rate, and does nothing in evaluation', () => {
  const layer = dropout(0.25)
  const values = toNumbers(call(layer, {}, filled([100, 100], 1, 'float64')).output)
  expectClose([...new Set(values)].sort(), [0, 1 / 0.75], 1e-7)
  const dropped = values.filter(value => value === 0).length / values.length
  expect(Math.abs(dropped - 0.25)).toBeLessThan(0.02)
  expectClose(call(layer, {}, ones, 'evaluate').output, ones, 0)
})

test('two dropout layers of one stack draw different masks, and one key draws the same twice', () => {
  const pair: Layer = sequential([dropout(0.5), dropout(0.5)])
  const both = toNumbers(call(pair, {}, ones).output)
  expect(both.filter(value => value === 4).length / both.length).toBeGreaterThan(0.15)
  expect(both.filter(value => value === 4).length / both.length).toBeLessThan(0.35)
  expect(toNumbers(call(pair, {}, ones).output)).toEqual(both)
})

test('dropout in training without a key says what to pass', () => {
  expect(() =>
    evaluate((x: Tensor) => dropout(0.5).apply({}, x, { mode: 'train' }), ones as never),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: DROPOUT_KEY_MISSING  "dropout" draws a mask in training, but the call has no key
      pass { mode: 'train', key } with a key of this step, or mode: 'evaluate']
  `)
})

test('a rate of 1 is refused', () => {
  expect(() => dropout(1)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: DROPOUT_RATE_INVALID  "dropout" was given rate 1
      expected a probability of dropping from 0 up to, without, 1]
  `)
})

test('state and losses of nested layers are named by the paths of their parameters', () => {
  const penalised: Layer = {
    init: () => ({}),
    apply(_parameters, x, { addLoss }) {
      addLoss?.('penalty', sum(x))
      return x
    },
  }
  const inner: Layer = residual(sequential([penalised, batchNorm({ size: 8 })]) as Layer)
  const layer: Layer = sequential([activation('tanh'), inner])
  const parameters = layer.init(key(1), 'float64')
  const { state, losses } = call(layer, parameters, ones)
  expect(Object.keys(state)).toEqual(['1.1.runningMean', '1.1.runningVariance'])
  expect(Object.keys(losses)).toEqual(['1.0.penalty'])
  expect((parameters as never as { 1: { 1: object } })[1][1]).toHaveProperty('runningMean')
})

test('batch norm with its running statistics evaluates each row by itself', () => {
  const layer = batchNorm({ size: 2 })
  const parameters = { ...layer.init(key(1), 'float64'), runningMean: arrayOf([1, 2], 'float64') }
  const two = call(
    layer,
    parameters,
    arrayOf(
      [
        [1, 2],
        [5, 7],
      ],
      'float64',
    ),
    'evaluate',
  ).output
  const one = call(layer, parameters, arrayOf([[5, 7]], 'float64'), 'evaluate').output
  expect(toNumbers(two).slice(2)).toEqual(toNumbers(one))
})

test('batch norm refuses to train on one row', () => {
  const layer = batchNorm({ size: 2 })
  const parameters = layer.init(key(1))
  expect(() => call(layer, parameters, filled([1, 2]))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: BATCH_TOO_SMALL  "batch-norm" in training needs at least two rows to take a variance over
      found    float32[1,2]
      use larger batches, or layer-norm; mode: 'evaluate' works with one row]
  `)
})

test('residual refuses a layer that changes the shape', () => {
  const layer: Layer = residual(linear({ inputSize: 8, outputSize: 3 }))
  expect(() => call(layer, layer.init(key(1), 'float64'), ones)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LAYER_SIZES_DIFFER  "residual" adds the input of a layer to its output
      expected a layer whose output has the shape of its input
      found    float64[64,8] in and float64[64,3] out]
  `)
})

test('gradients of a stack of all layers equal finite differences', () => {
  const layer: Layer = sequential([
    embedding({ count: 6, size: 4 }),
    residual(sequential([linear({ inputSize: 4, outputSize: 4 }), activation('gelu')]) as Layer),
    batchNorm({ size: 4 }),
    layerNorm({ size: 4 }),
    dropout(0.3),
    linear({ inputSize: 4, outputSize: 3, bias: false }),
  ] as Layer[])
  const parameters = layer.init(key(3), 'float64')
  const indices = ndArray('int32', [5], Int32Array.of(0, 3, 3, 5, 1))
  const f = (own: never, k: Tensor, words: Tensor) => layer.apply(own, words, { mode: 'train', key: k })
  expect(checkGradients(f as never, [parameters, trainKey, indices], { tolerance: 1e-6 })).toBeLessThan(1e-6)
})

test('parameters follow from the key alone and differ between layers', () => {
  const layer = sequential([linear({ inputSize: 3, outputSize: 3 }), linear({ inputSize: 3, outputSize: 3 })])
  const [first, again] = [layer.init(key(1)), layer.init(key(1))]
  expect(first).toEqual(again)
  expect(first['0']!.weight).not.toEqual(first['1']!.weight)
  expect((first['0']!.weight as NdArray).dtype).toBe('float32')
})

test('a cross entropy whose mask is empty is 0, not NaN', () => {
  const loss = evaluate(
    (logits: Tensor, targets: Tensor, mask: Tensor) => crossEntropy(logits, targets, { mask: mul(mask, 0) }),
    filled([2, 3]) as never,
    filled([2], 0, 'int32') as never,
    filled([2], 1) as never,
  )
  expect(toNumbers(loss)).toEqual([0])
})
