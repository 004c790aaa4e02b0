import {
  add,
  matmul,
  maximum,
  minimum,
  mul,
  type NdArray,
  sigmoid,
  split,
  type Tensor,
  tanh,
} from '@elman/core'
import { z } from 'zod'
import { describeCellFunction, type ForgetOptions, forgetConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters, withGateBias } from './initial-values.ts'
import type { LstmParameters, LstmState } from './lstm.ts'

/** Options of {@link lstmProjection}. */
export interface ProjectionOptions extends ForgetOptions {
  /** Features of h and of the output. */
  readonly projection: number
  /** Bound of the memory, ±; none unless given. */
  readonly cellClip?: number | undefined
  /** Bound of h, ±; none unless given. */
  readonly projectionClip?: number | undefined
}

/** As {@link LstmParameters} with recurrent (projection, 4·hidden), and projection (hidden, projection). */
export type ProjectionParameters = LstmParameters & { projection: NdArray }

/**
 * LSTM with a recurrent projection (Sak et al. 2014), and the clipping of ELMo (Peters et al. 2018).
 * A clipped value passes no gradient. State: h (batch, projection), c (batch, hidden).
 */
export function lstmProjection(options: ProjectionOptions): GatedCell<ProjectionParameters, LstmState> {
  const { inputSize, hidden, projection: width } = options
  return {
    inputSize,
    outputSize: width,
    stateShapes: { h: [width], c: [hidden] },
    recurrentWeights: ['recurrent'],
    gates: ['i', 'f', 'g', 'o'],
    hasCandidate: true,
    init(key, dtype = 'float32') {
      const drawn = uniformParameters(key, dtype, options, {
        input: [inputSize, 4 * hidden],
        recurrent: [width, 4 * hidden],
        bias: [4 * hidden],
        projection: [hidden, width],
      })
      return { ...drawn, bias: withGateBias(drawn.bias, 1, hidden, options.forgetBias) }
    },
    step({ input, recurrent, bias, projection }, { h, c }, x, noise = NO_NOISE) {
      const gates = add(add(noise.input(x, input), bias), noise.recurrent(h, recurrent))
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const sum = add(mul(sigmoid(f), c), mul(sigmoid(i), noise.candidate(tanh(g))))
      const cell = clip(sum, options.cellClip)
      const next = clip(matmul(mul(sigmoid(o), tanh(cell)), projection), options.projectionClip)
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

function clip(x: Tensor, bound: number | undefined): Tensor {
  return bound === undefined ? x : minimum(maximum(x, -bound), bound)
}

/** Registry entry `lstm-projection`. */
export const lstmProjectionComponent = describeCellFunction(
  'lstm-projection',
  'LSTM with a recurrent projection (Sak et al. 2014) and optional clipping (Peters et al. 2018)',
  forgetConfig.extend({
    projection: z.int().positive().describe('features of h and of the output'),
    cellClip: z.number().positive().optional().describe('bound of the memory'),
    projectionClip: z.number().positive().optional().describe('bound of h'),
  }),
  lstmProjection,
)
