/** Activation functions beyond those of the tensor operations, and gated pairs. */
import type { Tensor } from '../ir/scope.ts'
import { exp, less, maximum, minimum, mul, neg, select, sigmoid, softplus, sub } from '../ops/elementwise.ts'
import { gelu, silu } from '../ops/neural.ts'
import { split } from '../ops/shape.ts'

/** x above 0, eˣ − 1 below (Clevert et al. 2016). */
export function elu(x: Tensor): Tensor {
  const above = less(0, x)
  return select(above, x, sub(exp(select(above, 0, x)), 1))
}

/** x above 0, slope·x below. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return select(less(0, x), x, mul(x, slope))
}

/** x cut to [−1, 1]. */
export function hardTanh(x: Tensor): Tensor {
  return maximum(minimum(x, 1), -1)
}

/** ln σ(x), without overflow. */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)))
}

/** a ⊙ σ(b) for x = [a, b] along the last axis, which is halved (Dauphin et al. 2017). */
export function glu(x: Tensor): Tensor {
  const [a, b] = halves(x)
  return mul(a, sigmoid(b))
}

/** silu(a) ⊙ b for x = [a, b] along the last axis, which is halved (Shazeer 2020). */
export function swiGlu(x: Tensor): Tensor {
  const [a, b] = halves(x)
  return mul(silu(a), b)
}

/** gelu(a) ⊙ b for x = [a, b] along the last axis, which is halved (Shazeer 2020). */
export function geGlu(x: Tensor): Tensor {
  const [a, b] = halves(x)
  return mul(gelu(a), b)
}

function halves(x: Tensor): [Tensor, Tensor] {
  return split(x, 2, -1) as [Tensor, Tensor]
}
