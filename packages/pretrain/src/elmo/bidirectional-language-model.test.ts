/** What clips, residuals, dropout and the forget gate do, apart from the numbers of goldens. */
import {
  evaluate,
  filled,
  type LayerContext,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sum,
  type Tensor,
  type TensorParameters,
  toNumbers,
  valueAndGrad,
} from '@elman/core'
import { expect, test } from 'vitest'
import { elmoModel } from './bidirectional-language-model.ts'
import { ELMO_PRESETS, type ElmoOptions } from './elmo-options.ts'

const sizes = { ...ELMO_PRESETS.tiny, projection: 3, hidden: 4 }

interface Walk {
  readonly layers: NdArray[]
  readonly state: { readonly [layer: string]: { readonly h: NdArray; readonly c: NdArray } }
}

/** The forward stack of an ELMo over xs (time, 1, 3), weights times `scale`. */
function walk(
  changes: Partial<ElmoOptions>,
  { scale = 1, dropout = 0, key }: { scale?: number; dropout?: number; key?: number } = {},
): Walk {
  const model = elmoModel({ ...sizes, ...changes })
  const xs = ndArray(
    'float64',
    [5, 1, 3],
    Float64Array.from({ length: 15 }, (_, i) => Math.sin(i + 1)),
  )
  const seed = ndArray('int32', [2], Int32Array.of(0, key ?? 0))
  return evaluate(
    (weights: TensorParameters, sequence: Tensor, drawn: Tensor) => {
      const context: LayerContext = key === undefined ? { mode: 'evaluate' } : { mode: 'train', key: drawn }
      return model.stack('forward', weights, { xs: sequence, dropout }, context)
    },
    scaled(model.init(random.key(2), 'float64'), scale),
    xs,
    seed,
  ) as unknown as Walk
}

function scaled(parameters: Parameters, factor: number): Parameters {
  const forward = parameters.forward as { readonly [layer: string]: { readonly [name: string]: NdArray } }
  const layers = Object.entries(forward).map(([layer, arrays]) => {
    const grown = Object.entries(arrays).map(([name, array]) => {
      const data = Float64Array.from(array.data as Float64Array, value => value * factor)
      return [name, ndArray('float64', array.shape, data)] as const
    })
    return [layer, Object.fromEntries(grown)] as const
  })
  return { ...parameters, forward: Object.fromEntries(layers) }
}

const largest = (array: NdArray) => Math.max(...toNumbers(array).map(Math.abs))

test('the memory stays within the cell clip, the output of a layer within the projection clip', () => {
  const free = walk({ cellClip: null, projectionClip: null }, { scale: 30 })
  expect(largest(free.state['0']!.c)).toBeGreaterThan(0.9)
  expect(largest(free.layers[0]!)).toBeGreaterThan(0.5)
  const clipped = walk({ cellClip: 0.6, projectionClip: 0.2 }, { scale: 30 })
  const memories = ['0', '1'].map(layer => largest(clipped.state[layer]!.c))
  expect(Math.max(...memories)).toBe(0.6)
  expect(largest(clipped.layers[0]!)).toBe(0.2)
  expect(largest(clipped.state['1']!.h)).toBeLessThanOrEqual(0.2)
  expect(largest(clipped.layers[1]!)).toBeGreaterThan(0.2) // the layer below is added after the clip
})

test('a bound that is not reached changes nothing', () => {
  expect(walk({ cellClip: 100, projectionClip: 100 })).toEqual(walk({ cellClip: null, projectionClip: null }))
})

test('the first layer is not added to its input, the second is, and its carried output is without the sum', () => {
  const [plain, skip] = [walk({ skipConnections: false }), walk({ skipConnections: true })]
  expect(skip.layers[0]).toEqual(plain.layers[0])
  const [below, alone, sums] = [skip.layers[0]!, plain.layers[1]!, skip.layers[1]!].map(toNumbers)
  sums!.forEach((value, i) => {
    expect(value).toBeCloseTo(below![i]! + alone![i]!, 14)
  })
  expect(skip.state).toEqual(plain.state)
})

test('dropout acts in training alone, differs by key, and reaches the input of the first layer', () => {
  expect(walk({}, { dropout: 0.5 })).toEqual(walk({}))
  expect(walk({}, { dropout: 0, key: 1 })).toEqual(walk({}))
  const [one, again, other] = [1, 1, 2].map(key => walk({}, { dropout: 0.5, key }))
  expect(one).toEqual(again)
  expect(one!.layers[0]).not.toEqual(other!.layers[0])
  const zeros = toNumbers(one!.layers[1]!).filter(value => value === 0).length
  expect(zeros).toBeGreaterThan(2) // of 15 numbers of the top layer
  expect(zeros).toBeLessThan(13)
})

test('the first layer output of the stack is not dropped: the layer above drops its own input', () => {
  const dropped = walk({}, { dropout: 0.5, key: 1 }).layers[0]!
  expect(toNumbers(dropped).filter(value => value === 0)).toEqual([])
})

test('with all weights zero the forget gate is open by σ(1): the memory decays by that factor', () => {
  const model = elmoModel({ ...sizes, layers: 1 })
  const zero = scaled(model.init(random.key(2), 'float64'), 0)
  const state = { '0': { h: filled([1, 3], 0, 'float64'), c: filled([1, 4], 1, 'float64') } }
  const after = evaluate(
    (weights: TensorParameters, xs: Tensor, before: typeof state) =>
      model.stack('forward', weights, { xs, state: before as never }, { mode: 'evaluate' }).state,
    zero,
    filled([2, 1, 3], 1, 'float64'),
    state,
  ) as unknown as Walk['state']
  const forget = 1 / (1 + Math.exp(-1))
  for (const value of toNumbers(after['0']!.c)) expect(value).toBeCloseTo(forget ** 2, 14)
})

test('a clipped output passes no gradient to the projection', () => {
  const model = elmoModel({ ...sizes, layers: 1, cellClip: null, projectionClip: 1e-6 })
  const parameters = model.init(random.key(2), 'float64')
  const [, gradients] = evaluate(
    (weights: TensorParameters, xs: Tensor) =>
      valueAndGrad((inner: TensorParameters) => {
        return sum(model.stack('forward', inner, { xs }, { mode: 'evaluate' }).layers[0]!)
      })(weights),
    parameters,
    filled([2, 1, 3], 1, 'float64'),
  ) as unknown as [NdArray, { readonly forward: { readonly '0': { readonly projection: NdArray } } }]
  expect(largest(gradients.forward['0'].projection)).toBe(0)
})
