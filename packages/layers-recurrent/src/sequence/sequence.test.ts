import {
  CELL,
  type Cell,
  createContainer,
  evaluate,
  grad,
  type LayerContext,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sizeOf,
  sum,
  type Tensor,
  type Traced,
  toNumbers,
} from '@elman/core'
import { checkGradients, expectClose } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import {
  bidirectional,
  elmanTanh,
  gru,
  initialState,
  layersRecurrent,
  lockedDropout,
  lstm,
  recurrent,
  recurrentStack,
  residual,
  type SequenceInput,
  type SequenceLayer,
  type SequenceStateArrays,
  weightDrop,
  zoneout,
} from '../index.ts'

const [TIME, BATCH, SIZE] = [5, 3, 4]

function sample(shape: readonly number[], seed: number): NdArray {
  return ndArray('float64', shape, random.normal(random.key(seed), sizeOf(shape), 'float64'))
}

const xs = sample([TIME, BATCH, SIZE], 1)

type Arrays = { xs: NdArray; state?: SequenceStateArrays; mask?: NdArray; reset?: NdArray }
type Result = { outputs: NdArray; state: SequenceStateArrays }

function run(layer: SequenceLayer, input: Arrays, seed?: number): Result {
  const key = ndArray('int32', [2], Int32Array.from(random.key(seed ?? 0)))
  const apply = (parameters: Traced<Parameters>, given: SequenceInput, k: Tensor) => {
    const context: LayerContext = seed === undefined ? { mode: 'evaluate' } : { mode: 'train', key: k }
    return layer.apply(parameters, given, context)
  }
  return evaluate(
    apply as never,
    layer.init(random.key(2), 'float64') as never,
    input as never,
    key as never,
  ) as never
}

/** Rows and steps of an array (time, batch, features). */
function part(array: NdArray, times: readonly number[], rows: readonly number[]): NdArray {
  const [, batch, features] = array.shape as [number, number, number]
  const data = times.flatMap(t =>
    rows.flatMap(row =>
      toNumbers(array).slice((t * batch + row) * features, (t * batch + row + 1) * features),
    ),
  )
  return ndArray('float64', [times.length, rows.length, features], Float64Array.from(data))
}

function row(state: unknown, index: number): number[] {
  const array = state as NdArray
  const size = sizeOf(array.shape.slice(1))
  return toNumbers(array).slice(index * size, (index + 1) * size)
}

function bools(rows: readonly (readonly number[])[]): NdArray {
  return ndArray('bool', [rows.length, rows[0]!.length], Uint8Array.from(rows.flat()))
}

const steps = (count: number) => Array.from({ length: count }, (_, t) => t)
/** Row 0 has five steps, row 1 three, row 2 one. */
const lengths = [5, 3, 1]
const mask = bools(steps(TIME).map(t => lengths.map(length => (t < length ? 1 : 0))))

const layers: readonly [string, SequenceLayer][] = [
  ['recurrent', recurrent(lstm({ inputSize: SIZE, hidden: 3 }))],
  ['recurrent in reverse', recurrent(gru({ inputSize: SIZE, hidden: 3 }), { reverse: true })],
  [
    'bidirectional',
    bidirectional(
      recurrent(lstm({ inputSize: SIZE, hidden: 3 })),
      recurrent(gru({ inputSize: SIZE, hidden: 2 }), { reverse: true }),
    ),
  ],
  ['residual', residual(recurrent(lstm({ inputSize: SIZE, hidden: SIZE })))],
  [
    'a stack of a bidirectional and a residual layer',
    recurrentStack({
      layers: [
        bidirectional(
          recurrent(lstm({ inputSize: SIZE, hidden: 3 })),
          recurrent(lstm({ inputSize: SIZE, hidden: 3 }), { reverse: true }),
        ),
        residual(recurrent(zoneout(gru({ inputSize: 6, hidden: 6 }), 0.2))),
      ],
    }),
  ],
]

describe.each(layers)('%s', (_, layer) => {
  test('gives outputs and state of the declared shapes', () => {
    const { outputs, state } = run(layer, { xs })
    expect(outputs.shape).toEqual([TIME, BATCH, layer.outputSize])
    const shapes = (tree: SequenceStateArrays): unknown =>
      Object.fromEntries(
        Object.entries(tree).map(([name, value]) => [
          name,
          'data' in value ? (value as NdArray).shape : shapes(value as SequenceStateArrays),
        ]),
      )
    expect(shapes(state)).toEqual(shapes(layer.initialState(BATCH, 'float64')))
  })

  test('starts from zeros when no state is given', () => {
    const given = run(layer, { xs, state: layer.initialState(BATCH, 'float64') })
    expect(toNumbers(run(layer, { xs }).outputs)).toEqual(toNumbers(given.outputs))
  })

  test('gives a padded row what the row alone gets, and zeros where it is padded', () => {
    const { outputs } = run(layer, { xs, mask })
    for (const [index, length] of lengths.entries()) {
      const alone = run(layer, { xs: part(xs, steps(length), [index]) })
      expectClose(part(outputs, steps(length), [index]), alone.outputs, 1e-12)
      const padding = steps(TIME).slice(length)
      expect(toNumbers(part(outputs, padding, [index])).every(x => x === 0)).toBe(true)
    }
  })

  test('is untouched by what stands in the padding', () => {
    const data = toNumbers(xs).map((x, i) => {
      const [t, index] = [Math.floor(i / (BATCH * SIZE)), Math.floor(i / SIZE) % BATCH]
      return t < lengths[index]! ? x : 1e6
    })
    const other = ndArray('float64', xs.shape, Float64Array.from(data))
    expect(toNumbers(run(layer, { xs: other, mask }).outputs)).toEqual(
      toNumbers(run(layer, { xs, mask }).outputs),
    )
  })

  test('has gradients that equal finite differences, with a mask', () => {
    const parameters = layer.init(random.key(2), 'float64')
    const apply = (p: Traced<Parameters>, x: Tensor) =>
      layer.apply(p, { xs: x, mask: x.scope.constant(mask) }, { mode: 'evaluate' })
    checkGradients(apply as never, [parameters, xs])
  })
})

test.each([
  ['forward', false],
  ['reverse', true],
])('the final state of a padded row is that of the row alone, %s', (_, reverse) => {
  const layer = recurrent(lstm({ inputSize: SIZE, hidden: 3 }), { reverse })
  const { state } = run(layer, { xs, mask })
  for (const [index, length] of lengths.entries()) {
    const alone = run(layer, { xs: part(xs, steps(length), [index]) })
    for (const name of ['h', 'c']) expectClose(row(state[name], index), row(alone.state[name], 0), 1e-12)
  }
})

test('every cell of the plugin gives a padded row what the row alone gets', () => {
  const cells = createContainer([layersRecurrent]).registry(CELL)
  for (const { descriptor, name } of cells.list()) {
    const config = name === 'lstm-projection' ? { hidden: 3, projection: 2 } : { hidden: 3 }
    const make = descriptor.create(descriptor.config.parse(config), createContainer([]))
    const layer = recurrent(make(SIZE) as Cell)
    const { outputs } = run(layer, { xs, mask })
    const alone = run(layer, { xs: part(xs, steps(3), [1]) })
    expectClose(part(outputs, steps(3), [1]), alone.outputs, 1e-12)
  }
})

test('a sequence in two pieces with carried state equals the sequence in one', () => {
  const layer = recurrentStack({
    layers: [recurrent(lstm({ inputSize: SIZE, hidden: 3 })), recurrent(gru({ inputSize: 3, hidden: 2 }))],
  })
  const rows = steps(BATCH)
  const whole = run(layer, { xs })
  const first = run(layer, { xs: part(xs, [0, 1], rows) })
  const second = run(layer, { xs: part(xs, [2, 3, 4], rows), state: first.state })
  expectClose(second.outputs, part(whole.outputs, [2, 3, 4], rows), 1e-12)
})

test('a reset starts a row anew and leaves its neighbours', () => {
  const layer = recurrent(lstm({ inputSize: SIZE, hidden: 3 }))
  const reset = bools(steps(TIME).map(t => [0, t === 2 ? 1 : 0, 0]))
  const state = { h: sample([BATCH, 3], 8), c: sample([BATCH, 3], 9) }
  const [plain, fresh] = [run(layer, { xs, state }), run(layer, { xs, state, reset })]
  const alone = run(layer, { xs: part(xs, [2, 3, 4], [1]) })
  expectClose(part(fresh.outputs, [2, 3, 4], [1]), alone.outputs, 1e-12)
  expectClose(part(fresh.outputs, [0, 1], [1]), part(plain.outputs, [0, 1], [1]), 0)
  expectClose(part(fresh.outputs, steps(TIME), [0, 2]), part(plain.outputs, steps(TIME), [0, 2]), 0)
})

test('a mask of numbers is read as not zero', () => {
  const layer = recurrent(lstm({ inputSize: SIZE, hidden: 3 }))
  const numbers = ndArray('float64', mask.shape, Float64Array.from(toNumbers(mask)))
  expect(toNumbers(run(layer, { xs, mask: numbers }).outputs)).toEqual(
    toNumbers(run(layer, { xs, mask }).outputs),
  )
})

test('dropout between layers acts in training only, and layers with dropout draw from keys of their own', () => {
  const cell = (inputSize: number) => recurrent(weightDrop(lstm({ inputSize, hidden: SIZE }), 0.5))
  const stack = recurrentStack({
    layers: [cell(SIZE), cell(SIZE)],
    input: lockedDropout(0.3),
    between: lockedDropout(0.3),
    output: lockedDropout(0.3),
  })
  const plain = recurrentStack({
    layers: [
      recurrent(lstm({ inputSize: SIZE, hidden: SIZE })),
      recurrent(lstm({ inputSize: SIZE, hidden: SIZE })),
    ],
  })
  expect(toNumbers(run(stack, { xs }).outputs)).toEqual(toNumbers(run(plain, { xs }).outputs))
  const trained = toNumbers(run(stack, { xs }, 4).outputs)
  expect(trained).toEqual(toNumbers(run(stack, { xs }, 4).outputs))
  expect(trained).not.toEqual(toNumbers(run(stack, { xs }, 5).outputs))
  expect(trained).toContain(0)
})

test('the gradient reaches the parameters when sequence, state and mask come from outside', () => {
  const layer = recurrent(lstm({ inputSize: SIZE, hidden: 3 }))
  const state = { h: sample([BATCH, 3], 8), c: sample([BATCH, 3], 9) }
  const gradientOf = (parameters: Traced<Parameters>, input: SequenceInput) =>
    grad((p: Traced<Parameters>) => sum(layer.apply(p, input, { mode: 'evaluate' }).outputs))(parameters)
  const inside = (parameters: Traced<Parameters>, input: SequenceInput) =>
    grad((all: { p: Traced<Parameters>; input: SequenceInput }) =>
      sum(layer.apply(all.p, { ...all.input, mask: input.mask }, { mode: 'evaluate' }).outputs),
    )({ p: parameters, input: { xs: input.xs, state: input.state } }).p
  const args = [layer.init(random.key(2), 'float64'), { xs, state, mask }]
  const [actual, expected] = [gradientOf, inside].map(
    f => evaluate(f as never, ...(args as never[])) as unknown as { [name: string]: NdArray },
  )
  for (const name of ['input', 'recurrent', 'bias']) expectClose(actual![name]!, expected![name]!, 1e-12)
})

test('parameters of a stack are named by layer and direction', () => {
  const stack = recurrentStack({
    layers: [
      bidirectional(
        recurrent(elmanTanh({ inputSize: SIZE, hidden: 2 })),
        recurrent(elmanTanh({ inputSize: SIZE, hidden: 2 }), { reverse: true }),
      ),
      recurrent(elmanTanh({ inputSize: 4, hidden: 2 })),
    ],
  })
  const parameters = stack.init(random.key(1)) as { [name: string]: { [name: string]: object } }
  expect(Object.keys(parameters)).toEqual(['0', '1'])
  expect(Object.keys(parameters['0']!)).toEqual(['forward', 'backward'])
  expect(Object.keys(parameters['0']!.backward!)).toEqual(['input', 'recurrent', 'bias'])
  expect(parameters['0']!.forward).not.toEqual(parameters['0']!.backward)
})

test('the zero state of a cell is an array for each part', () => {
  const state = initialState(lstm({ inputSize: SIZE, hidden: 2 }), 3)
  expect(state.h).toEqual({ dtype: 'float32', shape: [3, 2], data: new Float32Array(6) })
  expect(state.c).toEqual({ dtype: 'float32', shape: [3, 2], data: new Float32Array(6) })
})

describe('layers that do not fit are refused', () => {
  const layer = (inputSize: number, hidden: number) => recurrent(elmanTanh({ inputSize, hidden }))

  test('in a stack', () => {
    expect(() => recurrentStack({ layers: [layer(4, 3), layer(4, 3)] })).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: LAYER_SIZES_DIFFER  layer 1 of "recurrentStack" does not fit the layer below it
        expected inputSize 3
        found    inputSize 4]
    `)
    expect(() => recurrentStack({ layers: [] })).toThrowErrorMatchingInlineSnapshot(
      `[ElmanError: STACK_EMPTY  "recurrentStack" needs at least one layer]`,
    )
  })

  test('as two directions', () => {
    expect(() => bidirectional(layer(4, 3), layer(5, 3))).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: LAYER_SIZES_DIFFER  the two directions of "bidirectional" read the same sequence
        expected layers of one input size
        found    4 forward and 5 backward]
    `)
  })

  test('around a residual', () => {
    expect(() => residual(layer(4, 3))).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: LAYER_SIZES_DIFFER  "residual" adds the input of a layer to its output
        expected a layer whose output is as wide as its input
        found    4 in and 3 out]
    `)
  })
})
