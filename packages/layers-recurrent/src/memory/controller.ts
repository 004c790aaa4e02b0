/** What controls a memory: a plain or an LSTM cell that sees x and what was read from the memory. */
import { add, matmul, mul, relu, sigmoid, split, type Tensor, type Traced, tanh } from '@elman/core'
import { withGateBias } from '../cells/initial-values.ts'
import type { LinearShapes } from './linear-shapes.ts'
import type { MemoryParameters, MemoryState } from './memory-cell.ts'

/** Functions of a plain controller's h. */
const ACTIVATIONS = { tanh, relu, sigmoid } as const

/** A controller: its equations, apart from the memory. */
export interface Controller {
  readonly stateShapes: { readonly [name: string]: readonly number[] }
  readonly parameters: LinearShapes
  readonly recurrentWeights: readonly string[]
  /** Initial values that are not drawn. */
  adjust?: ((drawn: MemoryParameters) => MemoryParameters) | undefined
  /** The state after a step, `h` (batch, hidden) among it. read (batch, readSize). */
  step(p: Traced<MemoryParameters>, state: MemoryState, x: Tensor, read: Tensor): MemoryState
}

/** Sizes of a controller. */
export interface ControllerSizes {
  readonly inputSize: number
  readonly hidden: number
  /** Features that are read from the memory. */
  readonly readSize: number
}

/**
 * Elman's cell over x and the read r: h' = g(x W + r V + h U + b). Parameters input W (input, hidden), read V
 * (readSize, hidden), recurrent U (hidden, hidden), bias (hidden).
 *
 * @param recurrent false: without h U, so that the memory is all that is remembered
 */
export function plainController(
  { inputSize, hidden, readSize }: ControllerSizes,
  activation: keyof typeof ACTIVATIONS,
  recurrent = true,
): Controller {
  const fanIn = inputSize + readSize
  const own = { recurrent: { shape: [hidden, hidden], fanIn: hidden } }
  return {
    stateShapes: { h: [hidden] },
    parameters: {
      input: { shape: [inputSize, hidden], fanIn },
      read: { shape: [readSize, hidden], fanIn },
      bias: { shape: [hidden], fanIn },
      ...(recurrent && own),
    },
    recurrentWeights: recurrent ? ['read', 'recurrent'] : ['read'],
    step(p, { h }, x, read) {
      const seen = add(add(matmul(x, p.input!), p.bias!), matmul(read, p.read!))
      return { h: ACTIVATIONS[activation](recurrent ? add(seen, matmul(h!, p.recurrent!)) : seen) }
    },
  }
}

/**
 * An LSTM over x and the read r, gates i, f, g, o side by side. Parameters input (input, 4·hidden), read (readSize,
 * 4·hidden), recurrent (hidden, 4·hidden), bias (4·hidden), whose forget gates start at `forgetBias`.
 */
export function lstmController(
  { inputSize, hidden, readSize }: ControllerSizes,
  forgetBias: number | undefined,
): Controller {
  const fanIn = inputSize + readSize
  return {
    stateShapes: { h: [hidden], c: [hidden] },
    parameters: {
      input: { shape: [inputSize, 4 * hidden], fanIn },
      read: { shape: [readSize, 4 * hidden], fanIn },
      recurrent: { shape: [hidden, 4 * hidden], fanIn: hidden },
      bias: { shape: [4 * hidden], fanIn },
    },
    recurrentWeights: ['read', 'recurrent'],
    adjust: drawn => ({ ...drawn, bias: withGateBias(drawn.bias!, 1, hidden, forgetBias) }),
    step(p, { h, c }, x, read) {
      const seen = add(add(matmul(x, p.input!), p.bias!), matmul(read, p.read!))
      const gates = add(seen, matmul(h!, p.recurrent!))
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const cell = add(mul(sigmoid(f), c!), mul(sigmoid(i), tanh(g))) // c' = f ⊙ c + i ⊙ g
      return { h: mul(sigmoid(o), tanh(cell)), c: cell } // h' = o ⊙ tanh(c')
    },
  }
}
