import {
  add,
  CELL,
  type Cell,
  type CellState,
  createContainer,
  evaluate,
  isNdArray,
  leavesOf,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sum,
  type Tensor,
  type Traced,
  valueAndGrad,
} from '@elman/core'
import { describeCell, expectClose, sampleArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import {
  bidirectional,
  gatedDeltaNet,
  initialState,
  layersRecurrent,
  mamba2,
  minGru,
  minLstm,
  mLstm,
  type RecurrenceForm,
  recurrent,
  recurrentStack,
  rgLru,
  sLstm,
  type UnrollOptions,
  unroll,
  zoneout,
} from '../index.ts'
import { logPositive, positive } from './positive.ts'

const container = createContainer([layersRecurrent])

const CONFIGS: readonly [string, string, { [option: string]: unknown }][] = [
  ['min-gru in log space', 'min-gru', { hidden: 4, space: 'log' }],
  ['min-gru, plain', 'min-gru', { hidden: 4, candidate: 'plain' }],
  ['min-lstm in log space', 'min-lstm', { hidden: 4, space: 'log', forgetBias: 1 }],
  ['rg-lru with two blocks', 'rg-lru', { hidden: 4, heads: 2 }],
  ['the Griffin block', 'rg-lru', { hidden: 4, heads: 2, convolution: 4, block: true }],
  ['s-lstm with two heads', 's-lstm', { hidden: 4, heads: 2, forgetGate: 'exponential' }],
  ['m-lstm with two heads', 'm-lstm', { hidden: 4, heads: 2, keySize: 3 }],
  ['gated-delta-net, convolved', 'gated-delta-net', { hidden: 4, heads: 2, keySize: 3, convolution: 4 }],
  ['mamba-2, convolved', 'mamba-2', { hidden: 4, heads: 2, stateSize: 3, convolution: 4 }],
]

describe.each(CONFIGS)('%s', (_, type, config) => {
  const { descriptor } = container.registry(CELL).find(type)!
  describeCell(descriptor, { describe, test, config })
})

const CELLS: { readonly [name: string]: (form: RecurrenceForm) => Cell } = {
  'min-gru': form => minGru({ inputSize: 3, hidden: 4, form }) as never,
  'min-gru in log space': form => minGru({ inputSize: 3, hidden: 4, space: 'log', form }) as never,
  'min-lstm': form => minLstm({ inputSize: 3, hidden: 4, candidate: 'plain', form }) as never,
  'min-lstm in log space': form => minLstm({ inputSize: 3, hidden: 4, space: 'log', form }) as never,
  'rg-lru': form => rgLru({ inputSize: 3, hidden: 4, heads: 2, form }),
  'the Griffin block': form => rgLru({ inputSize: 3, hidden: 4, convolution: 4, block: true, form }),
  'm-lstm': form => mLstm({ inputSize: 3, hidden: 8, heads: 2, keySize: 3, form }) as never,
  'gated-delta-net': form => gatedDeltaNet({ inputSize: 3, hidden: 4, heads: 2, form }),
  'gated-delta-net, convolved': form =>
    gatedDeltaNet({ inputSize: 3, hidden: 4, heads: 2, convolution: 4, form }),
  'mamba-2': form => mamba2({ inputSize: 3, hidden: 4, heads: 2, stateSize: 5, form }),
}

/** The same cell without the way to take a sequence at once. */
function stepOnly({ sequence: _, ...cell }: Cell): Cell {
  return cell
}

const [TIME, BATCH] = [13, 2]
type Float = 'float32' | 'float64'

/** Non-negative states, as real ones are where a cell needs it; `started` as after a step. */
function someState(cell: Cell, dtype: Float): { [name: string]: NdArray } {
  const parts = Object.entries(cell.stateShapes).map(([name, shape], i) => {
    const array = sampleArray([BATCH, ...shape], 3 + i, dtype)
    if (name === 'started') array.data.set([1, 0] as never)
    return [name, array]
  })
  return Object.fromEntries(parts)
}

function marks(...at: (readonly [number, number])[]): NdArray {
  const data = new Uint8Array(TIME * BATCH)
  for (const [t, row] of at) data[t * BATCH + row] = 1
  return ndArray('bool', [TIME, BATCH], data)
}

type Marks = { readonly reset?: NdArray; readonly mask?: NdArray; readonly reverse?: boolean }

/** Marks as constants of the function being traced. */
function traced({ reset, mask, reverse = false }: Marks, by: Tensor): UnrollOptions {
  const constant = (array: NdArray) => by.scope.constant(array)
  return { reverse, ...(reset && { reset: constant(reset) }), ...(mask && { mask: constant(mask) }) }
}

/** Outputs, last state and the gradients with respect to parameters, state and xs. */
function measured(cell: Cell, dtype: Float, options: Marks): NdArray[] {
  const given = [
    cell.init(random.key(4), dtype),
    someState(cell, dtype),
    sampleArray([TIME, BATCH, 3], 1, dtype),
  ]
  const loss = (all: readonly [Traced<Parameters>, CellState, Tensor]): [Tensor, unknown] => {
    const result = unroll(cell, all[0] as never, all[2], all[1], traced(options, all[2]))
    const last = Object.entries(result.finalState).toSorted()
    const parts = [result.outputs, ...last.map(([, part]) => part)]
    const total = parts
      .map((part, i) => sum(mul(mul(part, part), sampleArray(part.shape, 40 + i, dtype, true))))
      .reduce((a, b) => add(a, b))
    return [total, parts]
  }
  return leavesOf<NdArray>(evaluate(valueAndGrad(loss, { hasAux: true }) as never, given as never), isNdArray)
}

describe.each([
  ['float64', 1e-9],
  ['float32', 1e-4],
] as const)('in %s within %d', (dtype, tolerance) => {
  describe.each(Object.entries(CELLS))('%s', (_, make) => {
    const reset = marks([0, 1], [4, 0], [5, 0], [9, 1])
    const mask = ndArray(
      'bool',
      [TIME, BATCH],
      Uint8Array.from({ length: TIME * BATCH }, (_v, i) => (i === 9 || i >= 22 ? 0 : 1)),
    )
    test.each([
      ['as it comes', {}],
      ['with documents', { reset }],
      ['with padding', { mask }],
      ['with both', { mask, reset }],
      ['in reverse', { mask, reset, reverse: true }],
    ])('a sequence %s gives in every form what its steps give, gradients included', (_name, options) => {
      const expected = measured(stepOnly(make('sequential')), dtype, options)
      expect(expected.every(array => [...array.data].every(x => Number.isFinite(Number(x))))).toBe(true)
      for (const form of ['sequential', 'scan', 'chunked'] as const)
        measured(make(form), dtype, options).forEach((array, i) => {
          expectClose(array, expected[i]!, tolerance)
        })
    })
  })
})

test.each(Object.entries(CELLS))('%s: a document after a reset gives what it gives alone', (_, make) => {
  const cell = make('chunked')
  const parameters = cell.init(random.key(4), 'float64')
  const xs = sampleArray([TIME, BATCH, 3], 1)
  const tail = ndArray('float64', [TIME - 5, BATCH, 3], (xs.data as Float64Array).slice(5 * BATCH * 3))
  const run = (x: NdArray, reset?: NdArray) =>
    evaluate(
      ((p: Traced<Parameters>, v: Tensor) =>
        unroll(cell, p as never, v, undefined, traced(reset === undefined ? {} : { reset }, v))) as never,
      parameters,
      x,
    ) as unknown as { outputs: NdArray; finalState: { [name: string]: NdArray } }
  const together = run(xs, marks([5, 0], [5, 1]))
  const alone = run(tail)
  const width = cell.outputSize * BATCH
  expectClose(
    [...together.outputs.data].slice(5 * width).map(Number),
    [...alone.outputs.data].map(Number),
    1e-9,
  )
  for (const [name, part] of Object.entries(alone.finalState))
    expectClose(together.finalState[name]!, part, 1e-9)
})

test('a stack of linear cells in both directions carries its state', () => {
  const layer = (inputSize: number) =>
    bidirectional(
      recurrent(minGru({ inputSize, hidden: 4, form: 'scan' })),
      recurrent(rgLru({ inputSize, hidden: 4, form: 'chunked', chunk: 3 }), { reverse: true }),
    )
  const stack = recurrentStack({ layers: [layer(3), layer(8)] })
  const result = evaluate(
    ((p: never, xs: Tensor, state: never) => stack.apply(p, { xs, state }, { mode: 'evaluate' })) as never,
    stack.init(random.key(1), 'float64'),
    sampleArray([TIME, BATCH, 3], 1),
    stack.initialState(BATCH, 'float64'),
  ) as unknown as {
    outputs: NdArray
    state: { [layer: string]: { [direction: string]: { [part: string]: NdArray } } }
  }
  expect(result.outputs.shape).toEqual([TIME, BATCH, 8])
  expect(result.state['1']!.backward!.started!.data).toEqual(Float64Array.of(1, 1))
})

test('dropout that acts inside a cell goes step by step', () => {
  const cell = zoneout(minGru({ inputSize: 3, hidden: 4, form: 'chunked' }), 0.5)
  expect(cell.sequence).toBeUndefined()
})

test('gates far out leave sLSTM and mLSTM finite, and their gradients', () => {
  for (const make of [
    (): Cell => sLstm({ inputSize: 3, hidden: 4 }) as never,
    (): Cell => mLstm({ inputSize: 3, hidden: 4, form: 'sequential' }) as never,
    (): Cell => mLstm({ inputSize: 3, hidden: 4, form: 'chunked' }) as never,
  ])
    for (const scale of [300, -300]) {
      const cell = make()
      const drawn = cell.init(random.key(1), 'float32') as { [name: string]: NdArray }
      const name = 'gates' in drawn ? 'gateBias' : 'bias'
      const bias = drawn[name]!
      const half = bias.shape[0]! / (name === 'bias' ? 4 : 2)
      const pushed = (bias.data as Float32Array).map((x, i) => (i < half ? scale : x))
      const parameters = { ...drawn, [name]: { ...bias, data: pushed } }
      const loss = ([p, xs]: [Traced<Parameters>, Tensor]) => sum(unroll(cell, p as never, xs).outputs)
      const found = leavesOf<NdArray>(
        evaluate(valueAndGrad(loss) as never, [parameters, sampleArray([40, 2, 3], 1, 'float32')] as never),
        isNdArray,
      )
      expect(found.flatMap(array => [...array.data].map(Number)).every(Number.isFinite)).toBe(true)
    }
})

test('sLSTM without a past outputs its candidate, however small the input gate', () => {
  const cell = sLstm({ inputSize: 1, hidden: 1 })
  const parameters = {
    input: ndArray('float32', [1, 4], new Float32Array(4)),
    recurrent: ndArray('float32', [1, 1, 4], new Float32Array(4)),
    bias: ndArray('float32', [4], Float32Array.of(-500, 0, 0.5, 100)),
  }
  const { outputs } = evaluate(
    ((p: never, xs: Tensor) => unroll(cell, p, xs)) as never,
    parameters,
    sampleArray([1, 1, 1], 1, 'float32'),
  ) as unknown as { outputs: NdArray }
  expect(Number(outputs.data[0])).toBeCloseTo(Math.tanh(0.5), 6)
})

test('g and its logarithm belong together, and g has no step at 0', () => {
  const u = ndArray('float64', [5], Float64Array.of(-50, -1e-9, 0, 1e-9, 7))
  const both = evaluate((x: Tensor) => [positive(x), logPositive(x)], u) as unknown as [NdArray, NdArray]
  expectClose(
    [...both[1].data].map(x => Math.exp(Number(x))),
    [...both[0].data].map(Number),
    1e-14,
  )
  expect([...both[0].data].slice(1, 4).map(x => Math.round(Number(x) * 1e6) / 1e6)).toEqual([0.5, 0.5, 0.5])
})

test('initial decays of RG-LRU lie where the paper has them', () => {
  const { decay } = rgLru({ inputSize: 3, hidden: 500 }).init(random.key(1), 'float64')
  const kept = [...decay!.data].map(x => 1 / (1 + Math.exp(Number(x)))) // exp(−softplus Λ)
  expect(Math.min(...kept)).toBeGreaterThan(0.9)
  expect(Math.max(...kept)).toBeLessThan(0.999)
  expect(kept.reduce((a, b) => a + b) / 500).toBeCloseTo(0.95, 2)
})

test('the zero state has the shapes that the cell declares', () => {
  const state = initialState(rgLru({ inputSize: 3, hidden: 4, convolution: 4 }), 2)
  expect(Object.entries(state).map(([name, { shape }]) => [name, shape])).toEqual([
    ['h', [2, 4]],
    ['started', [2, 1]],
    ['window', [2, 3, 4]],
  ])
})

test('features that do not divide into heads are refused', () => {
  expect(() => mLstm({ inputSize: 3, hidden: 10, heads: 4 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HEADS_DO_NOT_DIVIDE  cell "m-lstm" cannot cut its features into heads of one size
      expected "hidden" to be a multiple of 4 heads
      found    hidden 10]
  `)
})

test('logarithms of candidates that may be negative are refused', () => {
  expect(() =>
    minGru({ inputSize: 3, hidden: 4, candidate: 'plain', space: 'log' }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LOG_SPACE_NEEDS_POSITIVE  cell "min-gru" cannot compute with logarithms: its candidates may be negative
      expected "candidate": "positive" where "space" is "log"
      found    "candidate": "plain"]
  `)
})

test('an unknown form is refused', () => {
  const { descriptor } = container.registry(CELL).find('min-gru')!
  expect(descriptor.config.safeParse({ hidden: 4, form: 'parallel' }).success).toBe(false)
})
