/** Which of the three ways a recurrence takes, and the options by which a config says so. */
import { z } from 'zod'

/** A way to compute a recurrence. All give the same numbers up to rounding. */
export type RecurrenceForm = 'sequential' | 'scan' | 'chunked'

/** How a recurrence is to be computed. */
export interface FormOptions {
  /** `auto`, unless given, takes the way that `benchmarks/linear-recurrence` found fastest for the length. */
  readonly form?: RecurrenceForm | 'auto' | undefined
  /** Steps in a piece of the chunked form; chosen by the length unless given. */
  readonly chunk?: number | undefined
}

/** Schema entries of {@link FormOptions}. */
export const formEntries = {
  form: z
    .enum(['auto', 'sequential', 'scan', 'chunked'])
    .default('auto')
    .describe('how a sequence is computed: step by step, by an associative scan, or in chunks'),
  chunk: z.int().min(2).optional().describe('steps in a chunk; by the length unless given'),
}

/** Shortest sequence, and most numbers in a state (rows included), for which chunks beat the loop on ONNX Runtime. */
const CHUNKS = { fromSteps: 64, toNumbers: 384 }

/**
 * The form of an element-wise recurrence. A step of the loop costs about a microsecond on a CPU beside its arithmetic,
 * of which chunks have twice as much: they pay where a step is small.
 *
 * @param numbers in a state, rows of the batch included
 */
export function elementForm(
  time: number,
  numbers: number,
  form: FormOptions['form'] = 'auto',
): RecurrenceForm {
  if (form !== 'auto') return form
  return time >= CHUNKS.fromSteps && numbers <= CHUNKS.toNumbers ? 'chunked' : 'sequential'
}

/** The form of a recurrence with a matrix state over `time` steps. */
export function matrixForm(time: number, form: FormOptions['form'] = 'auto'): RecurrenceForm {
  if (form !== 'auto') return form
  return time === 1 ? 'sequential' : 'chunked'
}

/** Steps in a chunk of an element-wise recurrence: of the lengths near √time the one with the fewest steps in all. */
export function chunkLength(time: number): number {
  const root = Math.sqrt(time)
  let best = 2
  let fewest = Number.POSITIVE_INFINITY
  for (let length = Math.max(2, Math.floor(root / 2)); length <= root * 2; length++) {
    const steps = 2 * length + Math.floor(time / length) + (time % length)
    if (steps < fewest) [best, fewest] = [length, steps]
  }
  return best
}
