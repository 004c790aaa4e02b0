/** How queries and keys of heads are compared, by what they hold and by where they stand. */
import {
  add,
  broadcastTo,
  expandDims,
  initializers,
  type Key,
  linear,
  matmul,
  type Parameters,
  pad,
  random,
  reshape,
  sliceAxis,
  type Tensor,
  type Traced,
  transpose,
} from '@elman/core'
import { rotary } from '../positions/rotary.ts'
import { sinusoids } from '../positions/sinusoids.ts'
import { type FloatType, floatOf } from '../sequence/stateful-layer.ts'
import { dotScores } from './scaled-dot-product.ts'

/** A way of comparing. The last query stands at the last key, the ones before it one each to the left. */
export interface ScoreRule {
  /** Parameters of its own; an empty record where it has none. */
  init(key: Key, dtype: FloatType): Parameters
  /** Scaled scores (batch, heads, time, positions) of queries (batch, heads, time, width) and keys. */
  scores(parameters: Traced<Parameters>, queries: Tensor, keys: Tensor): Tensor
}

/** By content alone. */
export const dotRule: ScoreRule = {
  init: () => ({}),
  scores: (_parameters, queries, keys) => dotScores(queries, keys),
}

/** Rotary positions: see {@link rotary}. */
export const rotaryRule: ScoreRule = {
  init: () => ({}),
  scores: (_parameters, queries, keys) =>
    dotScores(rotary(queries, keys.shape[2]! - queries.shape[2]!), rotary(keys)),
}

/**
 * Relative positions of Transformer-XL (Dai et al. 2019, section 3.3): the score of a key d steps back is
 * (q + u)·k + (q + v)·(W R_d), R the sinusoids. Keys after their query get numbers without meaning: mask them.
 * Parameters: `position` (size, heads · width), `contentBias` u and `positionBias` v (heads, width), zeros at first.
 */
export function relativeRule(size: number, heads: number): ScoreRule {
  const width = size / heads
  const project = linear({
    inputSize: size,
    outputSize: size,
    bias: false,
    initializer: initializers.xavierUniform(),
  })
  return {
    init: (key, dtype) => ({
      position: project.init(random.foldIn(key, 'position'), dtype).weight!,
      contentBias: initializers.zeros(key, [heads, width], dtype),
      positionBias: initializers.zeros(key, [heads, width], dtype),
    }),
    scores(parameters, queries, keys) {
      const { position, contentBias, positionBias } = parameters as { readonly [name: string]: Tensor }
      const positions = keys.shape[2]!
      const distances = Array.from({ length: positions }, (_, i) => positions - 1 - i)
      const codes = matmul(sinusoids(distances, size, floatOf(queries)), position!) // (positions, size)
      const perHead = transpose(reshape(codes, [positions, heads, width]), [1, 0, 2])
      const places = broadcastTo(perHead, [keys.shape[0]!, heads, positions, width])
      const biased = (bias: Tensor) => add(queries, expandDims(bias, 1))
      const byContent = dotScores(biased(contentBias!), keys)
      return add(byContent, relativeShift(dotScores(biased(positionBias!), places)))
    },
  }
}

/**
 * Scores by distance as scores by position: row t of (..., time, positions), whose columns stand for distances
 * positions − 1 … 0, moves left by time − 1 − t. What moves in on the right has no meaning (Dai et al. 2019, appendix B).
 */
export function relativeShift(x: Tensor): Tensor {
  const [time, positions] = x.shape.slice(-2) as [number, number]
  const lead = x.shape.slice(0, -2)
  const none = x.shape.map(() => 0)
  const padded = pad(x, none.with(-1, 1), none) // (..., time, 1 + positions)
  const turned = sliceAxis(reshape(padded, [...lead, positions + 1, time]), -2, 1)
  return reshape(turned, [...lead, time, positions])
}
