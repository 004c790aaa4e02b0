/** The optimiser and schedule of BERT's original code (optimization.py), and their forms in `transformers`. */
import {
  adamW,
  add,
  defineComponent,
  div,
  ElmanError,
  type LeafRule,
  leafwise,
  mul,
  OPTIMIZER,
  type Optimizer,
  SCHEDULE,
  type Schedule,
  sqrt,
  square,
  sub,
  zerosLike,
} from '@elman/core'
import { z } from 'zod'

/** Parameters that are not decayed: biases, and the gains and biases of layer norms. */
const UNDECAYED = ['**.bias', '**.gain'].map(pattern => ({ pattern, weightDecay: 0 }))

const BETAS = [0.9, 0.999] as const
const EPSILON = 1e-6

/** Options of optimiser `bert-adam`. */
export const bertAdamConfig = z.strictObject({
  rate: z.number().positive().default(1e-4).describe('peak learning rate'),
  weightDecay: z.number().nonnegative().default(0.01).describe('decay of weights; none of biases and norms'),
  clip: z.number().positive().default(1).describe('largest global norm of the gradients'),
  correctBias: z
    .boolean()
    .default(false)
    .describe('whether the means are corrected for their start at zero, as PyTorch has it'),
})

/** Options of {@link bertAdam}. */
export type BertAdamOptions = z.input<typeof bertAdamConfig>

/**
 * Adam as in BERT's optimization.py: decay of the weights apart from the gradient, none of biases and layer norms, β 0.9
 * and 0.999, ε 1e-6, gradients clipped to norm 1, and no correction of the means for their start at zero unless asked.
 */
export function bertAdam(options: BertAdamOptions = {}): Optimizer {
  const { correctBias, ...common } = bertAdamConfig.parse(options)
  const own = { ...common, groups: UNDECAYED }
  return correctBias ? adamW({ ...own, betas: BETAS, epsilon: EPSILON }) : leafwise(uncorrected, own)
}

const uncorrected: LeafRule<'first' | 'second'> = {
  slots: { first: zerosLike, second: zerosLike },
  decay: 'parameter',
  begin:
    () =>
    ({ parameter, gradient, rate, state }) => {
      const first = add(mul(state.first, BETAS[0]), mul(gradient, 1 - BETAS[0]))
      const second = add(mul(state.second, BETAS[1]), mul(square(gradient), 1 - BETAS[1]))
      const change = mul(div(first, add(sqrt(second), EPSILON)), rate)
      return { parameter: sub(parameter, change), state: { first, second } }
    },
}

/** Registry entry `bert-adam`. */
export const bertAdamComponent = defineComponent(OPTIMIZER, {
  type: 'bert-adam',
  summary: 'Adam of BERT: no decay of biases and norms, no correction of the means (Devlin et al. 2019)',
  config: bertAdamConfig,
  create: bertAdam,
})

/** Options of schedule `warm-up-decay`. */
export const warmUpDecayConfig = z.strictObject({
  warmUp: z.int().min(0).optional().describe('updates that rise, in place of `share`'),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('part of the updates that rises; 10,000 of a million'),
  length: z.int().positive().optional().describe('update at which the rate is 0; the last unless given'),
  form: z
    .enum(['original', 'transformers'])
    .default('original')
    .describe('whether the fall starts where training starts, or at the peak'),
})

/** Options of {@link warmUpThenDecay}. */
export type WarmUpThenDecayOptions = z.input<typeof warmUpDecayConfig>

/**
 * A rate that rises from 0, which the first update has, to the peak, and falls to 0 at update `length`; both linearly.
 * In the original code the fall is that of a training without warm-up, so that the rate drops by warmUp / length at
 * the peak; `transformers` falls from the peak itself.
 *
 * @throws `SCHEDULE_LENGTH_UNKNOWN` from `rate`
 */
export function warmUpThenDecay(options: WarmUpThenDecayOptions = {}): Schedule {
  const { warmUp, share, length, form } = warmUpDecayConfig.parse(options)
  return {
    initialState: {},
    rate(base, { step, totalSteps }) {
      const end = length ?? totalSteps
      if (end === undefined) throw lengthUnknown()
      const rise = warmUp ?? Math.round(share * end)
      if (step < rise) return (base * step) / rise
      const start = form === 'original' ? 0 : rise
      return base * Math.max(0, (end - step) / Math.max(1, end - start))
    },
  }
}

function lengthUnknown(): ElmanError {
  return new ElmanError('SCHEDULE_LENGTH_UNKNOWN', {
    message: 'schedule "warm-up-decay" needs the length of the training',
    expected: 'option "length" in updates, or a training whose length is known',
    hint: "write { type: 'warm-up-decay', length: ... }",
  })
}

/** Registry entry `warm-up-decay`. */
export const warmUpThenDecayComponent = defineComponent(SCHEDULE, {
  type: 'warm-up-decay',
  summary: 'rises linearly from 0, then falls linearly to 0 (Devlin et al. 2019)',
  config: warmUpDecayConfig,
  create: warmUpThenDecay,
})
