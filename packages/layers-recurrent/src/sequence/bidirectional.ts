import { concat, ElmanError, random } from '@elman/core'
import { childContext } from '../dropout/dropout-mask.ts'
import { partOf, type SequenceLayer, stateOf } from './sequence-layer.ts'

/**
 * Two layers over the same sequence, their outputs side by side: (time, batch, forward + backward).
 * Parameters and state: `forward`, `backward`.
 *
 * @param backward a layer that walks in reverse, such as `recurrent(cell, { reverse: true })`
 * @throws `LAYER_SIZES_DIFFER` when they take inputs of different sizes
 */
export function bidirectional(forward: SequenceLayer, backward: SequenceLayer): SequenceLayer {
  if (forward.inputSize !== backward.inputSize) {
    throw new ElmanError('LAYER_SIZES_DIFFER', {
      message: 'the two directions of "bidirectional" read the same sequence',
      expected: 'layers of one input size',
      found: `${forward.inputSize} forward and ${backward.inputSize} backward`,
    })
  }
  return {
    inputSize: forward.inputSize,
    outputSize: forward.outputSize + backward.outputSize,
    init: (key, dtype) => ({
      forward: forward.init(random.foldIn(key, 'forward'), dtype),
      backward: backward.init(random.foldIn(key, 'backward'), dtype),
    }),
    initialState: (batch, dtype) => ({
      forward: forward.initialState(batch, dtype),
      backward: backward.initialState(batch, dtype),
    }),
    apply(parameters, input, context) {
      const run = (layer: SequenceLayer, name: 'forward' | 'backward', part: number) =>
        layer.apply(
          partOf(parameters, name),
          { ...input, state: stateOf(input.state, name) },
          childContext(context, part),
        )
      const ahead = run(forward, 'forward', 0)
      const back = run(backward, 'backward', 1)
      return {
        outputs: concat([ahead.outputs, back.outputs], -1),
        state: { forward: ahead.state, backward: back.state },
      }
    },
  }
}
