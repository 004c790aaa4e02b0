/**
 * How far back a layer may look, over the edges of windows. What was read before a window stands in memory of a fixed
 * number of slots, newest last; a count says how many of them are real, and so is the memory's mask.
 */
import {
  add,
  cast,
  concat,
  div,
  expandDims,
  filled,
  indexAxis,
  type LayerContext,
  less,
  max,
  maximum,
  minimum,
  mul,
  type NdArray,
  ndArray,
  select,
  sliceAxis,
  stopGradient,
  sub,
  type Tensor,
  transpose,
} from '@elman/core'
import { fromDistances } from '../attention/masking.ts'
import { type FloatType, floatOf, type StatefulInput } from '../sequence/stateful-layer.ts'

/** What of the past a step sees. */
export interface Past {
  /**
   * - `sliding`: the `length` steps before it. What a step sees does not depend on how a text is cut into windows.
   * - `memory`: all of its window before it, and the `length` steps before the window (Dai et al. 2019).
   * - `segment`: the steps before it in its segment; the text is cut into segments of `length` steps, whatever the
   *   windows are. A training window of just that many steps is taken for one segment.
   */
  readonly kind: 'sliding' | 'memory' | 'segment'
  /** Steps, as `kind` counts them. */
  readonly length: number
}

/** Slots that a memory needs. */
export function slotsOf({ kind, length }: Past): number {
  return kind === 'segment' ? length - 1 : length
}

/** Count of what was read, before anything was: (batch). */
export function emptyCount(batch: number, dtype: FloatType): NdArray {
  return filled([batch], 0, dtype)
}

/** Whether a window is a segment of its own, so that no memory need be looked at. */
export function isWholeSegment(
  past: Past,
  { xs, mask, reset }: StatefulInput,
  context: LayerContext,
): boolean {
  const plain = mask === undefined && reset === undefined
  return plain && past.kind === 'segment' && context.mode === 'train' && xs.shape[0] === past.length
}

/** How many steps each step of a window may look back on, and the count after the window. */
export interface StepsBefore {
  /** (time, batch). */
  readonly before: Tensor
  /** (batch). */
  readonly count: Tensor
}

/** @param count the count before the window, (batch) */
export function stepsBefore(past: Past, count: Tensor, input: StatefulInput): StepsBefore {
  const { kind, length } = past
  const time = input.xs.shape[0]!
  const read = readBefore(count, input) // (time, batch)
  const last = add(indexAxis(read, 0, time - 1), 1)
  const after =
    input.mask === undefined
      ? last
      : mul(last, indexAxis(cast(cast(input.mask, 'bool'), last.dtype), 0, time - 1))
  if (kind === 'segment') return { before: remainder(read, length), count: remainder(after, length) }
  return { before: kind === 'sliding' ? minimum(read, length) : read, count: minimum(after, length) }
}

/** Steps that each step has before it since its row began: the state's, and those of the window. */
function readBefore(count: Tensor, { xs, mask, reset }: StatefulInput): Tensor {
  const time = xs.shape[0]!
  const dtype = floatOf(count)
  const number = ramp(time, dtype) // (time, 1)
  const unbroken = add(expandDims(count, 0), number)
  const starts = startsOf(dtype, mask, reset)
  if (starts === undefined) return unbroken
  // The newest start up to each step: the largest t' of a start with t' ≤ t.
  const marks = expandDims(select(cast(starts, 'bool'), number, filled([], -1, dtype)), 0) // (1, time, batch)
  const future = fromDistances([time, time], 0, dtype, distance => (distance < 0 ? -2 * time : 0))
  const newest = max(add(marks, { ...future, shape: [time, time, 1] }), 1) // (time, batch)
  return select(less(newest, -0.5), unbroken, sub(number, newest))
}

/** 1 at steps that see nothing before them: where a row is reset, and behind padding. */
function startsOf(dtype: FloatType, mask?: Tensor, reset?: Tensor): Tensor | undefined {
  const fresh = reset === undefined ? undefined : cast(cast(reset, 'bool'), dtype)
  if (mask === undefined) return fresh
  const [time, batch] = mask.shape as [number, number]
  const real = cast(cast(mask, 'bool'), dtype)
  const first = filled([1, batch], 1, dtype)
  const previous = time === 1 ? first : concat([first, sliceAxis(real, 0, 0, time - 1)], 0)
  const behind = sub(real.scope.constant(filled([], 1, dtype)), previous)
  return fresh === undefined ? behind : maximum(fresh, behind)
}

/**
 * What the steps of a window may see of the memory's slots and the window: bool (batch, 1, time, slots + time).
 *
 * @param before as of {@link stepsBefore}
 * @param nearest 0 when a step sees itself, 1 when only what is before it
 */
export function allowedPast(before: Tensor, slots: number, nearest: 0 | 1 = 0): Tensor {
  const [time] = before.shape as [number, number]
  const dtype = floatOf(before)
  const never = 1e9
  const distances = fromDistances([time, slots + time], slots, dtype, distance =>
    distance < nearest ? never : distance,
  )
  const limit = add(expandDims(expandDims(transpose(before), 1), -1), 0.5) // (batch, 1, time, 1)
  return less(distances, limit)
}

/**
 * Memory after a window: the newest steps of both.
 *
 * @param memory (batch, slots, features): rows first, as in all state
 * @param window (time, batch, features)
 */
export function remember(memory: Tensor, window: Tensor): Tensor {
  return sliceAxis(concat([memory, transpose(window, [1, 0, 2])], 1), 1, window.shape[0]!)
}

/** Memory and behind it a window: (slots + time, batch, features). No gradient flows into the memory. */
export function recall(memory: Tensor, window: Tensor): Tensor {
  return concat([transpose(stopGradient(memory), [1, 0, 2]), window], 0)
}

function ramp(time: number, dtype: FloatType): NdArray {
  const numbers = Array.from({ length: time }, (_, t) => t)
  return ndArray(
    dtype,
    [time, 1],
    dtype === 'float64' ? Float64Array.from(numbers) : Float32Array.from(numbers),
  )
}

/** Remainder of whole numbers that are held as floats. */
function remainder(x: Tensor, divisor: number): Tensor {
  const whole = cast(div(cast(x, 'int32'), divisor), x.dtype)
  return sub(x, mul(whole, divisor))
}
