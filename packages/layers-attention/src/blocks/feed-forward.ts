import {
  activation,
  childContext,
  defineComponent,
  dropout,
  initializers,
  LAYER,
  type Layer,
  linear,
  type Parameters,
  random,
} from '@elman/core'
import { z } from 'zod'

/** Functions of a feed-forward layer: GELU by the error function, GELU by tanh (as in BERT's code), ReLU. */
export const FEED_FORWARD_ACTIVATIONS = ['gelu', 'gelu-tanh', 'relu'] as const

/** Options of {@link feedForward}. */
export interface FeedForwardOptions {
  /** Features of input and output. */
  readonly size: number
  /** Features between; 4 · size unless given. */
  readonly inner?: number | undefined
  /** `gelu` unless given. */
  readonly activation?: (typeof FEED_FORWARD_ACTIVATIONS)[number] | undefined
  /** Probability that a feature between is dropped in training; 0 unless given. */
  readonly dropout?: number | undefined
}

/**
 * Two linear maps with a function between, at each position by itself (Vaswani et al. 2017): (..., size).
 * Parameters: `inner`, `outer`, each with `weight` and `bias`.
 */
export function feedForward(options: FeedForwardOptions): Layer {
  const { size, inner = 4 * size, activation: name = 'gelu', dropout: rate = 0 } = options
  const initializer = initializers.xavierUniform()
  const widen = linear({ inputSize: size, outputSize: inner, initializer })
  const narrow = linear({ inputSize: inner, outputSize: size, initializer })
  const drop = dropout(rate)
  return {
    init: (key, dtype): Parameters => ({
      inner: widen.init(random.foldIn(key, 'inner'), dtype),
      outer: narrow.init(random.foldIn(key, 'outer'), dtype),
    }),
    apply(parameters, x, context) {
      const between = activation(name).apply({}, widen.apply(parameters.inner as never, x, context), context)
      const dropped = drop.apply({}, between, childContext(context, 'inner'))
      return narrow.apply(parameters.outer as never, dropped, context)
    },
  }
}

/** Registry entry `feed-forward`. */
export const feedForwardComponent = defineComponent(LAYER, {
  type: 'feed-forward',
  summary: 'two linear maps with GELU or ReLU between, at each position by itself',
  config: z.strictObject({
    size: z.int().positive().describe('features of input and output'),
    inner: z.int().positive().optional().describe('features between; 4 · size unless given'),
    activation: z.enum(FEED_FORWARD_ACTIVATIONS).default('gelu').describe('function between'),
    dropout: z.number().min(0).lt(1).default(0).describe('probability that a feature between is dropped'),
  }),
  create: feedForward,
})
