import { apply, type Tensor, type TensorLike } from '../ir/scope.ts'
import { add, erf, mul, pow, sigmoid, sub, tanh } from './elementwise.ts'
import { logSumExp } from './reduction.ts'

/** eˣ / Σ eˣ over the last axis. */
export function softmax(x: Tensor): Tensor {
  return apply('softmax', [x], {})[0]!
}

/** x − ln Σ eˣ over the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  return sub(x, logSumExp(x, -1, { keepDims: true }))
}

/**
 * −ln softmax(logits)[label], in nats. logits (..., classes), labels (...) int32; result (...), not averaged.
 */
export function softmaxCrossEntropy(logits: Tensor, labels: TensorLike): Tensor {
  return apply('softmaxCrossEntropy', [logits, labels], {})[0]!
}

/** x · Φ(x), the exact form (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1))
}

/** GELU by the tanh approximation of the same paper. */
export function geluTanh(x: Tensor): Tensor {
  const inner = mul(add(x, mul(pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI))
  return mul(mul(x, 0.5), add(tanh(inner), 1))
}

/** x · σ(x) (swish). */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x))
}
