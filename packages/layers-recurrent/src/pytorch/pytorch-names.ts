/**
 * Parameters of `torch.nn.RNN`, `LSTM` (with `proj_size`) and `GRU`, and ours: a stack of {@link recurrent} layers,
 * or of {@link bidirectional} ones (`forward`, `backward`).
 *
 * PyTorch keeps weights as (out, in) and two biases where we keep one, their sum.
 */
import { ElmanError, type NdArray, ndArray, type Parameters, type Shape } from '@elman/core'

/** Kinds of PyTorch modules. `lstm` includes the one with `proj_size`. */
export type PyTorchKind = 'rnn-tanh' | 'rnn-relu' | 'lstm' | 'gru'

/** Tensors by PyTorch's names, such as `weight_ih_l0_reverse`. */
export type PyTorchTensors = { readonly [name: string]: NdArray }

const NAME = /^(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l(\d+)(_reverse)?$/
const OUR_NAME = { weight_ih: 'input', weight_hh: 'recurrent', weight_hr: 'projection' } as const

/**
 * Our parameters from a module's state dict.
 *
 * @throws `PYTORCH_NAME_UNKNOWN`, `PYTORCH_PARAMETER_MISSING`
 */
export function fromPyTorch(kind: PyTorchKind, tensors: PyTorchTensors): Parameters {
  const names = Object.keys(tensors)
  for (const name of names) {
    if (!NAME.test(name)) {
      throw new ElmanError('PYTORCH_NAME_UNKNOWN', {
        message: `"${name}" is no parameter of torch.nn.RNN, LSTM or GRU`,
        expected: 'names such as weight_ih_l0, bias_hh_l1_reverse, without a prefix',
      })
    }
  }
  const layers = 1 + Math.max(0, ...names.map(name => Number(NAME.exec(name)![2])))
  const bothDirections = names.some(name => name.endsWith('_reverse'))
  const layer = (index: number): Parameters => {
    const forward = cellFromPyTorch(kind, tensors, `_l${index}`)
    if (!bothDirections) return forward
    return { forward, backward: cellFromPyTorch(kind, tensors, `_l${index}_reverse`) }
  }
  return Object.fromEntries(Array.from({ length: layers }, (_, index) => [String(index), layer(index)]))
}

function cellFromPyTorch(kind: PyTorchKind, tensors: PyTorchTensors, suffix: string): Parameters {
  const get = (name: string): NdArray => {
    const tensor = tensors[name + suffix]
    if (tensor !== undefined) return tensor
    throw new ElmanError('PYTORCH_PARAMETER_MISSING', {
      message: `the tensors of a PyTorch module lack ${name}${suffix}`,
      found: Object.keys(tensors).join(', '),
    })
  }
  const hidden = get('weight_ih').shape[0]! / GATES[kind]
  const [biasIh, biasHh] = [get('bias_ih'), get('bias_hh')]
  // In GRU, the candidate's two biases stay apart: the reset gate scales one of them.
  const summed = kind === 'gru' ? 2 * hidden : biasIh.shape[0]!
  const bias = like(biasIh, biasIh.shape, i => at(biasIh, i) + (i < summed ? at(biasHh, i) : 0))
  return {
    input: transposed(get('weight_ih')),
    recurrent: transposed(get('weight_hh')),
    bias,
    ...(kind === 'gru' && { recurrentBias: like(biasHh, [hidden], i => at(biasHh, 2 * hidden + i)) }),
    ...(`weight_hr${suffix}` in tensors && { projection: transposed(get('weight_hr')) }),
  }
}

const GATES: { readonly [Kind in PyTorchKind]: number } = { 'rnn-tanh': 1, 'rnn-relu': 1, lstm: 4, gru: 3 }

/** A module's state dict from our parameters; our one bias becomes `bias_ih`, and `bias_hh` is zero beside it. */
export function toPyTorch(kind: PyTorchKind, parameters: Parameters): PyTorchTensors {
  const tensors: { [name: string]: NdArray } = {}
  for (const [index, layer] of Object.entries(parameters) as [string, Parameters][]) {
    const directions = 'forward' in layer ? { '': layer.forward, _reverse: layer.backward } : { '': layer }
    for (const [direction, cell] of Object.entries(directions)) {
      Object.assign(tensors, cellToPyTorch(kind, cell as PyTorchTensors, `_l${index}${direction}`))
    }
  }
  return tensors
}

function cellToPyTorch(kind: PyTorchKind, cell: PyTorchTensors, suffix: string): PyTorchTensors {
  const weights = Object.entries(OUR_NAME).flatMap(([theirs, ours]) => {
    const weight = cell[ours]
    return weight === undefined ? [] : [[theirs + suffix, transposed(weight)] as const]
  })
  const bias = cell.bias!
  const candidate = kind === 'gru' ? cell.recurrentBias : undefined
  const start = bias.shape[0]! - (candidate?.shape[0] ?? 0)
  const biasHh = (i: number) => (candidate !== undefined && i >= start ? at(candidate, i - start) : 0)
  return {
    ...Object.fromEntries(weights),
    [`bias_ih${suffix}`]: like(bias, bias.shape, i => at(bias, i)),
    [`bias_hh${suffix}`]: like(bias, bias.shape, biasHh),
  }
}

function at(array: NdArray, index: number): number {
  return Number(array.data[index])
}

function like(array: NdArray, shape: Shape, element: (index: number) => number): NdArray {
  const length = shape.reduce((product, extent) => product * extent, 1)
  const storage = array.dtype === 'float64' ? new Float64Array(length) : new Float32Array(length)
  return ndArray(
    array.dtype,
    shape,
    storage.map((_, i) => element(i)),
  )
}

function transposed(matrix: NdArray): NdArray {
  const [rows, columns] = matrix.shape as [number, number]
  return like(matrix, [columns, rows], i => at(matrix, (i % rows) * columns + Math.floor(i / rows)))
}
