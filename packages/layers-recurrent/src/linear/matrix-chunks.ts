/**
 * Matrix recurrences in chunks. With F the running sum of logDecay within a chunk and S the memory it starts from,
 *
 *   S_t = e^{F_t} S + Σ_{s ≤ t} e^{F_t − F_s} k_s u_sᵀ,
 *
 * so that all of a chunk's outputs are products of masked matrices, as in attention. Without the delta rule u is the
 * value. With it, u_t = β_t (v_t − e^{F_t} Sᵀk_t − Σ_{s < t} e^{F_t − F_s} (k_s·k_t) u_s) is a triangular system:
 * U = X β V − (X β e^F K) S, X = (I + A)⁻¹, A_ts = β_t e^{F_t − F_s} k_t·k_s (Yang et al. 2024, the WY form). The memories
 * between the chunks follow a recurrence again, T / L steps long. Every exponent is a sum of logDecays, at most 0.
 * A reset is no decay: it is a count of resets that differs between two steps.
 */
import {
  add,
  cast,
  cumulativeSum,
  equal,
  exp,
  expandDims,
  greater,
  matmul,
  maximum,
  mul,
  pad,
  reshape,
  select,
  sliceAxis,
  sub,
  type Tensor,
  transpose,
} from '@elman/core'
import { linearAlgebra, matrixAlgebra } from './algebra.ts'
import type { MemoryAccess, MemoryReadings } from './matrix-recurrence.ts'
import { lastState, recurrence, statesBefore } from './recurrence.ts'
import { squareMask, unitLowerInverse } from './unit-lower-inverse.ts'

/** Longest chunk, by measurement; the delta rule inverts a matrix of this size in each. */
const LONGEST = { delta: 32, plain: 64 }

/** An exponent whose exponential is 0 in both float types. */
const VANISHES = -1e4

/** The chunked form; arguments as in `matrixRecurrence`, masks already applied. */
export function matrixChunks(
  access: MemoryAccess,
  initial: Tensor,
  reset: Tensor | undefined,
  chunk?: number,
): MemoryReadings {
  const time = access.queries.shape[0]!
  const longest = access.strength === undefined ? LONGEST.plain : LONGEST.delta
  const even = Math.ceil(time / Math.ceil(time / longest)) // the last chunk is as full as the others
  const length = Math.min(time, chunk ?? even)
  const cut = (x: Tensor) => intoChunks(x, length)
  const [queries, keys, values] = [cut(access.queries), cut(access.keys), cut(access.values)]
  const strength = access.strength === undefined ? undefined : cut(expandDims(access.strength, -1))
  const decay = decaysOf(cut(expandDims(access.logDecay, -1)), reset, length)

  const scores = mul(matmul(queries, keys, { transposeB: true }), decay.between) // (chunks, batch, heads, L, L)
  const reading = mul(queries, decay.fromStart)
  const writing = mul(keys, decay.toEnd)
  let chunkReads: Tensor // what the memory adds to the outputs is `chunkReads · S`
  let own: Tensor
  let states: Tensor
  if (strength === undefined) {
    own = matmul(scores, values)
    chunkReads = reading
    const terms = matmul(writing, values, { transposeA: true })
    states = recurrence(linearAlgebra, { factors: decay.whole, terms, initial }, 'sequential')
  } else {
    const overlap = mul(mul(matmul(keys, keys, { transposeB: true }), decay.between), strength)
    const solve = unitLowerInverse(overlap)
    const free = matmul(solve, mul(values, strength)) // U where the memory is empty
    const known = matmul(solve, mul(mul(keys, decay.fromStart), strength)) // U = free − known · S
    own = matmul(scores, free)
    chunkReads = sub(reading, matmul(scores, known))
    const terms = matmul(writing, free, { transposeA: true })
    const kept = mul(decay.whole, identityLike(known))
    const factors = sub(kept, matmul(writing, known, { transposeA: true }))
    states = recurrence(matrixAlgebra, { factors, terms, initial }, 'sequential')
  }
  const outputs = add(own, matmul(chunkReads, statesBefore(states, initial)))
  return { outputs: inOrder(outputs, time), final: lastState(states) }
}

interface ChunkDecays {
  /** e^{F_t − F_s} for s ≤ t, else 0: (chunks, batch, heads, L, L). */
  readonly between: Tensor
  /** e^{F_t}, (chunks, batch, heads, L, 1). */
  readonly fromStart: Tensor
  /** e^{F_L − F_s}, (chunks, batch, heads, L, 1). */
  readonly toEnd: Tensor
  /** e^{F_L}, (chunks, batch, heads, 1, 1). */
  readonly whole: Tensor
}

/**
 * Sums over s < r ≤ t are made as such, by a product with a triangle of ones: differences of running sums would lose
 * what lies behind a strong decay.
 *
 * @param given (chunks, batch, heads, L, 1)
 */
function decaysOf(given: Tensor, reset: Tensor | undefined, length: number): ChunkDecays {
  const dtype = given.dtype === 'float64' ? 'float64' : 'float32'
  const logDecay = maximum(given, VANISHES) // so that −∞ · 0 does not arise
  const row = transpose(logDecay, [0, 1, 2, 4, 3])
  const lower = logDecay.scope.constant(squareMask(length, dtype, (t, r) => r <= t))
  const sums = matmul(
    mul(lower, row),
    squareMask(length, dtype, (r, s) => r > s),
  ) // F_t − F_s
  const fromStart = cumulativeSum(logDecay, 3) // F
  const last = sliceAxis(fromStart, 3, length - 1)
  const lastRow = (x: Tensor) => transpose(sliceAxis(x, 3, length - 1), [0, 1, 2, 4, 3])
  if (reset === undefined) {
    const between = exp(select(greater(lower, 0), sums, VANISHES))
    return { between, fromStart: exp(fromStart), toEnd: lastRow(between), whole: exp(last) }
  }
  const marks = expandDims(expandDims(cast(cast(reset, 'bool'), dtype), -1), -1) // (time, batch, 1, 1)
  const count = cumulativeSum(intoChunks(marks, length), 3) // (chunks, batch, 1, L, 1)
  const together = equal(count, transpose(count, [0, 1, 2, 4, 3]))
  const reachable = greater(mul(cast(together, dtype), lower), 0)
  const between = exp(select(reachable, sums, VANISHES))
  return {
    between,
    fromStart: exp(select(equal(count, 0), fromStart, VANISHES)),
    toEnd: lastRow(between),
    whole: exp(select(equal(sliceAxis(count, 3, length - 1), 0), last, VANISHES)),
  }
}

/** (time, batch, heads, size) as (chunks, batch, heads, L, size), with zeros behind the end. */
function intoChunks(x: Tensor, length: number): Tensor {
  const [time, batch, heads, size] = x.shape as [number, number, number, number]
  const count = Math.ceil(time / length)
  const full = pad(x, [0, 0, 0, 0], [count * length - time, 0, 0, 0])
  return transpose(reshape(full, [count, length, batch, heads, size]), [0, 2, 3, 1, 4])
}

function inOrder(x: Tensor, time: number): Tensor {
  const [count, batch, heads, length, size] = x.shape as [number, number, number, number, number]
  const flat = reshape(transpose(x, [0, 3, 1, 2, 4]), [count * length, batch, heads, size])
  return sliceAxis(flat, 0, 0, time)
}

/** The identity of the extent of x's last axis. */
function identityLike(x: Tensor) {
  return squareMask(x.shape.at(-1)!, x.dtype === 'float64' ? 'float64' : 'float32', (row, col) => row === col)
}
