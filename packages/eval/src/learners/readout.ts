/** From a learner's features to its answers. */
import { type Key, linear, type Parameters, random, type Tensor, type Traced, tanh } from '@elman/core'

/** A readout: one linear map, or two with tanh between them. */
export interface Readout {
  init(key: Key): Parameters
  /** (..., features) to (..., outputs). */
  apply(parameters: Traced<Parameters>, features: Tensor): Tensor
}

/** A linear readout; with `hidden`, a layer of so many tanh units before it. */
export function readout(features: number, outputs: number, hidden?: number | undefined): Readout {
  const last = linear({ inputSize: hidden ?? features, outputSize: outputs })
  const context = { mode: 'evaluate' } as const
  if (hidden === undefined) {
    return { init: key => last.init(key), apply: (own, x) => last.apply(own as never, x, context) }
  }
  const first = linear({ inputSize: features, outputSize: hidden })
  return {
    init: key => ({
      hidden: first.init(random.foldIn(key, 'hidden')),
      answer: last.init(random.foldIn(key, 'answer')),
    }),
    apply: (own, x) =>
      last.apply(own.answer as never, tanh(first.apply(own.hidden as never, x, context)), context),
  }
}
