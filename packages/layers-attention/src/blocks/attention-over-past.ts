import {
  childContext,
  concat,
  filled,
  indexAxis,
  linear,
  random,
  type Tensor,
  tanh,
  transpose,
} from '@elman/core'
import { additiveAttention } from '../attention/additive-attention.ts'
import { scaledDotProductAttention } from '../attention/scaled-dot-product.ts'
import { allowedPast, emptyCount, type Past, recall, remember, stepsBefore } from '../past/past.ts'
import {
  constants,
  type FloatType,
  floatOf,
  type LayerState,
  type LayerStateArrays,
  partOf,
  type StatefulLayer,
  withoutPadding,
} from '../sequence/stateful-layer.ts'

/** Options of {@link attentionOverPast}. */
export interface AttentionOverPastOptions {
  /** Steps before each step that it sees; itself it does not. */
  readonly length: number
  /** `additive` (Bahdanau et al. 2015) or `dot`: products of the states themselves, scaled. `additive` unless given. */
  readonly score?: 'additive' | 'dot' | undefined
  /** Features of the layer that compares states, for `additive`; those of the states unless given. */
  readonly hidden?: number | undefined
}

/**
 * A recurrent layer that looks back on its own outputs (Cheng et al. 2016; Daniluk et al. 2017, section 2.1): with h the
 * layer's output and r the mean of those before it by attention, it gives tanh(W [h; r] + b). The first step, which has
 * nothing behind it, has r = 0.
 *
 * Parameters: `layer`, `attention` for additive scores, `combine`. State: `layer`, `memory` (batch, length, size), newest
 * last, `count` (batch). No gradient flows into the memory.
 *
 * @param layer any layer over a sequence, such as `recurrent(lstm(...))`
 */
export function attentionOverPast(layer: StatefulLayer, options: AttentionOverPastOptions): StatefulLayer {
  const { length, score = 'additive', hidden = layer.outputSize } = options
  const size = layer.outputSize
  const past: Past = { kind: 'sliding', length }
  const additive = additiveAttention({ querySize: size, keySize: size, hidden })
  const combine = linear({ inputSize: 2 * size, outputSize: size })
  const initialState = (batch: number, dtype: FloatType = 'float32'): LayerStateArrays => ({
    layer: layer.initialState(batch, dtype),
    memory: filled([batch, length, size], 0, dtype),
    count: emptyCount(batch, dtype),
  })
  return {
    inputSize: layer.inputSize,
    outputSize: size,
    init: (key, dtype) => ({
      layer: layer.init(random.foldIn(key, 'layer'), dtype),
      ...(score === 'additive' ? { attention: additive.init(random.foldIn(key, 'attention'), dtype) } : {}),
      combine: combine.init(random.foldIn(key, 'combine'), dtype),
    }),
    initialState,
    apply(parameters, input, context) {
      const { xs, mask } = input
      const state = input.state ?? constants(initialState(xs.shape[1]!, floatOf(xs)), xs)
      const inner = layer.apply(
        partOf(parameters, 'layer'),
        { ...input, state: state.layer as LayerState },
        childContext(context, 'layer'),
      )
      const states = inner.outputs // (time, batch, size)
      const { before, count } = stepsBefore(past, state.count as Tensor, input)
      const memory = state.memory as Tensor
      const seen = recall(memory, states)
      const allowed = indexAxis(allowedPast(before, length, 1), 1, 0) // (batch, time, length + time)
      const recalled =
        score === 'additive'
          ? additive.apply(parameters.attention as never, { queries: states, keys: seen, allowed }, context)
          : overRows(states, seen, allowed)
      const combined = combine.apply(parameters.combine as never, concat([states, recalled], -1), context)
      const outputs = tanh(combined)
      return {
        outputs: mask === undefined ? outputs : withoutPadding(outputs, mask),
        state: { layer: inner.state, memory: remember(memory, states), count },
      }
    },
  }
}

/** Dot-product attention of (time, batch, size) to (positions, batch, size). */
function overRows(queries: Tensor, keys: Tensor, allowed: Tensor): Tensor {
  const batchFirst = (x: Tensor) => transpose(x, [1, 0, 2])
  const seen = batchFirst(keys)
  return batchFirst(scaledDotProductAttention(batchFirst(queries), seen, seen, { allowed }))
}
