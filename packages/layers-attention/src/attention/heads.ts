/** The parts of multi-head attention: projections, heads, and the way back. */
import {
  ElmanError,
  initializers,
  type Key,
  type LayerContext,
  linear,
  type Parameters,
  random,
  reshape,
  type Tensor,
  type Traced,
  transpose,
} from '@elman/core'
import { type FloatType, partOf } from '../sequence/stateful-layer.ts'
import { type AttendOptions, attend } from './scaled-dot-product.ts'
import { dotRule, relativeRule, rotaryRule, type ScoreRule } from './score-rules.ts'

/** How positions enter the scores: not at all, by distance (Dai et al. 2019), by rotation (Su et al. 2021). */
export type ScorePositions = 'none' | 'relative' | 'rotary'

/** Options of all attention with heads. */
export interface HeadOptions {
  /** Features of queries and of the result. */
  readonly size: number
  /** Number of heads; each has size / heads features. */
  readonly heads: number
  /** Features of keys and values before they are projected; `size` unless given. */
  readonly keySize?: number | undefined
  readonly valueSize?: number | undefined
  /** Whether projections have biases; true unless given. */
  readonly bias?: boolean | undefined
  /** Probability that a weight of attention is dropped in training; 0 unless given. */
  readonly dropout?: number | undefined
  /** `none` unless given. */
  readonly positions?: ScorePositions | undefined
}

/** Queries, keys and values after projection: (time, batch, size), (positions, batch, size) twice. */
export interface Projected {
  readonly queries: Tensor
  readonly keys: Tensor
  readonly values: Tensor
}

/** Projections and heads. Parameters: `query`, `key`, `value`, `output`, and `relative` where positions are so. */
export interface Heads {
  init(key: Key, dtype?: FloatType): Parameters
  project(
    parameters: Traced<Parameters>,
    part: 'query' | 'key' | 'value',
    x: Tensor,
    context: LayerContext,
  ): Tensor
  /** All heads over projected tensors, joined and projected back: (time, batch, size). */
  attend(
    parameters: Traced<Parameters>,
    projected: Projected,
    masks: Pick<AttendOptions, 'allowed' | 'bias'>,
    context: LayerContext,
  ): Tensor
}

/** @throws `ATTENTION_HEADS` when the heads do not divide the size, `DROPOUT_RATE_INVALID` */
export function attentionHeads(options: HeadOptions): Heads {
  const {
    size,
    heads,
    keySize = size,
    valueSize = size,
    bias = true,
    dropout: rate = 0,
    positions = 'none',
  } = options
  checkHeads(size, heads, positions)
  const initializer = initializers.xavierUniform()
  const part = (inputSize: number) => linear({ inputSize, outputSize: size, bias, initializer })
  const parts = { query: part(size), key: part(keySize), value: part(valueSize), output: part(size) }
  const rule = ruleOf(positions, size, heads)
  const run = (parameters: Traced<Parameters>, name: keyof typeof parts, x: Tensor, context: LayerContext) =>
    parts[name].apply(parameters[name] as never, x, context)
  return {
    init(key, dtype = 'float32') {
      const own = Object.entries(parts).map(([name, layer]) => [
        name,
        layer.init(random.foldIn(key, name), dtype),
      ])
      const relative = rule.init(random.foldIn(key, 'relative'), dtype)
      return { ...Object.fromEntries(own), ...(positions === 'relative' ? { relative } : {}) }
    },
    project: run,
    attend(parameters, { queries, keys, values }, masks, context) {
      const [q, k, v] = [queries, keys, values].map(x => splitHeads(x, heads)) as [Tensor, Tensor, Tensor]
      const scores = rule.scores(partOf(parameters, 'relative'), q, k)
      const mixed = attend(scores, v, { ...masks, dropout: rate, context })
      return run(parameters, 'output', joinHeads(mixed), context)
    },
  }
}

/** (time, batch, heads · width) to (batch, heads, time, width). */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [time, batch, size] = x.shape as [number, number, number]
  return transpose(reshape(x, [time, batch, heads, size / heads]), [1, 2, 0, 3])
}

/** (batch, heads, time, width) to (time, batch, heads · width). */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, time, width] = x.shape as [number, number, number, number]
  return reshape(transpose(x, [2, 0, 1, 3]), [time, batch, heads * width])
}

function ruleOf(positions: ScorePositions, size: number, heads: number): ScoreRule {
  if (positions === 'relative') return relativeRule(size, heads)
  return positions === 'rotary' ? rotaryRule : dotRule
}

function checkHeads(size: number, heads: number, positions: ScorePositions): void {
  const step = positions === 'rotary' ? 2 * heads : heads
  if (size % step === 0) return
  throw new ElmanError('ATTENTION_HEADS', {
    message: `${size} features do not divide among ${heads} heads${positions === 'rotary' ? ' in pairs' : ''}`,
    expected: `a size that is a multiple of ${step}`,
    hint: 'change "size" or "heads"',
  })
}
