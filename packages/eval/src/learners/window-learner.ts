/** A network that sees the last few symbols and nothing before them: what must fail wherever a state is needed. */
import {
  concat,
  defineComponent,
  linear,
  oneHot,
  pad,
  random,
  sliceAxis,
  type Tensor,
  tanh,
} from '@elman/core'
import { z } from 'zod'
import { LEARNER, type LearnerFactory } from './learner.ts'

/** Options of {@link windowLearner}. */
export interface WindowLearnerOptions {
  /** Symbols that are seen, the newest among them. */
  readonly size: number
  /** Units of the hidden layer; 32 unless given. */
  readonly hidden?: number | undefined
}

/**
 * Answers from the last `size` symbols through a layer of tanh units. Parameters `hidden` and `readout`. Its state is
 * the one-hot code of the `size − 1` symbols before, oldest first; zeros where the string had not begun.
 */
export function windowLearner({ size, hidden = 32 }: WindowLearnerOptions): LearnerFactory {
  return ({ inputs, outputs }) => {
    const first = linear({ inputSize: size * inputs, outputSize: hidden })
    const last = linear({ inputSize: hidden, outputSize: outputs })
    const context = { mode: 'evaluate' } as const
    const answer = (parameters: object, window: Tensor) => {
      const { hidden: own, readout } = parameters as { hidden: never; readout: never }
      return last.apply(readout, tanh(first.apply(own, window, context)), context)
    }
    return {
      hasMemory: false,
      width: hidden,
      init: key => ({
        hidden: first.init(random.foldIn(key, 'hidden')),
        readout: last.init(random.foldIn(key, 'readout')),
      }),
      apply(parameters, symbols) {
        const time = symbols.shape[0]!
        const padded = pad(oneHot(symbols, inputs), [size - 1, 0, 0], [0, 0, 0])
        const views = Array.from({ length: size }, (_, back) => sliceAxis(padded, 0, back, back + time))
        return answer(parameters, concat(views, -1))
      },
      recurrence: {
        stateSize: () => (size - 1) * inputs,
        parts: () => (size > 1 ? [{ name: 'symbols', size: (size - 1) * inputs }] : []),
        step(parameters, state, symbols) {
          const newest = oneHot(symbols, inputs)
          const window = size > 1 ? concat([state, newest], 1) : newest
          return { state: sliceAxis(window, 1, inputs), logits: answer(parameters, window) }
        },
      },
    }
  }
}

/** Registry entry `window`. */
export const windowLearnerComponent = defineComponent(LEARNER, {
  type: 'window',
  summary: 'a feed-forward network over the last few symbols',
  config: z.strictObject({
    size: z.int().positive().default(8).describe('symbols that are seen'),
    hidden: z.int().positive().default(32).describe('units of the hidden layer'),
  }),
  create: windowLearner,
})
