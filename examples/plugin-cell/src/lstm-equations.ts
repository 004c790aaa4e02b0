/**
 * The LSTM as a textbook writes it, four gates as four equations with weights of their own. It is here to be timed
 * beside the built-in `lstm`, whose gates share one product: the compiler makes the same loop of both.
 */
import {
  add,
  CELL,
  type Cell,
  defineComponent,
  matmul,
  mul,
  type NdArray,
  sigmoid,
  type Tensor,
  tanh,
} from '@elman/core'
import { z } from 'zod'
import { drawUniform } from './draw-uniform.ts'

const GATES = ['i', 'f', 'g', 'o'] as const
type Name = `${'W' | 'U' | 'b'}${(typeof GATES)[number]}`

/** For each gate W: (input, hidden), U: (hidden, hidden), b: (hidden). */
export type LstmEquationsParameters = { [N in Name]: NdArray }

/** LSTM with forget gate (Hochreiter & Schmidhuber 1997, Gers et al. 2000). x: (batch, input), h, c: (batch, hidden). */
export function lstmEquations(
  inputSize: number,
  hidden: number,
): Cell<LstmEquationsParameters, { h: Tensor; c: Tensor }> {
  const shapes = GATES.flatMap(gate => [
    [`W${gate}`, [inputSize, hidden]],
    [`U${gate}`, [hidden, hidden]],
    [`b${gate}`, [hidden]],
  ])
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden], c: [hidden] },
    recurrentWeights: ['Ui', 'Uf', 'Ug', 'Uo'],
    init: (key, dtype) => drawUniform(key, 1 / Math.sqrt(hidden), dtype, Object.fromEntries(shapes)),
    step(p, { h, c }, x) {
      const i = sigmoid(add(add(matmul(x, p.Wi), matmul(h, p.Ui)), p.bi)) // input gate
      const f = sigmoid(add(add(matmul(x, p.Wf), matmul(h, p.Uf)), p.bf)) // forget gate
      const g = tanh(add(add(matmul(x, p.Wg), matmul(h, p.Ug)), p.bg)) //    candidate
      const o = sigmoid(add(add(matmul(x, p.Wo), matmul(h, p.Uo)), p.bo)) // output gate
      const cell = add(mul(f, c), mul(i, g)) //  cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ
      const hidden = mul(o, tanh(cell)) //       hₜ = oₜ ⊙ tanh(cₜ)
      return { state: { h: hidden, c: cell }, output: hidden }
    },
  }
}

/** Registry entry `lstm-equations`. */
export const lstmEquationsComponent = defineComponent(CELL, {
  type: 'lstm-equations',
  summary: 'LSTM written as four equations',
  config: z.strictObject({ hidden: z.int().positive().describe('features of the carried state') }),
  create:
    ({ hidden }) =>
    (inputSize: number) =>
      lstmEquations(inputSize, hidden),
})
