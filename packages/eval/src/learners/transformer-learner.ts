/** A small causal Transformer. */
import {
  add,
  defineComponent,
  gather,
  initializers,
  layerNorm,
  linear,
  type Parameters,
  random,
  type Traced,
} from '@elman/core'
import { sinusoids, transformerBlock } from '@elman/layers-attention'
import { z } from 'zod'
import { LEARNER, type LearnerFactory } from './learner.ts'

/** How a Transformer learner knows positions; `none` leaves it the causal mask alone. */
export const LEARNER_POSITIONS = ['none', 'sinusoidal', 'relative', 'rotary'] as const

/** Options of {@link transformerLearner}. */
export interface TransformerLearnerOptions {
  /** Features of each step. */
  readonly size: number
  /** Heads of attention; 4 unless given. */
  readonly heads?: number | undefined
  /** Blocks; 2 unless given. */
  readonly layers?: number | undefined
  /** `sinusoidal` unless given: added to the symbols; `relative` and `rotary` enter the scores. */
  readonly positions?: (typeof LEARNER_POSITIONS)[number] | undefined
}

/**
 * Blocks of causal self-attention over trained vectors of symbols. Parameters `embedding.table`, `block.0` ..., `norm`,
 * `readout`. It carries no state from step to step, so it has no automaton.
 */
export function transformerLearner(options: TransformerLearnerOptions): LearnerFactory {
  const { size, heads = 4, layers = 2, positions = 'sinusoidal' } = options
  return ({ inputs, outputs }) => {
    const block = transformerBlock({
      size,
      heads,
      inner: 4 * size,
      positions: positions === 'sinusoidal' ? 'none' : positions,
    })
    const norm = layerNorm({ size })
    const last = linear({ inputSize: size, outputSize: outputs })
    const names = Array.from({ length: layers }, (_, layer) => String(layer))
    const context = { mode: 'evaluate' } as const
    return {
      hasMemory: false,
      width: size,
      init: key => ({
        embedding: { table: initializers.normal(1)(random.foldIn(key, 'embedding'), [inputs, size]) },
        block: Object.fromEntries(names.map(name => [name, block.init(random.foldIn(key, `block.${name}`))])),
        norm: norm.init(key),
        readout: last.init(random.foldIn(key, 'readout')),
      }),
      apply(parameters, symbols) {
        const own = (name: string) => parameters[name] as Traced<Parameters>
        const vectors = gather((parameters.embedding as Traced<Parameters>).table as never, symbols)
        const steps = Array.from({ length: symbols.shape[0]! }, (_, step) => step)
        let xs = vectors
        if (positions === 'sinusoidal') {
          const table = sinusoids(steps, size, 'float32') // (time, size)
          xs = add(xs, { ...table, shape: [steps.length, 1, size] })
        }
        for (const name of names) {
          xs = block.apply(own('block')[name] as Traced<Parameters>, { xs }, context).outputs
        }
        return last.apply(own('readout') as never, norm.apply(own('norm') as never, xs, context), context)
      },
    }
  }
}

/** Registry entry `transformer`. */
export const transformerLearnerComponent = defineComponent(LEARNER, {
  type: 'transformer',
  summary: 'a small causal Transformer',
  config: z.strictObject({
    size: z.int().positive().default(32).describe('features of each step'),
    heads: z.int().positive().default(4).describe('heads of attention'),
    layers: z.int().positive().default(2).describe('blocks'),
    positions: z.enum(LEARNER_POSITIONS).default('sinusoidal').describe('how positions are known'),
  }),
  create: transformerLearner,
})
