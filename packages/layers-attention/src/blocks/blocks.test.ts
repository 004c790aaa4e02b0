import {
  corePlugin,
  createContainer,
  evaluate,
  grad,
  type Key,
  LAYER,
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
  absolutePositions,
  attentionOverPast,
  type LayerState,
  type LayerStateArrays,
  layersAttention,
  type Past,
  type StatefulInput,
  type StatefulLayer,
  scaledDotProductAttention,
  selfAttention,
  type TransformerBlockOptions,
  transformerBlock,
} from '../index.ts'

const [TIME, BATCH, SIZE] = [11, 2, 4]

function sample(shape: readonly number[], seed: number): NdArray {
  return ndArray('float64', shape, random.normal(random.key(seed), sizeOf(shape), 'float64'))
}

const xs = sample([TIME, BATCH, SIZE], 1)

type Arrays = { xs: NdArray; state?: LayerStateArrays; mask?: NdArray; reset?: NdArray }
type Result = { outputs: NdArray; state: LayerStateArrays }

function keyArray(key: Key): NdArray {
  return ndArray('int32', [2], Int32Array.from(key))
}

/** One window; in training when a seed is given. */
function run(layer: StatefulLayer, input: Arrays, seed?: number): Result {
  const apply = (parameters: Traced<Parameters>, given: StatefulInput, key: Tensor) => {
    const context: LayerContext = seed === undefined ? { mode: 'evaluate' } : { mode: 'train', key }
    return layer.apply(parameters, given, context)
  }
  const parameters = layer.init(random.key(2), 'float64')
  return evaluate(apply as never, parameters, input, keyArray(random.key(seed ?? 0))) as never
}

/** Windows of the given lengths one after the other, the state carried. */
function runWindows(layer: StatefulLayer, lengths: readonly number[], seed?: number): number[] {
  let state = layer.initialState(BATCH, 'float64')
  let from = 0
  return lengths.flatMap(length => {
    const result = run(layer, { xs: steps(xs, from, from + length), state }, seed)
    from += length
    state = result.state
    return toNumbers(result.outputs)
  })
}

/** Steps of an array (time, batch, ...). */
function steps(array: NdArray, from: number, to: number): NdArray {
  const width = sizeOf(array.shape.slice(1))
  const data = (array.data as Float64Array).slice(from * width, to * width)
  return ndArray(array.dtype, [to - from, ...array.shape.slice(1)], data)
}

/** One row of an array (time, batch, features), at some of its steps. */
function rowOf(array: NdArray, row: number, from = 0, to = array.shape[0]!): NdArray {
  const [, batch, features] = array.shape as [number, number, number]
  const data = Array.from({ length: (to - from) * features }, (_, i) => {
    const t = from + Math.floor(i / features)
    return Number(array.data[(t * batch + row) * features + (i % features)])
  })
  return ndArray('float64', [to - from, 1, features], Float64Array.from(data))
}

const changed = (at: number): NdArray => {
  const data = (xs.data as Float64Array).slice()
  for (let i = at * BATCH * SIZE; i < (at + 1) * BATCH * SIZE; i++) data[i]! += 1
  return { ...xs, data }
}

/** Steps whose outputs are not the same in two results. */
function differingSteps(a: NdArray, b: NdArray): number[] {
  const width = sizeOf(a.shape.slice(1))
  const found = new Set<number>()
  for (let i = 0; i < a.data.length; i++) if (a.data[i] !== b.data[i]) found.add(Math.floor(i / width))
  return [...found]
}

function bits(rows: readonly (readonly number[])[]): NdArray {
  return ndArray('bool', [rows.length, rows[0]!.length], Uint8Array.from(rows.flat()))
}

/** Two blocks, one above the other. */
function twoBlocks(options: Partial<TransformerBlockOptions> = {}): StatefulLayer {
  const block = transformerBlock({ size: SIZE, heads: 2, inner: 6, ...options })
  const both = <T>(make: (name: string) => T) => ({ '0': make('0'), '1': make('1') })
  return {
    inputSize: SIZE,
    outputSize: SIZE,
    init: (key, dtype) => both(name => block.init(random.foldIn(key, name), dtype)),
    initialState: (batch, dtype) => both(() => block.initialState(batch, dtype)),
    apply(parameters, input, context) {
      let current = input.xs
      const state = both(name => {
        const own = input.state?.[name] as LayerState | undefined
        const result = block.apply(
          parameters[name] as Traced<Parameters>,
          { ...input, xs: current, state: own },
          context,
        )
        current = result.outputs
        return result.state
      })
      return { outputs: current, state }
    },
  }
}

const sliding: Past = { kind: 'sliding', length: 3 }
const segment: Past = { kind: 'segment', length: 4 }

const carrying: readonly [string, StatefulLayer][] = [
  ['sliding, relative', twoBlocks({ past: sliding, positions: 'relative' })],
  [
    'sliding, relative, keys and values',
    twoBlocks({ past: sliding, positions: 'relative', cache: 'keys-values' }),
  ],
  ['sliding, rotary, post-norm', twoBlocks({ past: sliding, positions: 'rotary', norm: 'post' })],
  [
    'sliding, rotary, keys and values',
    twoBlocks({ past: sliding, positions: 'rotary', cache: 'keys-values' }),
  ],
  ['segments', twoBlocks({ past: segment })],
  ['segments, keys and values', twoBlocks({ past: segment, cache: 'keys-values' })],
  ['learned positions', absolutePositions({ kind: 'learned', size: SIZE, length: 4 })],
  ['sinusoidal positions', absolutePositions({ kind: 'sinusoidal', size: SIZE, length: 4 })],
  [
    'past states, additive',
    attentionOverPast(selfAttention({ size: SIZE, heads: 1, past: sliding }), { length: 3 }),
  ],
  [
    'past states, dot products',
    attentionOverPast(selfAttention({ size: SIZE, heads: 1, past: sliding }), { length: 3, score: 'dot' }),
  ],
]

describe.each(carrying)('%s', (_, layer) => {
  test('gives in steps and windows of any length what one pass gives', () => {
    const whole = toNumbers(run(layer, { xs }).outputs)
    for (const lengths of [[11], [4, 4, 3], [5, 1, 5], Array.from({ length: 11 }, () => 1)])
      expectClose(runWindows(layer, lengths), whole, 1e-12)
  })

  test('sees nothing of later steps', () => {
    const after = differingSteps(run(layer, { xs }).outputs, run(layer, { xs: changed(6) }).outputs)
    expect(Math.min(...after)).toBe(6)
  })

  test('has a state of one shape, in one order', () => {
    const shapes = (tree: LayerStateArrays): unknown[] =>
      Object.entries(tree).map(([name, value]) => [
        name,
        'data' in value ? (value as NdArray).shape : shapes(value as LayerStateArrays),
      ])
    expect(shapes(run(layer, { xs }).state)).toEqual(shapes(layer.initialState(BATCH, 'float64')))
  })

  test('sees nothing before a reset', () => {
    const at = 5
    const reset = bits(Array.from({ length: TIME }, (_, t) => [t === at ? 1 : 0, 0]))
    const state = run(layer, { xs }).state
    const { outputs, state: after } = run(layer, { xs, state, reset })
    const alone = run(layer, { xs: rowOf(xs, 0, at) })
    expectClose(rowOf(outputs, 0, at), alone.outputs, 1e-12)
    const untouched = run(layer, { xs, state })
    expectClose(rowOf(outputs, 1), rowOf(untouched.outputs, 1), 1e-12)
    const next = run(layer, { xs, state: after }).outputs
    expectClose(rowOf(next, 0), run(layer, { xs: rowOf(xs, 0), state: alone.state }).outputs, 1e-12)
  })

  test('gives a row that is padded in front or behind what the row alone gets', () => {
    const mask = bits(Array.from({ length: TIME }, (_, t) => [t >= 3 ? 1 : 0, t < 9 ? 1 : 0]))
    const { outputs } = run(layer, { xs, mask })
    expectClose(rowOf(outputs, 0, 3), run(layer, { xs: rowOf(xs, 0, 3) }).outputs, 1e-12)
    expectClose(rowOf(outputs, 1, 0, 9), run(layer, { xs: rowOf(xs, 1, 0, 9) }).outputs, 1e-12)
  })

  test('has gradients that equal finite differences, with a state', () => {
    const window = steps(xs, 0, 3)
    const { state } = run(layer, { xs })
    const apply = (p: Traced<Parameters>, x: Tensor) =>
      layer.apply(p, { xs: x, state: constantsOf(state, x) }, { mode: 'evaluate' }).outputs
    checkGradients(apply as never, [layer.init(random.key(2), 'float64'), window])
  })

  test('lets no gradient into its memory', () => {
    const parameters = layer.init(random.key(2), 'float64')
    const { state } = run(layer, { xs })
    const gradients = evaluate(
      ((p: Traced<Parameters>, x: Tensor, s: LayerState) =>
        grad((inner: LayerState) =>
          sum(layer.apply(p, { xs: x, state: inner }, { mode: 'evaluate' }).outputs),
        )(s)) as never,
      parameters,
      xs,
      state,
    )
    const numbers = (tree: unknown): number[] =>
      'data' in (tree as object) ? toNumbers(tree as NdArray) : Object.values(tree as object).flatMap(numbers)
    expect(numbers(gradients).every(x => x === 0)).toBe(true)
  })
})

function constantsOf(state: LayerStateArrays, x: Tensor): LayerState {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [
      name,
      'data' in value ? x.scope.constant(value as NdArray) : constantsOf(value as LayerStateArrays, x),
    ]),
  )
}

test('a step sees itself and the steps that its past has', () => {
  const reach = (past: Past, window: number) => {
    const layer = selfAttention({ size: SIZE, heads: 2, past })
    const state = run(layer, { xs: steps(xs, 0, 6) }).state
    const other = run(layer, { xs: steps(changed(4), 0, 6) }).state
    const next = steps(xs, 6, 6 + window)
    return differingSteps(
      run(layer, { xs: next, state }).outputs,
      run(layer, { xs: next, state: other }).outputs,
    )
  }
  expect(reach({ kind: 'sliding', length: 3 }, 4)).toEqual([0, 1]) // steps 6 and 7 are at most 3 after step 4
  expect(reach({ kind: 'memory', length: 3 }, 4)).toEqual([0, 1, 2, 3]) // steps 3 to 5 for all of the window
  expect(reach({ kind: 'segment', length: 4 }, 4)).toEqual([0, 1]) // segments: 0-3, 4-7, 8-11
})

test('a training window as long as a segment is one, and equals the segment in evaluation', () => {
  for (const layer of [
    twoBlocks({ past: segment }),
    absolutePositions({ kind: 'learned', size: SIZE, length: 4 }),
  ]) {
    expectClose(runWindows(layer, [4, 4], 5), runWindows(layer, [4, 4]), 1e-12)
    const started = run(layer, { xs: steps(xs, 0, 3) }).state
    const window = { xs: steps(xs, 4, 8), state: started }
    expectClose(run(layer, window, 5).outputs, run(layer, { xs: window.xs }).outputs, 1e-12)
  }
})

test('dropout acts on weights, sums and inner features, in training alone', () => {
  for (const rate of ['weights', 'residual', 'inner'] as const) {
    const layer = twoBlocks({ past: sliding, dropout: { [rate]: 0.5 } })
    const plain = twoBlocks({ past: sliding })
    expect(toNumbers(run(layer, { xs }).outputs)).toEqual(toNumbers(run(plain, { xs }).outputs))
    const first = toNumbers(run(layer, { xs }, 1).outputs)
    expect(first).not.toEqual(toNumbers(run(plain, { xs }).outputs))
    expect(toNumbers(run(layer, { xs }, 1).outputs)).toEqual(first)
    expect(toNumbers(run(layer, { xs }, 2).outputs)).not.toEqual(first)
  }
})

test('padding is not looked at where attention goes both ways', () => {
  const layer = twoBlocks({ causal: false })
  const mask = bits(Array.from({ length: TIME }, (_, t) => [1, t < 9 ? 1 : 0]))
  const { outputs, state } = run(layer, { xs, mask })
  expectClose(rowOf(outputs, 1, 0, 9), run(layer, { xs: rowOf(xs, 1, 0, 9) }).outputs, 1e-12)
  expect(toNumbers(rowOf(outputs, 1, 9)).every(x => x === 0)).toBe(true)
  expect(state).toEqual({ '0': {}, '1': {} })
})

test('a block is causal, pre-norm, without positions, with GELU over 4 · size features, unless told', () => {
  const told = { inner: 4 * SIZE, activation: 'gelu', norm: 'pre', positions: 'none', causal: true } as const
  const [plain, full] = [
    transformerBlock({ size: SIZE, heads: 2 }),
    transformerBlock({ size: SIZE, heads: 2, ...told }),
  ]
  expect(toNumbers(run(plain, { xs }).outputs)).toEqual(toNumbers(run(full, { xs }).outputs))
})

test('a query that may see nothing gets zeros', () => {
  const call = (q: Tensor, k: Tensor, allowed: Tensor) => scaledDotProductAttention(q, k, k, { allowed })
  const allowed = bits([
    [0, 0, 0],
    [0, 1, 0],
  ])
  const keys = sample([3, SIZE], 4)
  const output = evaluate(call as never, sample([2, SIZE], 3), keys, allowed) as never as NdArray
  expectClose(toNumbers(output), [0, 0, 0, 0, ...toNumbers(keys).slice(4, 8)], 1e-12)
})

test('every layer of the plugin is made by its name and keeps the shape', () => {
  const container = createContainer([corePlugin, layersAttention])
  const names = ['absolute-positions', 'feed-forward', 'self-attention', 'transformer-block']
  for (const type of names) {
    const layer = container.create(LAYER, { type, size: SIZE })
    const output = evaluate(
      ((p: Traced<Parameters>, x: Tensor) => layer.apply(p, x, { mode: 'evaluate' })) as never,
      layer.init(random.key(1), 'float64'),
      xs,
    ) as never as NdArray
    expect(output.shape).toEqual(xs.shape)
  }
  const own = container
    .registry(LAYER)
    .list()
    .filter(({ name }) => names.includes(name))
  expect(own).toHaveLength(names.length)
})

test('heads that do not divide the size are refused', () => {
  expect(() => selfAttention({ size: 10, heads: 4 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ATTENTION_HEADS  10 features do not divide among 4 heads
      expected a size that is a multiple of 4
      change "size" or "heads"]
  `)
  expect(() => selfAttention({ size: 6, heads: 2, positions: 'rotary' })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ATTENTION_HEADS  6 features do not divide among 2 heads in pairs
      expected a size that is a multiple of 4
      change "size" or "heads"]
  `)
})

test('relative positions are refused where attention goes both ways', () => {
  expect(() =>
    selfAttention({ size: 4, heads: 2, positions: 'relative', causal: false }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ATTENTION_NOT_CAUSAL  relative positions count steps back, and this attention also looks ahead
      leave "causal" as it is, or use positions "rotary" or "none"]
  `)
})
