/**
 * Cells with a matrix memory for each head, written and read by what one product of the input gives: queries, keys
 * and values, after an optional convolution over time.
 */
import {
  type Cell,
  filled,
  type Key,
  matmul,
  type NdArray,
  ndArray,
  random,
  select,
  silu,
  type Tensor,
  type Traced,
} from '@elman/core'
import { z } from 'zod'
import { type CellOptions, cellConfig } from '../cells/cell-options.ts'
import { type FloatType, uniformParameters } from '../cells/initial-values.ts'
import { convolveSequence, convolveStep } from './causal-convolution.ts'
import { markOf } from './element-recurrence.ts'
import { type FormOptions, formEntries } from './form.ts'
import { accessMemory, type MemoryAccess, matrixRecurrence } from './matrix-recurrence.ts'

/** Options of cells with a matrix memory. */
export interface MatrixCellOptions extends CellOptions, FormOptions {
  /** Memories side by side; 1 unless given. */
  readonly heads?: number | undefined
  /** Features of a query and a key; hidden / heads unless given. */
  readonly keySize?: number | undefined
  /** Steps that a convolution over queries, keys and values sees, 4 in the papers; no convolution unless given. */
  readonly convolution?: number | undefined
}

/** Schema of {@link MatrixCellOptions}. */
export const matrixCellConfig = cellConfig.extend({
  heads: z.int().positive().default(1).describe('memories side by side'),
  keySize: z.int().positive().optional().describe('features of a key (hidden / heads)'),
  convolution: z.int().min(1).default(1).describe('steps seen by the convolution before it; 1: none'),
  ...formEntries,
})

/** Parameters by name; with a convolution kernel (width, features) and kernelBias. */
export type MatrixCellParameters = { [name: string]: NdArray }
/** memory (batch, heads, keySize, valueSize); with a convolution window (batch, width − 1, features). */
export type MatrixCellState = { [name: string]: Tensor }

/** What tells one such cell from another. */
export interface MatrixCellEquations {
  readonly options: MatrixCellOptions
  readonly keySize: number
  /** Features of the product that is convolved. */
  readonly features: number
  /** Parameters besides `input` (input, features) and the convolution's. */
  init(key: Key, dtype: FloatType): MatrixCellParameters
  /** From the mixed features (..., features) and x (..., input). */
  access(parameters: Traced<MatrixCellParameters>, mixed: Tensor, x: Tensor): MemoryAccess
  /** Output (..., hidden) from what was read, (..., heads, valueSize). */
  output(parameters: Traced<MatrixCellParameters>, read: Tensor, x: Tensor, access: MemoryAccess): Tensor
}

/** Makes the cell. */
export function matrixCell(equations: MatrixCellEquations): Cell<MatrixCellParameters, MatrixCellState> {
  const { options, keySize, features } = equations
  const { inputSize, hidden, heads = 1, convolution: width = 1 } = options
  const convolution = (p: Traced<MatrixCellParameters>) => ({ kernel: p.kernel!, bias: p.kernelBias! })
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: {
      memory: [heads, keySize, hidden / heads],
      ...(width > 1 && { window: [width - 1, features] }),
    },
    init(key, dtype = 'float32') {
      const own = equations.init(key, dtype)
      const { input } = uniformParameters(key, dtype, options, { input: [inputSize, features] })
      if (width === 1) return { input, ...own }
      const scale = { ...options, initialScale: 1 / Math.sqrt(width) }
      const { kernel } = uniformParameters(key, dtype, scale, { kernel: [width, features] })
      return { input, kernel, kernelBias: filled([features], 0, dtype), ...own }
    },
    step(p, { memory, window }, x) {
      const product = matmul(x, p.input!)
      const convolved = window === undefined ? undefined : convolveStep(convolution(p), window, product)
      const access = equations.access(p, silu(convolved?.outputs ?? product), x)
      const after = accessMemory(memory!, access)
      const state = { memory: after.memory, ...(convolved && { window: convolved.window }) }
      return { state, output: equations.output(p, after.output, x, access) }
    },
    sequence(p, { memory, window }, xs, marks) {
      // Padding in a convolution would have to be jumped over: step by step it is.
      if (window !== undefined && marks.mask !== undefined) return undefined
      const product = matmul(xs, p.input!)
      const convolved =
        window === undefined ? undefined : convolveSequence(convolution(p), window, product, marks.reset)
      const access = equations.access(p, silu(convolved?.outputs ?? product), xs)
      const { outputs, final } = matrixRecurrence({ ...access, ...marks, initial: memory }, options)
      const shown = equations.output(p, outputs, xs, access)
      return {
        state: { memory: final, ...(convolved && { window: convolved.window }) },
        outputs: marks.mask === undefined ? shown : select(markOf(marks.mask, 3), shown, 0),
      }
    },
  }
}

/** Biases whose softplus is spread over [0.001, 0.1], evenly in its logarithm (Gu & Dao 2023). */
export function initialStepBias(key: Key, heads: number, dtype: FloatType): NdArray {
  const data = random.uniform(key, heads, dtype)
  for (let i = 0; i < heads; i++) {
    const step = 0.001 * 100 ** data[i]!
    data[i] = step + Math.log(-Math.expm1(-step)) // the inverse of softplus
  }
  return ndArray(dtype, [heads], data)
}

/** Logarithms of rates that are uniform in [1, 16]. */
export function initialLogRate(key: Key, heads: number, dtype: FloatType): NdArray {
  const data = random.uniform(key, heads, dtype)
  for (let i = 0; i < heads; i++) data[i] = Math.log(1 + 15 * data[i]!)
  return ndArray(dtype, [heads], data)
}
