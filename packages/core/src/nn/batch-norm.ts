import { z } from 'zod'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import { ElmanError } from '../errors/elman-error.ts'
import type { Tensor } from '../ir/scope.ts'
import { add, div, mul, sqrt, square, stopGradient, sub } from '../ops/elementwise.ts'
import { mean } from '../ops/reduction.ts'
import { formatType } from '../tensor/dtype.ts'
import { filled } from '../tensor/nd-array.ts'
import type { FlatLayer } from './layer.ts'

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Features of x. */
  readonly size: number
  /** Share of each batch in the running statistics; 0.1 unless given. */
  readonly momentum?: number | undefined
  /** Added to the variance; 1e-5 unless given. */
  readonly epsilon?: number | undefined
}

/**
 * Batch normalisation (Ioffe & Szegedy 2015) of each feature over all other axes, as in PyTorch: by the batch's own
 * statistics in training, by running ones in evaluation. Parameters (size): `gain`, `bias`, and `runningMean` and
 * `runningVariance`, which are not trained: training gives their next values to `context.updateState`.
 *
 * @throws `BATCH_TOO_SMALL` in training on a single row, whose variance is not defined
 */
export function batchNorm({ size, momentum = 0.1, epsilon = 1e-5 }: BatchNormOptions): FlatLayer {
  return {
    init: (_key, dtype = 'float32') => ({
      gain: filled([size], 1, dtype),
      bias: filled([size], 0, dtype),
      runningMean: filled([size], 0, dtype),
      runningVariance: filled([size], 1, dtype),
    }),
    apply(parameters, x, { mode, updateState }) {
      const [runningMean, runningVariance] = [parameters.runningMean!, parameters.runningVariance!]
      const scaled = (centred: Tensor, variance: Tensor) =>
        add(mul(div(centred, sqrt(add(variance, epsilon))), parameters.gain!), parameters.bias!)
      if (mode === 'evaluate') return scaled(sub(x, runningMean), runningVariance)
      const axes = x.shape.slice(0, -1).map((_, axis) => axis)
      const rows = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
      if (rows < 2) throw batchTooSmall(x)
      const batchMean = mean(x, axes)
      const centred = sub(x, batchMean)
      const variance = mean(square(centred), axes)
      const follow = (old: Tensor, value: Tensor, factor: number) =>
        add(mul(old, 1 - momentum), mul(stopGradient(value), momentum * factor))
      updateState?.('runningMean', follow(runningMean, batchMean, 1))
      updateState?.('runningVariance', follow(runningVariance, variance, rows / (rows - 1)))
      return scaled(centred, variance)
    },
  }
}

function batchTooSmall(x: Tensor): ElmanError {
  return new ElmanError('BATCH_TOO_SMALL', {
    message: '"batch-norm" in training needs at least two rows to take a variance over',
    found: formatType(x),
    hint: "use larger batches, or layer-norm; mode: 'evaluate' works with one row",
  })
}

/** Registry entry `batch-norm`. */
export const batchNormComponent = defineComponent(LAYER, {
  type: 'batch-norm',
  summary: 'mean 0 and variance 1 over the batch (Ioffe & Szegedy 2015)',
  config: z.strictObject({
    size: z.int().positive().describe('features of the input'),
    momentum: z.number().min(0).max(1).default(0.1).describe('share of each batch in the running statistics'),
    epsilon: z.number().positive().default(1e-5).describe('added to the variance'),
  }),
  create: batchNorm,
})
