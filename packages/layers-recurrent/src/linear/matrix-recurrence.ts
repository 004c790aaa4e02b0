/** Recurrences whose state is a matrix: memories that are written by outer products and read by products. */
import {
  add,
  exp,
  expandDims,
  filled,
  indexAxis,
  matmul,
  mul,
  reshape,
  type SequenceMarks,
  scan,
  select,
  sub,
  type Tensor,
} from '@elman/core'
import { linearAlgebra, matrixAlgebra } from './algebra.ts'
import { markOf } from './element-recurrence.ts'
import { type FormOptions, matrixForm } from './form.ts'
import { matrixChunks } from './matrix-chunks.ts'
import { lastState, recurrence } from './recurrence.ts'
import { squareMask } from './unit-lower-inverse.ts'

/** What is written to and read from matrix memories, for any leading axes: (..., heads, size), (..., heads). */
export interface MemoryAccess {
  /** Asks the memory, (..., heads, keySize). */
  readonly queries: Tensor
  /** Where values are written, (..., heads, keySize). */
  readonly keys: Tensor
  /** (..., heads, valueSize). */
  readonly values: Tensor
  /** Logarithm of what the step keeps of the memory, at most 0, (..., heads). */
  readonly logDecay: Tensor
  /**
   * (..., heads): the delta rule. The step writes, with this strength, the difference between the value and what the
   * memory holds at the key, in place of the value.
   */
  readonly strength?: Tensor | undefined
}

/** A sequence of accesses, leading axes (time, batch). */
export interface MatrixRecurrence extends MemoryAccess, SequenceMarks {
  /** Memory before the first step, (batch, heads, keySize, valueSize); zero unless given. */
  readonly initial?: Tensor | undefined
}

/** What a sequence of accesses gives. */
export interface MemoryReadings {
  /** S_tᵀ q_t, (time, batch, heads, valueSize). */
  readonly outputs: Tensor
  /** Memory after the last step, (batch, heads, keySize, valueSize). */
  readonly final: Tensor
}

/**
 * S_t = exp(logDecay_t) S_{t−1} + k_t v_tᵀ, output S_tᵀ q_t; with `strength` β the (gated) delta rule
 * S_t = S′ + β_t k_t (v_t − S′ᵀ k_t)ᵀ, S′ = exp(logDecay_t) S_{t−1} (Yang et al. 2024).
 *
 * `scan` holds the memory of every step at once, and for the delta rule a (keySize, keySize) factor: use it for
 * small memories. `chunked` never holds more than one memory per chunk.
 */
export function matrixRecurrence(given: MatrixRecurrence, options: FormOptions = {}): MemoryReadings {
  const access = withMask(given)
  const { queries, values } = access
  const [time, batch, heads, keySize] = queries.shape as [number, number, number, number]
  const dtype = queries.dtype === 'float64' ? 'float64' : 'float32'
  const zero = () => queries.scope.constant(filled([batch, heads, keySize, values.shape[3]!], 0, dtype))
  const initial = given.initial ?? zero()
  switch (matrixForm(time, options.form)) {
    case 'sequential':
      return sequential(access, initial, given.reset)
    case 'scan':
      return associative(access, initial, given.reset)
    case 'chunked':
      return matrixChunks(access, initial, given.reset, options.chunk)
  }
}

/** One access: memory (batch, heads, keySize, valueSize), the rest (batch, heads, ...). */
export function accessMemory(memory: Tensor, access: MemoryAccess): { memory: Tensor; output: Tensor } {
  const { queries, keys, values, logDecay, strength } = access
  const now: Rows = {
    query: expandDims(queries, -2),
    key: expandDims(keys, -2),
    value: expandDims(values, -2),
    decay: column(exp(logDecay)),
    ...(strength && { strength: column(strength) }),
  }
  const [next, output] = accessRows(memory, now)
  return { memory: next, output: reshape(output, values.shape) }
}

/** Padding writes nothing and lets nothing fade. */
function withMask(given: MatrixRecurrence): MemoryAccess {
  const { mask, keys, strength, logDecay } = given
  if (mask === undefined) return given
  const access: MemoryAccess = {
    ...given,
    keys: select(markOf(mask, 4), keys, 0),
    logDecay: select(markOf(mask, 3), logDecay, 0),
  }
  return strength === undefined ? access : { ...access, strength: select(markOf(mask, 3), strength, 0) }
}

/** An access as matrices: query, key and value (..., 1, size), the rest (..., 1, 1). */
type Rows = {
  readonly query: Tensor
  readonly key: Tensor
  readonly value: Tensor
  readonly decay: Tensor
  readonly strength?: Tensor
}

function accessRows(memory: Tensor, now: Rows): [Tensor, Tensor] {
  const faded = mul(now.decay, memory)
  const written =
    now.strength === undefined ? now.value : mul(now.strength, sub(now.value, matmul(now.key, faded)))
  const next = add(faded, matmul(now.key, written, { transposeA: true }))
  return [next, matmul(now.query, next)]
}

function sequential(access: MemoryAccess, initial: Tensor, reset: Tensor | undefined): MemoryReadings {
  const { queries, keys, values, strength } = access
  const rows: Rows = {
    query: expandDims(queries, -2),
    key: expandDims(keys, -2),
    value: expandDims(values, -2),
    decay: column(decays(access, reset)),
    ...(strength && { strength: column(strength) }),
  }
  // One step, as in generation, needs no loop.
  const [final, outputs] =
    values.shape[0] === 1 ? accessRows(initial, firstOf(rows)) : scan(accessRows, initial, rows)
  return { outputs: reshape(outputs, values.shape), final }
}

function firstOf({ query, key, value, decay, strength }: Rows): Rows {
  const first = (x: Tensor) => indexAxis(x, 0, 0)
  const rows = { query: first(query), key: first(key), value: first(value), decay: first(decay) }
  return strength === undefined ? rows : { ...rows, strength: first(strength) }
}

function associative(access: MemoryAccess, initial: Tensor, reset: Tensor | undefined): MemoryReadings {
  const { queries, keys, values, strength } = access
  const decay = column(decays(access, reset))
  const key = expandDims(keys, -2)
  const written = expandDims(strength === undefined ? values : mul(values, expandDims(strength, -1)), -2)
  const terms = matmul(key, written, { transposeA: true }) // (time, batch, heads, keySize, valueSize)
  const states =
    strength === undefined
      ? recurrence(linearAlgebra, { factors: decay, terms, initial }, 'scan')
      : recurrence(matrixAlgebra, { factors: erasure(decay, key, strength), terms, initial }, 'scan')
  const outputs = reshape(matmul(expandDims(queries, -2), states), values.shape)
  return { outputs, final: lastState(states) }
}

/** What the delta rule does to the memory before it writes: decay · (I − β k kᵀ). */
function erasure(decay: Tensor, key: Tensor, strength: Tensor): Tensor {
  const dtype = key.dtype === 'float64' ? 'float64' : 'float32'
  const identity = squareMask(key.shape.at(-1)!, dtype, (row, col) => row === col)
  const along = matmul(mul(key, column(strength)), key, { transposeA: true })
  return mul(decay, sub(identity, along))
}

/** exp(logDecay), 0 where the memory starts anew. */
function decays({ logDecay }: MemoryAccess, reset: Tensor | undefined): Tensor {
  return reset === undefined ? exp(logDecay) : select(markOf(reset, 3), 0, exp(logDecay))
}

/** (...) as (..., 1, 1). */
function column(x: Tensor): Tensor {
  return reshape(x, [...x.shape, 1, 1])
}
