import {
  add,
  dropout,
  type LayerContext,
  matmul,
  mul,
  softmax,
  type Tensor,
  type TensorLike,
} from '@elman/core'
import { floatOf } from '../sequence/stateful-layer.ts'
import { anyAllowed, biasOf } from './masking.ts'

/** What queries may see, and what is dropped. */
export interface AttendOptions {
  /** Bool that broadcasts to the scores: what each query may see. One that may see nothing gets zeros. */
  readonly allowed?: Tensor | undefined
  /** Numbers added to the scores, such as {@link causalBias}; each query must have something left to see. */
  readonly bias?: TensorLike | undefined
  /** Probability that a weight is dropped in training; 0 unless given. */
  readonly dropout?: number | undefined
  /** Whether dropout draws, and from which key; evaluation unless given. */
  readonly context?: LayerContext | undefined
}

/**
 * Attention by dot products (Vaswani et al. 2017): softmax(scale · Q Kᵀ + mask) V, as PyTorch's
 * `scaled_dot_product_attention`.
 *
 * @param queries (..., time, width)
 * @param keys (..., positions, width)
 * @param values (..., positions, features)
 * @param options `scale` is 1 / √width unless given
 * @returns (..., time, features)
 * @throws `DROPOUT_RATE_INVALID`, `DROPOUT_KEY_MISSING`
 */
export function scaledDotProductAttention(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttendOptions & { readonly scale?: number | undefined } = {},
): Tensor {
  return attend(dotScores(queries, keys, options.scale), values, options)
}

/** Scaled dot products: (..., time, width) and (..., positions, width) to (..., time, positions). */
export function dotScores(
  queries: Tensor,
  keys: Tensor,
  scale = 1 / Math.sqrt(queries.shape.at(-1)!),
): Tensor {
  return matmul(mul(queries, scale), keys, { transposeB: true })
}

/** Means of values (..., positions, features) weighted by softmax of scores (..., time, positions). */
export function attend(
  scores: Tensor,
  values: Tensor,
  { allowed, bias, dropout: rate = 0, context = { mode: 'evaluate' } }: AttendOptions,
): Tensor {
  const dtype = floatOf(scores)
  const hidden = allowed === undefined ? scores : add(scores, biasOf(allowed, dtype))
  const weights = softmax(bias === undefined ? hidden : add(hidden, bias))
  const mixed = matmul(dropout(rate).apply({}, weights, context), values)
  return allowed === undefined ? mixed : mul(mixed, anyAllowed(allowed, dtype))
}
