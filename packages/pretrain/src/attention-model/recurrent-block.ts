import { type Cell, childContext, layerNorm, type Parameters, random, type Traced } from '@elman/core'
import { type AttentionOverPastOptions, attentionOverPast } from '@elman/layers-attention'
import { recurrent, residual, type SequenceLayer } from '@elman/layers-recurrent'

/** Options of {@link recurrentBlock}. */
export interface RecurrentBlockOptions {
  /** Whether the block reads its input normalised and adds it to its output, as attention blocks do. */
  readonly residual?: boolean | undefined
  /** Lets the block look back on its own states. */
  readonly past?: AttentionOverPastOptions | undefined
}

/**
 * A cell over time, perhaps with attention to its own past states, as a block of a stack.
 *
 * @throws `LAYER_SIZES_DIFFER` for a residual around a cell whose output is not as wide as its input
 */
export function recurrentBlock(cell: Cell, options: RecurrentBlockOptions): SequenceLayer {
  const plain = recurrent(cell)
  const layer = options.past === undefined ? plain : attentionOverPast(plain, options.past)
  return options.residual === true ? residual(normalised(layer)) : layer
}

/** A layer that reads its input layer-normalised. Parameters: `norm`, `layer`; state: the layer's. */
function normalised(layer: SequenceLayer): SequenceLayer {
  const norm = layerNorm({ size: layer.inputSize })
  return {
    ...layer,
    init: (key, dtype) => ({
      norm: norm.init(key, dtype),
      layer: layer.init(random.foldIn(key, 'layer'), dtype),
    }),
    apply(parameters, input, context) {
      const xs = norm.apply(parameters.norm as never, input.xs, context)
      return layer.apply(
        parameters.layer as Traced<Parameters>,
        { ...input, xs },
        childContext(context, 'layer'),
      )
    },
  }
}
