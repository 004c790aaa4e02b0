/** The recurrent layer of Griffin and RecurrentGemma (De et al. 2024), alone or as the whole block. */
import {
  add,
  type Cell,
  cast,
  div,
  equal,
  exp,
  filled,
  geluTanh,
  type Key,
  matmul,
  maximum,
  mul,
  type NdArray,
  ndArray,
  neg,
  or,
  random,
  type SequenceMarks,
  select,
  sigmoid,
  softplus,
  sqrt,
  stopGradient,
  sub,
  type Tensor,
  type Traced,
  tanh,
} from '@elman/core'
import { z } from 'zod'
import { type CellOptions, cellConfig, describeCellFunction } from '../cells/cell-options.ts'
import { type FloatType, uniformParameters } from '../cells/initial-values.ts'
import { convolveSequence, convolveStep } from './causal-convolution.ts'
import { elementRecurrence, markOf } from './element-recurrence.ts'
import { type FormOptions, formEntries } from './form.ts'
import { blockProduct, checkHeads, fromHeads } from './heads.ts'
import { statesBefore } from './recurrence.ts'

/** Options of {@link rgLru}. */
export interface RgLruOptions extends CellOptions, FormOptions {
  /** Blocks of the gates' matrices; 1 unless given. */
  readonly heads?: number | undefined
  /** Steps that a convolution before the recurrence sees, 4 in Griffin; no convolution unless given. */
  readonly convolution?: number | undefined
  /** Whether it is the whole block: a GELU branch multiplies h, and a product leads back to the input's size. */
  readonly block?: boolean | undefined
}

/**
 * input (input, hidden), inputBias (hidden); recurrenceGate, inputGate (heads, hidden / heads, hidden / heads) with
 * biases (hidden); decay Λ (hidden). With a convolution kernel (width, hidden), kernelBias. As a block branch
 * (input, hidden), branchBias, output (hidden, input), outputBias.
 */
export type RgLruParameters = { [name: string]: NdArray }
/**
 * h (batch, hidden); started (batch, 1), 0 before the first step of a document; with a convolution window (batch,
 * width − 1, hidden).
 */
export type RgLruState = { [name: string]: Tensor }

/**
 * Real-gated linear recurrent unit: with u the projected input, r = σ(u W_a + b_a), i = σ(u W_x + b_x),
 * ln a = −8 · softplus(Λ) ⊙ r, h' = a ⊙ h + √(1 − a²) ⊙ i ⊙ u. The first step of a document has no root.
 *
 * @throws `HEADS_DO_NOT_DIVIDE`
 */
export function rgLru(options: RgLruOptions): Cell<RgLruParameters, RgLruState> {
  const { inputSize, hidden, heads = 1, convolution: width = 1, block = false } = options
  checkHeads('rg-lru', hidden, heads)
  const convolution = (p: Traced<RgLruParameters>) => ({ kernel: p.kernel!, bias: p.kernelBias! })
  const project = (p: Traced<RgLruParameters>, x: Tensor) => add(matmul(x, p.input!), p.inputBias!)
  const finish = (p: Traced<RgLruParameters>, x: Tensor, h: Tensor) => {
    if (!block) return h
    const branch = geluTanh(add(matmul(x, p.branch!), p.branchBias!))
    return add(matmul(mul(branch, h), p.output!), p.outputBias!)
  }
  return {
    inputSize,
    outputSize: block ? inputSize : hidden,
    stateShapes: { h: [hidden], started: [1], ...(width > 1 && { window: [width - 1, hidden] }) },
    init: (key, dtype = 'float32') => initial(options, key, dtype),
    step(p, { h, started, window }, x) {
      const projected = project(p, x)
      const convolved = window === undefined ? undefined : convolveStep(convolution(p), window, projected)
      const { decay, input } = coefficients(p, convolved?.outputs ?? projected, equal(started!, 0))
      const next = add(mul(decay, h!), input)
      const state = { h: next, started: one(started!, started!.shape) }
      return {
        state: convolved === undefined ? state : { ...state, window: convolved.window },
        output: finish(p, x, next),
      }
    },
    sequence(p, { h, started, window }, xs, marks) {
      // Padding in a convolution would have to be jumped over: step by step it is.
      if (window !== undefined && marks.mask !== undefined) return undefined
      const projected = project(p, xs)
      const convolved =
        window === undefined ? undefined : convolveSequence(convolution(p), window, projected, marks.reset)
      const starts = startsOf(started!, xs, marks)
      const terms = coefficients(p, convolved?.outputs ?? projected, starts.fresh)
      const { states, final } = elementRecurrence({ ...terms, ...marks, initial: h }, options)
      const outputs = finish(p, xs, states)
      const state = { h: final, started: starts.after }
      return {
        state: convolved === undefined ? state : { ...state, window: convolved.window },
        outputs: marks.mask === undefined ? outputs : select(markOf(marks.mask, 3), outputs, 0),
      }
    },
  }
}

/** Decay and input of steps with any leading axes; `fresh` (..., 1) is true at the first of a document. */
function coefficients(p: Traced<RgLruParameters>, u: Tensor, fresh: Tensor) {
  const gate = (weight: Tensor, bias: Tensor) => sigmoid(add(fromHeads(blockProduct(u, weight)), bias))
  const r = gate(p.recurrenceGate!, p.recurrenceBias!)
  const i = gate(p.inputGate!, p.inputGateBias!)
  const logDecay = mul(mul(r, softplus(p.decay!)), -8)
  // 1 − a² = −tanh(ln a) · (1 + a²), without cancellation where a is near 1
  const left = neg(mul(tanh(logDecay), add(exp(mul(logDecay, 2)), 1)))
  const factor = select(fresh, 1, boundedRoot(left))
  return { decay: exp(logDecay), input: mul(factor, mul(i, u)) }
}

/** √x with a derivative of at most 1000, as in RecurrentGemma: near a = 1 it would blow up. */
function boundedRoot(x: Tensor): Tensor {
  const slope = stopGradient(div(1, sqrt(maximum(mul(x, 4), 1e-6))))
  const change = sub(x, stopGradient(x)) // 0, with the gradient of x
  return add(stopGradient(sqrt(x)), mul(change, slope))
}

/** Which steps are the first of a document, (time, batch, 1), and `started` after the last. */
function startsOf(started: Tensor, xs: Tensor, { mask, reset }: SequenceMarks) {
  const all = one(started, [...xs.shape.slice(0, 2), 1])
  const fresh = (states: Tensor) => {
    const first = equal(statesBefore(states, started), 0)
    return reset === undefined ? first : or(first, markOf(reset, 3))
  }
  if (mask === undefined) return { fresh: fresh(all), after: one(started, started.shape) }
  const real = cast(markOf(mask, 3), started.dtype)
  const terms = { decay: sub(1, real), input: real, initial: started, reset }
  const { states, final } = elementRecurrence(terms, { form: 'scan' })
  return { fresh: fresh(states), after: final }
}

function one(like: Tensor, shape: readonly number[]): Tensor {
  return like.scope.constant(filled(shape, 1, like.dtype === 'float64' ? 'float64' : 'float32'))
}

function initial(options: RgLruOptions, key: Key, dtype: FloatType): RgLruParameters {
  const { inputSize, hidden, heads = 1, convolution: width = 1, block = false } = options
  const size = hidden / heads
  const drawn = uniformParameters(key, dtype, options, {
    input: [inputSize, hidden],
    recurrenceGate: [heads, size, size],
    inputGate: [heads, size, size],
  })
  const zeros = (...shape: number[]) => filled(shape, 0, dtype)
  const base = {
    ...drawn,
    inputBias: zeros(hidden),
    recurrenceBias: zeros(hidden),
    inputGateBias: zeros(hidden),
    decay: initialDecay(random.foldIn(key, 'decay'), hidden, dtype),
  }
  const convolved =
    width === 1
      ? {}
      : {
          ...uniformParameters(
            key,
            dtype,
            { ...options, initialScale: 1 / Math.sqrt(width) },
            {
              kernel: [width, hidden],
            },
          ),
          kernelBias: zeros(hidden),
        }
  if (!block) return { ...base, ...convolved }
  const outer = uniformParameters(key, dtype, options, {
    branch: [inputSize, hidden],
    output: [hidden, inputSize],
  })
  return { ...base, ...convolved, ...outer, branchBias: zeros(hidden), outputBias: zeros(inputSize) }
}

/** Λ such that exp(−softplus Λ) is spread over [0.9, 0.999], evenly in its square. */
function initialDecay(key: Key, hidden: number, dtype: FloatType): NdArray {
  const data = random.uniform(key, hidden, dtype)
  for (let i = 0; i < hidden; i++) {
    const squared = 0.9 ** 2 + data[i]! * (0.999 ** 2 - 0.9 ** 2)
    data[i] = Math.log(1 / Math.sqrt(squared) - 1)
  }
  return ndArray(dtype, [hidden], data)
}

/** Registry entry `rg-lru`. */
export const rgLruComponent = describeCellFunction(
  'rg-lru',
  'real-gated linear recurrent unit of Griffin, alone or as its whole block (De et al. 2024)',
  cellConfig.extend({
    heads: z.int().positive().default(1).describe("blocks of the gates' matrices"),
    convolution: z.int().min(1).default(1).describe('steps seen by the convolution before it; 1: none'),
    block: z.boolean().default(false).describe('the whole block: GELU branch and output product'),
    ...formEntries,
  }),
  rgLru,
)
