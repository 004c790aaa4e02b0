/** The optimiser and schedule of BERT's original code. */
import {
  add,
  div,
  leafwise,
  mul,
  type Optimizer,
  type Schedule,
  sqrt,
  square,
  sub,
  zerosLike,
} from '@elman/core'

/**
 * Adam as in BERT's optimization.py: decay of the weights apart from the gradient, none of biases and layer norms, β 0.9
 * and 0.999, ε 1e-6, gradients clipped to norm 1, and no correction of the means for their start at zero.
 */
export function bertAdam({ rate = 1e-4, weightDecay = 0.01 } = {}): Optimizer {
  const rule = {
    slots: { first: zerosLike, second: zerosLike },
    decay: 'parameter',
    begin:
      () =>
      ({ parameter, gradient, rate: own, state }) => {
        const first = add(mul(state.first, 0.9), mul(gradient, 1 - 0.9))
        const second = add(mul(state.second, 0.999), mul(square(gradient), 1 - 0.999))
        const change = mul(div(first, add(sqrt(second), 1e-6)), own)
        return { parameter: sub(parameter, change), state: { first, second } }
      },
  } as Parameters<typeof leafwise<'first' | 'second'>>[0]
  const groups = ['**.bias', '**.gain'].map(pattern => ({ pattern, weightDecay: 0 }))
  return leafwise(rule, { rate, weightDecay, clip: 1, groups })
}

/** A rate that rises over the first `warmUp` updates and then falls to 0 at update `length`, both linearly. */
export function warmUpThenDecay({
  warmUp,
  length,
}: {
  readonly warmUp: number
  readonly length: number
}): Schedule {
  return {
    initialState: {},
    rate(base, { step }) {
      if (step < warmUp) return (base * (step + 1)) / warmUp
      return base * Math.max(0, (length - step) / Math.max(1, length - warmUp))
    },
  }
}
