import { add, ElmanError, type Key, random, type Tensor } from '@elman/core'
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
  /**
   * Whether the output is the sum of all layers' outputs, before the dropout between them, in place of the last one's
   * (Melis et al. 2018); false unless given.
   */
  readonly skip?: boolean
  /** Dropout on the first layer's input. */
  readonly input?: SequenceDropout
  /** Dropout on the last layer's output. */
  readonly output?: SequenceDropout
}

/**
 * Layers one above the other. Parameters and state: `0`, `1`, … from the input on.
 *
 * @throws `LAYER_SIZES_DIFFER` when a layer does not fit the one below, or with `skip` differs in output; `STACK_EMPTY`
 */
export function recurrentStack(options: RecurrentStackOptions): SequenceLayer {
  const { layers, skip = false } = options
  checkLayers(layers)
  if (skip) checkOutputs(layers)
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
      let sum: Tensor | undefined
      const state = each((layer, name) => {
        const index = Number(name)
        const result = layer.apply(
          partOf(parameters, name),
          { ...input, xs, state: stateOf(input.state, name) },
          childContext(context, 2 * index),
        )
        const isLast = index === layers.length - 1
        if (skip) sum = sum === undefined ? result.outputs : add(sum, result.outputs)
        const kind = isLast ? options.output : options.between
        xs = drop(kind, isLast && sum !== undefined ? sum : result.outputs, 2 * index + 1)
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

function checkOutputs(layers: readonly SequenceLayer[]): void {
  const [first] = layers
  const index = layers.findIndex(({ outputSize }) => outputSize !== first!.outputSize)
  if (index < 0) return
  throw new ElmanError('LAYER_SIZES_DIFFER', {
    message: `with "skip" the outputs of all layers of "recurrentStack" are added, and layer ${index} differs`,
    expected: `outputSize ${first!.outputSize}`,
    found: `outputSize ${layers[index]!.outputSize}`,
  })
}
