import { add, cast, ElmanError, expandDims, mul } from '@elman/core'
import type { SequenceLayer } from './sequence-layer.ts'

/**
 * A layer whose input is added to its output (He et al. 2016; between LSTM layers: Wu et al. 2016).
 * Padding stays zero. Parameters and state are the layer's own.
 *
 * @throws `LAYER_SIZES_DIFFER` when output and input differ in size
 */
export function residual(layer: SequenceLayer): SequenceLayer {
  if (layer.inputSize !== layer.outputSize) {
    throw new ElmanError('LAYER_SIZES_DIFFER', {
      message: '"residual" adds the input of a layer to its output',
      expected: 'a layer whose output is as wide as its input',
      found: `${layer.inputSize} in and ${layer.outputSize} out`,
    })
  }
  return {
    ...layer,
    apply(parameters, input, context) {
      const { outputs, state } = layer.apply(parameters, input, context)
      const { xs, mask } = input
      const shortcut = mask === undefined ? xs : mul(xs, expandDims(cast(mask, xs.dtype), -1))
      return { outputs: add(outputs, shortcut), state }
    },
  }
}
