/** PyTorch's numbers for modules of one and two layers in one and both directions, made by the script in tools/. */
import { readFileSync } from 'node:fs'
import {
  add,
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
  bidirectional,
  elmanRelu,
  elmanTanh,
  type FloatType,
  fromPyTorch,
  gru,
  gruResetBefore,
  lstm,
  lstmCoupled,
  lstmLayerNorm,
  lstmLayerNormPerGate,
  lstmPeephole,
  lstmProjection,
  type PyTorchKind,
  recurrent,
  recurrentStack,
  type SequenceLayer,
  type SequenceState,
  toPyTorch,
  unroll,
} from '../index.ts'

type Goldens = { readonly [name: string]: GoldenArray }

interface Golden {
  readonly name: string
  readonly hidden: number
  readonly input: GoldenArray
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

interface GoldenModule extends Golden {
  readonly kind: PyTorchKind | 'lstm-projection'
  readonly layers: number
  readonly bidirectional: boolean
  readonly projection: number | null
}

interface GoldenCell extends Golden {
  readonly options: {
    readonly epsilon?: number
    readonly cellClip?: number
    readonly projectionClip?: number
  }
}

const goldens: { readonly modules: readonly GoldenModule[]; readonly cells: readonly GoldenCell[] } =
  JSON.parse(readFileSync(new URL('../fixtures/recurrent.json', import.meta.url), 'utf8'))
const precisions = [
  { dtype: 'float64', tolerance: 1e-10 },
  { dtype: 'float32', tolerance: 1e-5 },
] as const

type ArrayTree = { readonly [name: string]: NdArray | ArrayTree }
type Run = (
  parameters: Traced<Parameters>,
  xs: Tensor,
  state: SequenceState,
) => { outputs: Tensor; state: SequenceState }

function array(golden: GoldenArray, dtype: FloatType): NdArray {
  const data = dtype === 'float64' ? Float64Array.from(golden.data) : Float32Array.from(golden.data)
  return { dtype, shape: golden.shape, data }
}

function arrays(record: Goldens, dtype: FloatType): { [name: string]: NdArray } {
  return Object.fromEntries(Object.entries(record).map(([name, golden]) => [name, array(golden, dtype)]))
}

/** Outputs, final states, loss and the gradients of everything, all as PyTorch's golden asks. */
function runGolden(
  golden: Golden,
  run: Run,
  dtype: FloatType,
  parameters: Parameters,
  state: ArrayTree,
  weights: ArrayTree,
) {
  const outputWeight = array(golden.outputWeight, dtype)
  const loss = (
    [p, xs, initial]: readonly [Traced<Parameters>, Tensor, SequenceState],
    finalWeights: SequenceState,
  ): [Tensor, unknown] => {
    const result = run(p, xs, initial)
    const total = add(sum(mul(result.outputs, outputWeight)), weightedSum(result.state, finalWeights))
    return [total, result]
  }
  const both = valueAndGrad(loss, { hasAux: true })
  const evaluated = evaluate(
    both as never,
    [parameters, array(golden.input, dtype), state],
    weights,
  ) as unknown
  return evaluated as [[NdArray, { outputs: NdArray; state: ArrayTree }], [Parameters, NdArray, ArrayTree]]
}

function weightedSum(state: SequenceState, weights: SequenceState): Tensor {
  return Object.entries(state)
    .map(([name, part]) =>
      'scope' in part
        ? sum(mul(part as Tensor, weights[name] as Tensor))
        : weightedSum(part as SequenceState, weights[name] as SequenceState),
    )
    .reduce((a, b) => add(a, b))
}

/** PyTorch's states (layers · directions, batch, width) in the arrangement of a stack. */
function stackStates(record: Goldens, golden: GoldenModule, dtype: FloatType): ArrayTree {
  const cellState = (index: number) =>
    Object.fromEntries(
      Object.entries(arrays(record, dtype)).map(([name, { shape, data }]) => {
        const size = shape[1]! * shape[2]!
        return [name, { dtype, shape: shape.slice(1), data: data.slice(index * size, (index + 1) * size) }]
      }),
    )
  const layer = (index: number) =>
    golden.bidirectional
      ? { forward: cellState(2 * index), backward: cellState(2 * index + 1) }
      : cellState(index)
  return Object.fromEntries(
    Array.from({ length: golden.layers }, (_, index) => [String(index), layer(index)]),
  )
}

function stackOf(golden: GoldenModule): SequenceLayer {
  const { kind, hidden } = golden
  const cell = (inputSize: number) => {
    if (kind === 'lstm-projection')
      return lstmProjection({ inputSize, hidden, projection: golden.projection! })
    return { 'rnn-tanh': elmanTanh, 'rnn-relu': elmanRelu, lstm, gru }[kind]({ inputSize, hidden })
  }
  const layer = (inputSize: number) =>
    golden.bidirectional
      ? bidirectional(
          recurrent(cell(inputSize) as never),
          recurrent(cell(inputSize) as never, { reverse: true }),
        )
      : recurrent(cell(inputSize) as never)
  const first = layer(golden.input.shape[2]!)
  return recurrentStack({ layers: golden.layers === 1 ? [first] : [first, layer(first.outputSize)] })
}

function expectSameTree(actual: ArrayTree, expected: ArrayTree, tolerance: number) {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, part] of Object.entries(expected)) {
    if ('data' in part) expectClose(actual[name] as NdArray, part as NdArray, tolerance)
    else expectSameTree(actual[name] as ArrayTree, part as ArrayTree, tolerance)
  }
}

describe.each(precisions)('in $dtype within $tolerance', ({ dtype, tolerance }) => {
  test.each(goldens.modules)(
    '$name: outputs, final states and all gradients are those of PyTorch',
    golden => {
      const kind = golden.kind === 'lstm-projection' ? 'lstm' : golden.kind
      const stack = stackOf(golden)
      const run: Run = (parameters, xs, state) => stack.apply(parameters, { xs, state }, { mode: 'evaluate' })
      const [[loss, { outputs, state }], gradients] = runGolden(
        golden,
        run,
        dtype,
        fromPyTorch(kind, arrays(golden.parameters, dtype)),
        stackStates(golden.initialStates, golden, dtype),
        stackStates(golden.finalStateWeights, golden, dtype),
      )
      expectClose([Number(loss.data[0])], [golden.loss], tolerance)
      expectClose(outputs, golden.output, tolerance)
      expectSameTree(state, stackStates(golden.finalStates, golden, dtype), tolerance)
      expectClose(gradients[1], golden.gradients.input, tolerance)
      expectSameTree(gradients[2], stackStates(golden.gradients.initialStates, golden, dtype), tolerance)
      expectSameTree(gradients[0], gradientsFromPyTorch(kind, golden, dtype), tolerance)
    },
  )

  test.each(goldens.cells)('$name: outputs, final states and all gradients are those of PyTorch', golden => {
    const { cell, names } = cellOf(golden)
    const parameters = renamed(arrays(golden.parameters, dtype), names)
    const run: Run = (p, xs, initial) => {
      const { outputs, finalState } = unroll(cell, p as never, xs, initial as never)
      return { outputs, state: finalState as SequenceState }
    }
    const [[loss, { outputs, state }], gradients] = runGolden(
      golden,
      run,
      dtype,
      parameters,
      arrays(golden.initialStates, dtype),
      arrays(golden.finalStateWeights, dtype),
    )
    expectClose([Number(loss.data[0])], [golden.loss], tolerance)
    expectClose(outputs, golden.output, tolerance)
    expectSameTree(state, arrays(golden.finalStates, dtype), tolerance)
    expectClose(gradients[1], golden.gradients.input, tolerance)
    expectSameTree(gradients[2], arrays(golden.gradients.initialStates, dtype), tolerance)
    expectSameTree(gradients[0], renamed(arrays(golden.gradients.parameters, dtype), names), tolerance)
  })
})

/** The gradient of our one bias is that of either of PyTorch's two: one is zeroed here, because fromPyTorch adds. */
function gradientsFromPyTorch(kind: PyTorchKind, golden: GoldenModule, dtype: FloatType): Parameters {
  const tensors = arrays(golden.gradients.parameters, dtype)
  const withoutHh = Object.entries(tensors).map(([name, tensor]) => {
    if (!name.startsWith('bias_hh')) return [name, tensor]
    const kept = kind === 'gru' ? 2 * golden.hidden : tensor.shape[0]!
    return [
      name,
      { ...tensor, data: tensor.data.map((x: number | bigint, i: number) => (i < kept ? 0 : x) as never) },
    ]
  })
  return fromPyTorch(kind, Object.fromEntries(withoutHh))
}

const NAMES: { readonly [theirs: string]: string } = {
  weight_ih: 'input',
  weight_hh: 'recurrent',
  weight_hr: 'projection',
  peephole_i: 'peepholeI',
  peephole_f: 'peepholeF',
  peephole_o: 'peepholeO',
  gain_ih: 'inputGain',
  gain_hh: 'recurrentGain',
  gain_c: 'cellGain',
  bias_c: 'cellBias',
}

function cellOf(golden: GoldenCell) {
  const sizes = { inputSize: golden.input.shape[2]!, hidden: golden.hidden, ...golden.options }
  const cells = {
    'gru-reset-before': () => gruResetBefore(sizes),
    'lstm-peephole': () => lstmPeephole(sizes),
    'lstm-layer-norm': () => lstmLayerNorm(sizes),
    'lstm-layer-norm-per-gate': () => lstmLayerNormPerGate(sizes),
    'lstm-coupled': () => lstmCoupled(sizes),
    'lstm-projection-clipped': () => lstmProjection({ ...sizes, projection: golden.output.shape[2]! }),
  }
  return { cell: cells[golden.name as keyof typeof cells]() as never, names: NAMES }
}

/** Golden parameters under our names, matrices as (in, out). */
function renamed(
  tensors: { readonly [name: string]: NdArray },
  names: typeof NAMES,
): { [name: string]: NdArray } {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [names[name] ?? name, transposed(tensor)]),
  )
}

function transposed(tensor: NdArray): NdArray {
  if (tensor.shape.length !== 2) return tensor
  const [rows, columns] = tensor.shape as [number, number]
  const data = tensor.data.map(
    (_: number | bigint, i: number) => tensor.data[(i % rows) * columns + Math.floor(i / rows)] as never,
  )
  return { ...tensor, shape: [columns, rows], data }
}

test.each(goldens.modules)('$name: parameters come back from PyTorch and return to it', golden => {
  const kind = golden.kind === 'lstm-projection' ? 'lstm' : golden.kind
  const ours = fromPyTorch(kind, arrays(golden.parameters, 'float64'))
  const theirs = toPyTorch(kind, ours)
  expect(Object.keys(theirs).sort()).toEqual(Object.keys(golden.parameters).sort())
  expectSameTree(fromPyTorch(kind, theirs) as ArrayTree, ours as ArrayTree, 0)
})

test('a missing PyTorch parameter is named', () => {
  const tensors = arrays(goldens.modules[0]!.parameters, 'float64')
  const { bias_hh_l0: _, ...rest } = tensors
  expect(() => fromPyTorch('rnn-tanh', rest)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PYTORCH_PARAMETER_MISSING  the tensors of a PyTorch module lack bias_hh_l0
      found    weight_ih_l0, weight_hh_l0, bias_ih_l0]
  `)
})

test('a name that no PyTorch module has is refused', () => {
  const tensors = arrays(goldens.modules[0]!.parameters, 'float64')
  expect(() =>
    fromPyTorch('lstm', { 'rnn.weight_ih_l0': tensors.weight_ih_l0! }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PYTORCH_NAME_UNKNOWN  "rnn.weight_ih_l0" is no parameter of torch.nn.RNN, LSTM or GRU
      expected names such as weight_ih_l0, bias_hh_l1_reverse, without a prefix]
  `)
})
