import {
  abs,
  add,
  type Cell,
  concat,
  div,
  exp,
  expandDims,
  filled,
  type Key,
  logSigmoid,
  matmul,
  maximum,
  minimum,
  mul,
  type NdArray,
  ndArray,
  neg,
  random,
  reshape,
  type SequenceMarks,
  select,
  sigmoid,
  sizeOf,
  split,
  standardize,
  sub,
  sum,
  type Tensor,
  type Traced,
} from '@elman/core'
import { z } from 'zod'
import { type CellOptions, cellConfig, describeCellFunction } from '../cells/cell-options.ts'
import { type FloatType, ones, uniformParameters } from '../cells/initial-values.ts'
import { maxPlusAlgebra, NOTHING } from './algebra.ts'
import { markOf } from './element-recurrence.ts'
import { elementForm, type FormOptions, formEntries } from './form.ts'
import { checkHeads, fromHeads, intoHeads } from './heads.ts'
import { accessMemory, matrixRecurrence } from './matrix-recurrence.ts'
import { lastState, recurrence, statesBefore } from './recurrence.ts'

/** Options of {@link mLstm}. */
export interface MLstmOptions extends CellOptions, FormOptions {
  /** Memories side by side; 1 unless given. */
  readonly heads?: number | undefined
  /** Features of a query and a key; as many as a value has (hidden / heads) unless given. */
  readonly keySize?: number | undefined
}

/**
 * input (input, heads · (2 · keySize) + hidden): queries, keys, values; gates (input, 2 · heads) and gateBias: input and
 * forget gate of each head; outputGate (input, hidden) and outputBias; gain (hidden) of the normalisation.
 */
export type MLstmParameters = {
  [Name in 'input' | 'gates' | 'gateBias' | 'outputGate' | 'outputBias' | 'gain']: NdArray
}
/**
 * memory C (batch, heads, keySize, valueSize) and normaliser n (batch, heads, keySize), both divided by eᵐ;
 * stabiliser m (batch, heads).
 */
export type MLstmState = { memory: Tensor; normalizer: Tensor; stabilizer: Tensor }

/**
 * mLSTM (Beck et al. 2024): a matrix memory with exponential input gate.
 * m' = max(ln σ(f̃) + m, ĩ), i = exp(ĩ − m'), f = exp(ln σ(f̃) + m − m'), C' = f C + i k vᵀ / √d, n' = f n + i k / √d,
 * h̃ = C'ᵀq / max(|n'ᵀq|, exp(−m')), output σ(õ) ⊙ LayerNorm(h̃) per head.
 *
 * m follows a recurrence of its own, in (max, +), which runs in parallel too; what is left is linear with decays
 * f ≤ 1 and the normaliser as one more value.
 *
 * @throws `HEADS_DO_NOT_DIVIDE`
 */
export function mLstm(options: MLstmOptions): Cell<MLstmParameters, MLstmState> {
  const { inputSize, hidden, heads = 1 } = options
  checkHeads('m-lstm', hidden, heads)
  const valueSize = hidden / heads
  const keySize = options.keySize ?? valueSize
  const read = (p: Traced<MLstmParameters>, x: Tensor) => {
    const [q, k, v] = split(matmul(x, p.input), [heads * keySize, heads * keySize, hidden], -1)
    const [inputGate, forget] = split(add(matmul(x, p.gates), p.gateBias), 2, -1) as [Tensor, Tensor]
    return {
      queries: intoHeads(q!, heads),
      keys: mul(intoHeads(k!, heads), 1 / Math.sqrt(keySize)),
      values: intoHeads(v!, heads),
      inputGate,
      logForget: logSigmoid(forget),
    }
  }
  /** numerator (..., heads, valueSize), projected = nᵀq and stabilizer (..., heads). */
  const write = (p: Traced<MLstmParameters>, x: Tensor, numerator: Tensor, projected: Tensor, m: Tensor) => {
    // e^60 is beyond any reading that matters, and its square still within float32.
    const floor = exp(minimum(neg(m), LARGEST_EXPONENT))
    const value = div(numerator, expandDims(maximum(abs(projected), floor), -1))
    const normal = mul(fromHeads(standardize(value, -1, 1e-5)), p.gain)
    return mul(sigmoid(add(matmul(x, p.outputGate), p.outputBias)), normal)
  }
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: {
      memory: [heads, keySize, valueSize],
      normalizer: [heads, keySize],
      stabilizer: [heads],
    },
    init(key, dtype = 'float32') {
      const drawn = uniformParameters(key, dtype, options, {
        input: [inputSize, 2 * heads * keySize + hidden],
        outputGate: [inputSize, hidden],
      })
      return {
        ...drawn,
        gates: filled([inputSize, 2 * heads], 0, dtype),
        gateBias: initialGateBias(random.foldIn(key, 'gateBias'), heads, dtype),
        outputBias: filled([hidden], 0, dtype),
        gain: ones(hidden, dtype),
      }
    },
    step(p, { memory, normalizer, stabilizer }, x) {
      const { queries, keys, values, inputGate, logForget } = read(p, x)
      const kept = add(logForget, stabilizer)
      const peak = maximum(kept, inputGate)
      const logDecay = sub(kept, peak)
      const written = mul(keys, expandDims(exp(sub(inputGate, peak)), -1))
      const after = accessMemory(memory, { queries, keys: written, values, logDecay })
      const norm = add(mul(normalizer, expandDims(exp(logDecay), -1)), written)
      const output = write(p, x, after.output, sum(mul(norm, queries), -1), peak)
      return { state: { memory: after.memory, normalizer: norm, stabilizer: peak }, output }
    },
    sequence(p, { memory, normalizer, stabilizer }, xs, marks) {
      const { queries, keys, values, ...gates } = read(p, xs)
      const { logDecay, logInput, peaks } = stabilized(gates, stabilizer, marks, options)
      const counted = concat([values, like(values, [...values.shape.slice(0, -1), 1])], -1)
      const { outputs, final } = matrixRecurrence(
        {
          queries,
          keys: mul(keys, expandDims(exp(logInput), -1)),
          values: counted,
          logDecay,
          initial: concat([memory, expandDims(normalizer, -1)], -1),
          reset: marks.reset,
        },
        options,
      )
      const [numerator, projected] = split(outputs, [valueSize, 1], -1) as [Tensor, Tensor]
      const [lastMemory, lastNormalizer] = split(final, [valueSize, 1], -1) as [Tensor, Tensor]
      const readings = write(p, xs, numerator, reshape(projected, projected.shape.slice(0, -1)), peaks)
      return {
        state: {
          memory: lastMemory,
          normalizer: reshape(lastNormalizer, normalizer.shape),
          stabilizer: lastState(peaks),
        },
        outputs: marks.mask === undefined ? readings : select(markOf(marks.mask, 3), readings, 0),
      }
    },
  }
}

const LARGEST_EXPONENT = 60

/** m of every step, and with it the gates as the exponents that they have in the scaled memory: none above 0. */
function stabilized(
  gates: { readonly inputGate: Tensor; readonly logForget: Tensor },
  before: Tensor,
  { mask, reset }: SequenceMarks,
  options: FormOptions,
) {
  const real = mask === undefined ? undefined : markOf(mask, 3)
  const fresh = reset === undefined ? undefined : markOf(reset, 3)
  const logForget = real === undefined ? gates.logForget : select(real, gates.logForget, 0)
  const inputGate = real === undefined ? gates.inputGate : select(real, gates.inputGate, NOTHING)
  const form = elementForm(inputGate.shape[0]!, sizeOf(inputGate.shape.slice(1)), options.form)
  const peaks = recurrence(
    maxPlusAlgebra,
    {
      factors: fresh === undefined ? logForget : select(fresh, NOTHING, logForget),
      // At a reset m is 0 before the step, not −∞.
      terms: fresh === undefined ? inputGate : select(fresh, maximum(logForget, inputGate), inputGate),
      initial: before,
    },
    form,
  )
  const earlier = statesBefore(peaks, before)
  const carried = fresh === undefined ? earlier : select(fresh, 0, earlier)
  return { logDecay: sub(add(logForget, carried), peaks), logInput: sub(inputGate, peaks), peaks }
}

function like(x: Tensor, shape: readonly number[]): Tensor {
  return x.scope.constant(filled(shape, 1, x.dtype === 'float64' ? 'float64' : 'float32'))
}

/** Input gates N(0, 0.1), forget gates evenly from 3 to 6 over the heads. */
function initialGateBias(key: Key, heads: number, dtype: FloatType): NdArray {
  const data = random.normal(key, 2 * heads, dtype)
  for (let head = 0; head < heads; head++) {
    data[head] = data[head]! * 0.1
    data[heads + head] = heads === 1 ? 3 : 3 + (3 * head) / (heads - 1)
  }
  return ndArray(dtype, [2 * heads], data)
}

/** Registry entry `m-lstm`. */
export const mLstmComponent = describeCellFunction(
  'm-lstm',
  'mLSTM: matrix memory with exponential gates, in parallel over time (Beck et al. 2024, xLSTM)',
  cellConfig.extend({
    heads: z.int().positive().default(1).describe('memories side by side'),
    keySize: z.int().positive().optional().describe('features of a key (hidden / heads)'),
    ...formEntries,
  }),
  mLstm,
)
