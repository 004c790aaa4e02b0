import {
  add,
  expandDims,
  initializers,
  type Layer,
  linear,
  matmul,
  type NdArray,
  random,
  reshape,
  type Tensor,
  type Traced,
  tanh,
  transpose,
} from '@elman/core'
import { type AttendOptions, attend } from './scaled-dot-product.ts'

/** Options of {@link additiveAttention}. */
export interface AdditiveAttentionOptions {
  /** Features of a query. */
  readonly querySize: number
  /** Features of a key. */
  readonly keySize: number
  /** Features of the layer that compares them. */
  readonly hidden: number
}

/** query (querySize, hidden), key (keySize, hidden), bias (hidden), score (hidden, 1). */
export type AdditiveParameters = { query: NdArray; key: NdArray; bias: NdArray; score: NdArray }

/** What attention reads. */
export interface AdditiveInput extends Pick<AttendOptions, 'bias'> {
  /** (time, batch, querySize). */
  readonly queries: Tensor
  /** (positions, batch, keySize). */
  readonly keys: Tensor
  /** (positions, batch, features); the keys unless given. */
  readonly values?: Tensor | undefined
  /** Bool that broadcasts to (batch, time, positions): what each query may see. One that may see nothing gets zeros. */
  readonly allowed?: Tensor | undefined
}

/**
 * Additive attention (Bahdanau et al. 2015): the score of a key k for a query q is vᵀ tanh(W q + U k + b). Gives the
 * weighted means of the values, (time, batch, features).
 */
export function additiveAttention(
  options: AdditiveAttentionOptions,
): Layer<AdditiveParameters, AdditiveInput, Tensor> {
  const { querySize, keySize, hidden } = options
  const part = (inputSize: number, outputSize: number, bias = false) =>
    linear({ inputSize, outputSize, bias })
  return {
    init(key, dtype = 'float32') {
      const draw = (name: string, inputSize: number, outputSize: number) =>
        part(inputSize, outputSize).init(random.foldIn(key, name), dtype).weight!
      return {
        query: draw('query', querySize, hidden),
        key: draw('key', keySize, hidden),
        bias: initializers.zeros(key, [hidden], dtype),
        score: draw('score', hidden, 1),
      }
    },
    apply(parameters: Traced<AdditiveParameters>, { queries, keys, values = keys, allowed, bias }, context) {
      const batchFirst = (x: Tensor) => transpose(x, [1, 0, 2])
      const asked = expandDims(batchFirst(add(matmul(queries, parameters.query), parameters.bias)), 2)
      const known = expandDims(batchFirst(matmul(keys, parameters.key)), 1)
      const compared = tanh(add(asked, known)) // (batch, time, positions, hidden)
      const scores = reshape(matmul(compared, parameters.score), compared.shape.slice(0, -1))
      return batchFirst(attend(scores, batchFirst(values), { allowed, bias, context }))
    },
  }
}
