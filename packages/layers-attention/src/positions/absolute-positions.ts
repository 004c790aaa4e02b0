import { add, cast, defineComponent, gather, initializers, LAYER, mul, type Tensor } from '@elman/core'
import { z } from 'zod'
import { emptyCount, isWholeSegment, type Past, stepsBefore } from '../past/past.ts'
import {
  constants,
  type FloatType,
  floatOf,
  type StatefulLayer,
  withoutState,
} from '../sequence/stateful-layer.ts'
import { sinusoids } from './sinusoids.ts'

/** Options of {@link absolutePositions}. */
export interface AbsolutePositionsOptions {
  /** `learned`: a vector for each position; `sinusoidal`: sines and cosines (Vaswani et al. 2017). */
  readonly kind: 'learned' | 'sinusoidal'
  /** Features of the sequence. */
  readonly size: number
  /** Positions; the one after the last is the first again, as in `past: { kind: 'segment', length }`. */
  readonly length: number
  /** Deviation of learned vectors at the start; 0.1 unless given. */
  readonly deviation?: number | undefined
}

/**
 * Adds to each step of a sequence a vector that says where in its segment it stands: (time, batch, size). Parameter:
 * `table` (length, size) where learned. State: `count` (batch), the steps read in the segment.
 */
export function absolutePositions(options: AbsolutePositionsOptions): StatefulLayer {
  const { kind, size, length, deviation = 0.1 } = options
  const past: Past = { kind: 'segment', length }
  const numbers = Array.from({ length }, (_, position) => position)
  const initialState = (batch: number, dtype: FloatType = 'float32') => ({ count: emptyCount(batch, dtype) })
  return {
    inputSize: size,
    outputSize: size,
    init: (key, dtype) =>
      kind === 'learned' ? { table: initializers.normal(deviation)(key, [length, size], dtype) } : {},
    initialState,
    apply(parameters, input, context) {
      const { xs } = input
      const dtype = floatOf(xs)
      const state = input.state ?? constants(initialState(xs.shape[1]!, dtype), xs)
      const given = state.count as Tensor
      const whole = isWholeSegment(past, input, context)
      const { before, count } = stepsBefore(past, whole ? mul(given, 0) : given, input)
      const table = kind === 'learned' ? (parameters.table as Tensor) : sinusoids(numbers, size, dtype)
      const vectors = gather(table, cast(before, 'int32')) // (time, batch, size)
      return { outputs: add(xs, vectors), state: whole ? state : { count } }
    },
  }
}

/** Registry entry `absolute-positions`. */
export const absolutePositionsComponent = defineComponent(LAYER, {
  type: 'absolute-positions',
  summary: 'adds a vector for its position to each step of (time, batch, size), learned or sinusoidal',
  config: z.strictObject({
    kind: z.enum(['learned', 'sinusoidal']).default('sinusoidal').describe('what the vectors are'),
    size: z.int().positive().describe('features of the sequence'),
    length: z.int().positive().default(512).describe('positions before they begin anew'),
  }),
  create: options => withoutState(absolutePositions(options)),
})
