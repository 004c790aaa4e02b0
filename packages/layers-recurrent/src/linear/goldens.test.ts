/** Numbers of plain loops in PyTorch, made by the script in tools/, for every form of every cell. */
import { readFileSync } from 'node:fs'
import {
  add,
  type Cell,
  evaluate,
  mul,
  type NdArray,
  type Parameters,
  sum,
  type Tensor,
  type Traced,
  valueAndGrad,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import {
  gatedDeltaNet,
  mamba2,
  minGru,
  minLstm,
  mLstm,
  type RecurrenceForm,
  rgLru,
  sLstm,
  unroll,
} from '../index.ts'

type Goldens = { readonly [name: string]: GoldenArray }
type Float = 'float32' | 'float64'

interface Golden {
  readonly name: string
  readonly input: GoldenArray
  readonly reset: GoldenArray
  readonly initialStates: Goldens
  readonly parameters: Goldens
  readonly outputWeight: GoldenArray
  readonly finalStateWeights: Goldens
  readonly output: GoldenArray
  readonly finalStates: Goldens
  readonly loss: number
  readonly gradients: {
    readonly input: GoldenArray
    readonly initialStates: Goldens
    readonly parameters: Goldens
  }
}

const file: {
  readonly sizes: {
    readonly hidden: number
    readonly heads: number
    readonly keySize: number
    readonly convolution: number
  }
  readonly cells: readonly Golden[]
} = JSON.parse(readFileSync(new URL('../fixtures/linear-recurrence.json', import.meta.url), 'utf8'))

function cellOf(name: string, form: RecurrenceForm | 'auto'): Cell {
  const { hidden, heads, keySize, convolution } = file.sizes
  const sizes = { inputSize: 3, hidden, form }
  const cells: { readonly [name: string]: () => unknown } = {
    'min-gru': () => minGru(sizes),
    'min-gru in log space': () => minGru({ ...sizes, space: 'log' }),
    'min-gru-plain': () => minGru({ ...sizes, candidate: 'plain' }),
    'min-lstm': () => minLstm(sizes),
    'min-lstm in log space': () => minLstm({ ...sizes, space: 'log' }),
    'rg-lru': () => rgLru({ ...sizes, heads }),
    griffin: () => rgLru({ ...sizes, heads, convolution, block: true }),
    's-lstm': () => sLstm({ inputSize: 3, hidden, heads }),
    'm-lstm': () => mLstm({ ...sizes, heads, keySize }),
    'gated-delta-net': () => gatedDeltaNet({ ...sizes, heads, keySize }),
    'gated-delta-net-convolved': () => gatedDeltaNet({ ...sizes, heads, keySize, convolution }),
    'mamba-2': () => mamba2({ ...sizes, heads, stateSize: keySize }),
  }
  return cells[name]!() as Cell
}

function array(golden: GoldenArray, dtype: Float): NdArray {
  const data = dtype === 'float64' ? Float64Array.from(golden.data) : Float32Array.from(golden.data)
  return { dtype, shape: golden.shape, data }
}

function arrays(record: Goldens, dtype: Float): { [name: string]: NdArray } {
  return Object.fromEntries(Object.entries(record).map(([name, golden]) => [name, array(golden, dtype)]))
}

/** The states before the sequence: the golden's, and for what only our cells carry that of a running document. */
function statesOf(cell: Cell, golden: Golden, dtype: Float): { [name: string]: NdArray } {
  const given = arrays(golden.initialStates, dtype)
  const batch = golden.input.shape[1]!
  const parts = Object.entries(cell.stateShapes).map(([name, shape]) => {
    const size = batch * shape.reduce((a, b) => a * b, 1)
    const value = name === 'started' ? 1 : 0
    return [name, given[name] ?? array({ shape: [batch, ...shape], data: Array(size).fill(value) }, dtype)]
  })
  return Object.fromEntries(parts)
}

/** Memories of exponential gates, multiplied by what they were divided by. */
function unscaled(state: { readonly [name: string]: NdArray }): { [name: string]: NdArray } {
  const peaks = state.m ?? state.stabilizer
  if (peaks === undefined) return { ...state }
  const scaled = (x: NdArray): NdArray => {
    const inner = x.data.length / peaks.data.length
    const data = (x.data as Float64Array).map(
      (v, i) => v * Math.exp(Number(peaks.data[Math.floor(i / inner)])),
    )
    return { ...x, data: data as Float64Array }
  }
  const names = ['c', 'n', 'memory', 'normalizer'].filter(name => name in state)
  return { ...state, ...Object.fromEntries(names.map(name => [name, scaled(state[name]!)])) }
}

interface Measured {
  readonly outputs: NdArray
  readonly finalState: { readonly [name: string]: NdArray }
}

function run(cell: Cell, golden: Golden, dtype: Float) {
  const loss = ([p, xs, state]: readonly [Traced<Parameters>, Tensor, { [name: string]: Tensor }]): [
    Tensor,
    unknown,
  ] => {
    const result = unroll(cell, p as never, xs, state, {
      reset: xs.scope.constant(array(golden.reset, dtype)),
    })
    const weighed = Object.entries(arrays(golden.finalStateWeights, dtype)).map(([name, weight]) =>
      sum(mul(result.finalState[name]!, weight)),
    )
    const outputs = sum(mul(result.outputs, array(golden.outputWeight, dtype)))
    return [weighed.reduce((a, b) => add(a, b), outputs), result]
  }
  const given = [arrays(golden.parameters, dtype), array(golden.input, dtype), statesOf(cell, golden, dtype)]
  return evaluate(valueAndGrad(loss, { hasAux: true }) as never, given as never) as unknown as [
    [NdArray, Measured],
    [{ [name: string]: NdArray }, NdArray, { [name: string]: NdArray }],
  ]
}

describe.each([
  ['float64', 1e-10],
  ['float32', 1e-4],
] as const)('in %s within %d', (dtype, tolerance) => {
  const cases = file.cells.flatMap(golden => {
    const logs = golden.name === 'min-gru' || golden.name === 'min-lstm'
    const names = logs ? [golden.name, `${golden.name} in log space`] : [golden.name]
    return names.map(name => ({ name, golden }))
  })

  test.each(cases)(
    '$name: outputs, final states and all gradients are those of PyTorch',
    ({ name, golden }) => {
      for (const form of ['sequential', 'scan', 'chunked', 'auto'] as const) {
        const [[loss, { outputs, finalState }], [parameters, xs, states]] = run(
          cellOf(name, form),
          golden,
          dtype,
        )
        expectClose([Number(loss.data[0])], [golden.loss], tolerance)
        expectClose(outputs, golden.output, tolerance)
        const final = unscaled(finalState)
        for (const [part, expected] of Object.entries(golden.finalStates))
          expectClose(final[part]!, expected, tolerance)
        expectClose(xs, golden.gradients.input, tolerance)
        expect(Object.keys(parameters).sort()).toEqual(Object.keys(golden.gradients.parameters).sort())
        for (const [path, expected] of Object.entries(golden.gradients.parameters))
          expectClose(parameters[path]!, expected, tolerance)
        for (const [part, expected] of Object.entries(golden.gradients.initialStates))
          expectClose(states[part]!, expected, tolerance)
      }
    },
  )
})
