/** A short depthwise convolution over time that looks back only, as the blocks of linear recurrences have it. */
import {
  add,
  cast,
  concat,
  cumulativeSum,
  equal,
  expandDims,
  filled,
  indexAxis,
  mul,
  reshape,
  select,
  sliceAxis,
  sum,
  type Tensor,
  transpose,
} from '@elman/core'

/** Parameters: yₜ = Σⱼ kernelⱼ ⊙ x_{t−width+1+j} + bias, feature by feature. */
export interface ConvolutionParameters {
  /** (width, features), the last row for the present step. */
  readonly kernel: Tensor
  /** (features). */
  readonly bias: Tensor
}

/** A convolution's result and the inputs that the next step will look back on, (batch, width − 1, features). */
export interface Convolved {
  readonly outputs: Tensor
  readonly window: Tensor
}

/** One step: x (batch, features), window (batch, width − 1, features). */
export function convolveStep({ kernel, bias }: ConvolutionParameters, window: Tensor, x: Tensor): Convolved {
  const seen = concat([window, expandDims(x, 1)], 1) // (batch, width, features)
  return { outputs: add(sum(mul(seen, kernel), 1), bias), window: sliceAxis(seen, 1, 1) }
}

/**
 * A sequence: xs (time, batch, features). Across a reset nothing is seen.
 *
 * @param reset (time, batch), not zero where a document starts
 */
export function convolveSequence(
  { kernel, bias }: ConvolutionParameters,
  window: Tensor,
  xs: Tensor,
  reset?: Tensor,
): Convolved {
  const time = xs.shape[0]!
  const width = kernel.shape[0]!
  const past = transpose(window, [1, 0, 2]) // (width − 1, batch, features)
  const seen = concat([past, xs], 0)
  const document = reset === undefined ? undefined : documentNumbers(reset, xs, width - 1)
  const taps = Array.from({ length: width }, (_, tap) => {
    const from = sliceAxis(seen, 0, tap, tap + time)
    if (document === undefined || tap === width - 1) return mul(from, indexAxis(kernel, 0, tap))
    const same = equal(sliceAxis(document, 0, tap, tap + time), sliceAxis(document, 0, width - 1))
    return mul(select(same, from, 0), indexAxis(kernel, 0, tap))
  })
  const outputs = add(
    taps.reduce((a, b) => add(a, b)),
    bias,
  )
  const last = sliceAxis(seen, 0, time)
  const kept =
    document === undefined
      ? last
      : select(equal(sliceAxis(document, 0, time), sliceAxis(document, 0, -1)), last, 0)
  return { outputs, window: transpose(kept, [1, 0, 2]) }
}

/** How many resets came until each step, (before + time, batch, 1); 0 for the steps before the sequence. */
function documentNumbers(reset: Tensor, xs: Tensor, before: number): Tensor {
  const dtype = xs.dtype === 'float64' ? 'float64' : 'float32'
  const [time, batch] = reset.shape as [number, number]
  const counts = reshape(cumulativeSum(cast(cast(reset, 'bool'), dtype), 0), [time, batch, 1])
  return concat([filled([before, batch, 1], 0, dtype), counts], 0)
}
