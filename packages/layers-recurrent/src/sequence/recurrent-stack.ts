import { ElmanError, type Key, random, type Tensor } from '@elman/core'
import type { FloatType } from '../cells/initial-values.ts'
import { childContext } from '../dropout/dropout-mask.ts'
import type { SequenceDropout } from '../dropout/sequence-dropout.ts'
import { partOf, type SequenceLayer, stateOf } from './sequence-layer.ts'

/** Options of {@link recurrentStack}. */
export interface RecurrentStackOptions {
  /** From the input to the output. */
  readonly layers: readonly SequenceLayer[]
  /** Dropout on what one layer hands to the next. */
  readonly between?: SequenceDropout
  /** Dropout on the first layer's input. */
  readonly input?: SequenceDropout
  /** Dropout on the last layer's output. */
  readonly output?: SequenceDropout
}

/**
 * Layers one above the other. Parameters and state: `0`, `1`, … from the input on.
 *
 * @throws `LAYER_SIZES_DIFFER` when a layer does not fit the one below; `STACK_EMPTY`
 */
export function recurrentStack(options: RecurrentStackOptions): SequenceLayer {
  const { layers } = options
  checkLayers(layers)
  const each = <T>(make: (layer: SequenceLayer, name: string) => T): { [name: string]: T } =>
    Object.fromEntries(layers.map((layer, index) => [String(index), make(layer, String(index))]))
  return {
    inputSize: layers[0]!.inputSize,
    outputSize: layers.at(-1)!.outputSize,
    init: (key: Key, dtype?: FloatType) =>
      each((layer, name) => layer.init(random.foldIn(key, Number(name)), dtype)),
    initialState: (batch, dtype) => each(layer => layer.initialState(batch, dtype)),
    apply(parameters, input, context) {
      // Keys: 2n for layer n, 2n + 1 for the dropout above it, the one past the last for the input.
      const drop = (kind: SequenceDropout | undefined, xs: Tensor, part: number) =>
        kind === undefined ? xs : kind(xs, childContext(context, part))
      let xs = drop(options.input, input.xs, 2 * layers.length)
      const state = each((layer, name) => {
        const index = Number(name)
        const result = layer.apply(
          partOf(parameters, name),
          { ...input, xs, state: stateOf(input.state, name) },
          childContext(context, 2 * index),
        )
        const kind = index === layers.length - 1 ? options.output : options.between
        xs = drop(kind, result.outputs, 2 * index + 1)
        return result.state
      })
      return { outputs: xs, state }
    },
  }
}

function checkLayers(layers: readonly SequenceLayer[]): void {
  if (layers.length === 0) {
    throw new ElmanError('STACK_EMPTY', { message: '"recurrentStack" needs at least one layer' })
  }
  for (const [index, layer] of layers.entries()) {
    const below = layers[index - 1]
    if (below === undefined || below.outputSize === layer.inputSize) continue
    throw new ElmanError('LAYER_SIZES_DIFFER', {
      message: `layer ${index} of "recurrentStack" does not fit the layer below it`,
      expected: `inputSize ${below.outputSize}`,
      found: `inputSize ${layer.inputSize}`,
    })
  }
}
