import { add, type NdArray, relu, sigmoid, type Tensor, tanh } from '@elman/core'
import { type CellOptions, cellConfig, describeCellFunction } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters } from './initial-values.ts'

/** input (input, hidden), recurrent (hidden, hidden), bias (hidden). */
export type ElmanParameters = { input: NdArray; recurrent: NdArray; bias: NdArray }
/** h (batch, hidden). */
export type ElmanState = { h: Tensor }

/** Elman's cell (1990) with tanh: h' = tanh(x W + h U + b). */
export function elmanTanh(options: CellOptions): GatedCell<ElmanParameters, ElmanState> {
  return elman(options, tanh)
}

/** Elman's cell with a rectifier: h' = max(0, x W + h U + b). */
export function elmanRelu(options: CellOptions): GatedCell<ElmanParameters, ElmanState> {
  return elman(options, relu)
}

/**
 * Elman's cell with the logistic function: h' = σ(x W + h U + b), the hidden layer of Mikolov et al.'s RNNLM (2010),
 * which has no b.
 */
export function elmanSigmoid(options: CellOptions): GatedCell<ElmanParameters, ElmanState> {
  return elman(options, sigmoid)
}

function elman(
  options: CellOptions,
  activation: (x: Tensor) => Tensor,
): GatedCell<ElmanParameters, ElmanState> {
  const { inputSize, hidden } = options
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden] },
    recurrentWeights: ['recurrent'],
    gates: ['h'],
    hasCandidate: false,
    init: (key, dtype = 'float32') =>
      uniformParameters(key, dtype, options, {
        input: [inputSize, hidden],
        recurrent: [hidden, hidden],
        bias: [hidden],
      }),
    step({ input, recurrent, bias }, { h }, x, noise = NO_NOISE) {
      const next = activation(add(add(noise.input(x, input), bias), noise.recurrent(h, recurrent)))
      return { state: { h: next }, output: next }
    },
  }
}

/** Registry entry `elman-tanh`. */
export const elmanTanhComponent = describeCellFunction(
  'elman-tanh',
  "Elman's cell with tanh (Elman 1990)",
  cellConfig,
  elmanTanh,
)

/** Registry entry `elman-relu`. */
export const elmanReluComponent = describeCellFunction(
  'elman-relu',
  "Elman's cell with a rectifier",
  cellConfig,
  elmanRelu,
)

/** Registry entry `elman-sigmoid`. */
export const elmanSigmoidComponent = describeCellFunction(
  'elman-sigmoid',
  "Elman's cell with the logistic function (Mikolov et al. 2010)",
  cellConfig,
  elmanSigmoid,
)
