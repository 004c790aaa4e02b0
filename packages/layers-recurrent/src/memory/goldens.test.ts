/** Numbers of PyTorch loops whose memories are lists, made by the script in tools/. */
import { readFileSync } from 'node:fs'
import {
  add,
  type Cell,
  evaluate,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  sum,
  type Tensor,
  type Traced,
  valueAndGrad,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { diagonal, queueRnn, stackLstm, stackRnn, superpositionStack, tapeRnn, unroll } from '../index.ts'

type Goldens = { readonly [name: string]: GoldenArray }

interface Golden {
  readonly name: string
  readonly input: GoldenArray
  readonly parameters: Goldens
  readonly outputWeight: GoldenArray
  readonly finalWeights: Goldens
  readonly output: GoldenArray
  readonly finalStates: Goldens
  readonly gradients: { readonly input: GoldenArray; readonly parameters: Goldens }
}

const file: {
  readonly sizes: { hidden: number; cellSize: number; capacity: number; stacks: number; jump: number }
  readonly cells: readonly Golden[]
} = JSON.parse(readFileSync(new URL('../fixtures/memory.json', import.meta.url), 'utf8'))

const { stacks, jump, ...given } = file.sizes
const sizes = { inputSize: 3, ...given }
const numbers = { ...sizes, stacks, cellSize: 1 }

const CELLS: { readonly [name: string]: unknown } = {
  'stack-rnn': stackRnn(sizes),
  'stack-rnn, rectified, two stacks': stackRnn({ ...sizes, stacks, controller: 'relu' }),
  'stack-rnn, two stacks, one softmax': stackRnn({ ...sizes, stacks, actionSoftmax: 'together' }),
  'stack-rnn, hard': stackRnn({ ...sizes, stacks }).hard,
  'stack-lstm': stackLstm(sizes),
  'superposition-stack': superpositionStack(numbers),
  'superposition-stack, recurrent, two actions': superpositionStack({
    ...numbers,
    recurrent: true,
    noop: false,
  }),
  'queue-rnn': queueRnn(sizes),
  'queue-rnn of an LSTM': queueRnn({ ...sizes, controller: 'lstm' }),
  'queue-rnn, hard': queueRnn(sizes).hard,
  'tape-rnn': tapeRnn(sizes),
  'tape-rnn with jumps': tapeRnn({ ...sizes, jump, controller: 'relu', valueLayers: [4, 5] }),
  'tape-rnn, hard': tapeRnn({ ...sizes, jump }).hard,
  diagonal: diagonal({ inputSize: 3, hidden: sizes.hidden }),
  'diagonal of both signs': diagonal({
    inputSize: 3,
    hidden: sizes.hidden,
    eigenvalues: 'minus-one-one',
    outputGate: false,
  }),
}

function array({ shape, data }: GoldenArray): NdArray {
  return ndArray('float64', shape, Float64Array.from(data))
}

function arrays(record: Goldens): { [name: string]: NdArray } {
  return Object.fromEntries(Object.entries(record).map(([name, golden]) => [name, array(golden)]))
}

test('every golden has a cell and every cell a golden', () => {
  expect(file.cells.map(({ name }) => name).toSorted()).toEqual(Object.keys(CELLS).toSorted())
})

test.each(file.cells)(
  '$name: outputs, the final memory and all gradients are those of lists in PyTorch',
  golden => {
    const cell = CELLS[golden.name] as Cell
    const loss = ([p, xs]: readonly [Traced<Parameters>, Tensor]): [Tensor, unknown] => {
      const result = unroll(cell, p as never, xs)
      const weighed = Object.entries(arrays(golden.finalWeights)).map(([name, weight]) =>
        sum(mul(result.finalState[name]!, weight)),
      )
      const outputs = sum(mul(result.outputs, array(golden.outputWeight)))
      return [weighed.reduce((a, b) => add(a, b), outputs), result]
    }
    const inputs = [arrays(golden.parameters), array(golden.input)]
    const [[, { outputs, finalState }], [parameters, xs]] = evaluate(
      valueAndGrad(loss, { hasAux: true }) as never,
      inputs as never,
    ) as unknown as [
      [NdArray, { outputs: NdArray; finalState: { [name: string]: NdArray } }],
      [{ [name: string]: NdArray }, NdArray],
    ]
    expectClose(outputs, golden.output, 1e-9)
    for (const [name, expected] of Object.entries(golden.finalStates))
      expectClose(finalState[name]!, expected, 1e-9)
    expectClose(xs, golden.gradients.input, 1e-9)
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(golden.gradients.parameters).sort())
    for (const [name, expected] of Object.entries(golden.gradients.parameters))
      expectClose(parameters[name]!, expected, 1e-9)
  },
)
