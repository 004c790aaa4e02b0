/** Options of the LSTM that the sweep over cells, which takes the defaults, does not see. */
import {
  type Cell,
  evaluate,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sizeOf,
  type Tensor,
  type Traced,
  toNumbers,
} from '@elman/core'
import { checkGradients, expectClose } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { unroll } from '../sequence/unroll.ts'
import { type LstmOptions, lstm } from './lstm.ts'

const [TIME, BATCH, INPUT, HIDDEN] = [5, 3, 2, 4]
const make = (options: Partial<LstmOptions> = {}) => lstm({ inputSize: INPUT, hidden: HIDDEN, ...options })

function sample(shape: readonly number[], seed: number, scale = 1): NdArray {
  const data = random.normal(random.key(seed), sizeOf(shape), 'float64').map(x => x * scale)
  return ndArray('float64', shape, data)
}

const xs = sample([TIME, BATCH, INPUT], 1)
const state = { h: sample([BATCH, HIDDEN], 2, 0.3), c: sample([BATCH, HIDDEN], 3, 0.3) }

function run(cell: unknown, parameters: Parameters, sequence = xs) {
  const walk = (p: Traced<Parameters>, x: Tensor, before: { h: Tensor; c: Tensor }) =>
    unroll(cell as Cell, p, x, before as never)
  return evaluate(walk as never, parameters as never, sequence as never, state as never) as unknown as {
    readonly outputs: NdArray
    readonly finalState: { readonly h: NdArray; readonly c: NdArray }
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

test('a capped input gate writes no more than the forget gate lets go', () => {
  const cell = make({ capInputGate: true })
  const parameters = cell.init(random.key(4), 'float64')
  const [w, u, b] = [parameters.input, parameters.recurrent, parameters.bias].map(toNumbers) as number[][]
  let capped = 0
  const [h, c] = [toNumbers(state.h), toNumbers(state.c)]
  for (let t = 0; t < TIME; t++) {
    const x = toNumbers(xs).slice(t * BATCH * INPUT)
    const before = [...h]
    for (let row = 0; row < BATCH; row++) {
      for (let unit = 0; unit < HIDDEN; unit++) {
        const gate = (index: number) => {
          const column = index * HIDDEN + unit
          let sum = b![column]!
          for (let k = 0; k < INPUT; k++) sum += x[row * INPUT + k]! * w![k * 4 * HIDDEN + column]!
          for (let k = 0; k < HIDDEN; k++) sum += before[row * HIDDEN + k]! * u![k * 4 * HIDDEN + column]!
          return sum
        }
        const keep = sigmoid(gate(1))
        const write = Math.min(sigmoid(gate(0)), 1 - keep)
        if (write < sigmoid(gate(0))) capped += 1
        const at = row * HIDDEN + unit
        c[at] = keep * c[at]! + write * Math.tanh(gate(2))
        h[at] = sigmoid(gate(3)) * Math.tanh(c[at]!)
      }
    }
  }
  const { finalState } = run(cell, parameters)
  expectClose(toNumbers(finalState.h), h, 1e-12)
  expectClose(toNumbers(finalState.c), c, 1e-12)
  expect(capped).toBeGreaterThan(5)
  expect(capped).toBeLessThan(TIME * BATCH * HIDDEN - 5)
})

test('with a capped input gate the memory stays within ± 1, without it does not', () => {
  const long = sample([40, BATCH, INPUT], 5)
  const largest = (capInputGate: boolean) => {
    const cell = make({ capInputGate, initialScale: 3, forgetBias: 4 })
    return Math.max(
      ...toNumbers(run(cell, cell.init(random.key(6), 'float64'), long).finalState.c).map(Math.abs),
    )
  }
  expect(largest(true)).toBeLessThanOrEqual(1)
  expect(largest(false)).toBeGreaterThan(1)
})

test('a second bias adds to the first, is drawn apart and leaves the other parameters as they are drawn', () => {
  const [one, two] = [make(), make({ recurrentBias: true })]
  const parameters = two.init(random.key(7), 'float64')
  const { recurrentBias, ...rest } = parameters
  expect(rest).toEqual(one.init(random.key(7), 'float64'))
  expect(recurrentBias).not.toEqual(rest.bias)
  const sum = toNumbers(rest.bias).map((x, i) => x + toNumbers(recurrentBias!)[i]!)
  const joined = { ...rest, bias: ndArray('float64', rest.bias.shape, Float64Array.from(sum)) }
  expectClose(run(two, parameters).outputs, run(one, joined).outputs, 1e-13)
})

test.each([
  ['capInputGate', { capInputGate: true }],
  ['recurrentBias', { recurrentBias: true }],
  ['both', { capInputGate: true, recurrentBias: true }],
])('gradients with %s equal finite differences', (_, options) => {
  const cell = make(options)
  const apply = (p: Traced<Parameters>, x: Tensor) => unroll(cell as never, p as never, x).outputs
  checkGradients(apply as never, [cell.init(random.key(8), 'float64'), xs])
})
