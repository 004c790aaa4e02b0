import {
  add,
  CELL,
  type Cell,
  defineComponent,
  matmul,
  mul,
  type NdArray,
  sigmoid,
  sub,
  type Tensor,
  tanh,
} from '@elman/core'
import { z } from 'zod'
import { drawUniform } from './draw-uniform.ts'

/** W: (input, hidden) and U: (hidden, hidden), bias: (hidden); one of each for the gate f and the candidate. */
export type MguParameters = { Wf: NdArray; Uf: NdArray; bf: NdArray; Wh: NdArray; Uh: NdArray; bh: NdArray }

/** Minimal gated unit (Zhou, Wu, Zhang & Zhou 2016, equations 8): a GRU with one gate. x: (batch, input), h: (batch, hidden). */
export function mgu(inputSize: number, hidden: number): Cell<MguParameters, { h: Tensor }> {
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden] },
    recurrentWeights: ['Uf', 'Uh'],
    init: (key, dtype) =>
      drawUniform(key, 1 / Math.sqrt(hidden), dtype, {
        ...{ Wf: [inputSize, hidden], Uf: [hidden, hidden], bf: [hidden] },
        ...{ Wh: [inputSize, hidden], Uh: [hidden, hidden], bh: [hidden] },
      }),
    step({ Wf, Uf, bf, Wh, Uh, bh }, { h }, x) {
      const f = sigmoid(add(add(matmul(x, Wf), matmul(h, Uf)), bf)) //         fₜ = σ(x W_f + hₜ₋₁ U_f + b_f)
      const candidate = tanh(add(add(matmul(x, Wh), matmul(mul(f, h), Uh)), bh)) // h̃ₜ = tanh(x W_h + (fₜ ⊙ hₜ₋₁) U_h + b_h)
      const next = add(mul(sub(1, f), h), mul(f, candidate)) //                hₜ = (1 − fₜ) ⊙ hₜ₋₁ + fₜ ⊙ h̃ₜ
      return { state: { h: next }, output: next }
    },
  }
}

/** Registry entry `mgu`. */
export const mguComponent = defineComponent(CELL, {
  type: 'mgu',
  summary: 'Minimal gated unit (Zhou et al. 2016)',
  config: z.strictObject({ hidden: z.int().positive().describe('features of the carried state') }),
  create:
    ({ hidden }) =>
    (inputSize: number) =>
      mgu(inputSize, hidden),
})
