import type { Layer, Parameters, Tensor, TensorLike } from '@elman/core'
import { attentionHeads, type HeadOptions } from './heads.ts'

/** What multi-head attention reads. */
export interface AttentionInput {
  /** (time, batch, size). */
  readonly queries: Tensor
  /** (positions, batch, keySize); the queries unless given. */
  readonly keys?: Tensor | undefined
  /** (positions, batch, valueSize); the keys unless given. */
  readonly values?: Tensor | undefined
  /** Bool that broadcasts to (batch, heads, time, positions): what each query may see. One that may see nothing has no
   * weights, so that it gets what the output projection makes of zeros. */
  readonly allowed?: Tensor | undefined
  /** Numbers that are added to the scores, likewise; `causalBias` makes such. */
  readonly bias?: TensorLike | undefined
}

/**
 * Multi-head attention (Vaswani et al. 2017), as PyTorch's `nn.MultiheadAttention`: (time, batch, size). Parameters:
 * `query`, `key`, `value` and `output`, each with `weight` (in, out) and `bias`.
 *
 * @throws `ATTENTION_HEADS`, `DROPOUT_RATE_INVALID`
 */
export function multiHeadAttention(options: HeadOptions): Layer<Parameters, AttentionInput, Tensor> {
  const heads = attentionHeads(options)
  return {
    init: heads.init,
    apply(parameters, { queries, keys = queries, values = keys, allowed, bias }, context) {
      const projected = {
        queries: heads.project(parameters, 'query', queries, context),
        keys: heads.project(parameters, 'key', keys, context),
        values: heads.project(parameters, 'value', values, context),
      }
      return heads.attend(parameters, projected, { allowed, bias }, context)
    },
  }
}
