import {
  cast,
  ElmanError,
  expandDims,
  filled,
  type LayerContext,
  type Parameters,
  type Tensor,
  type Traced,
  transpose,
} from '@elman/core'
import { attentionHeads, type HeadOptions, type Heads } from '../attention/heads.ts'
import { biasOf, causalBias } from '../attention/masking.ts'
import {
  allowedPast,
  emptyCount,
  isWholeSegment,
  type Past,
  recall,
  remember,
  slotsOf,
  stepsBefore,
} from '../past/past.ts'
import {
  constants,
  type FloatType,
  floatOf,
  type LayerState,
  type LayerStateArrays,
  type StatefulInput,
  type StatefulLayer,
  type StatefulOutput,
  withoutPadding,
} from '../sequence/stateful-layer.ts'

/** Options of {@link selfAttention}. */
export interface SelfAttentionOptions extends Omit<HeadOptions, 'keySize' | 'valueSize'> {
  /** How far back steps see over the edges of windows; each window by itself unless given. */
  readonly past?: Past | undefined
  /** Without `past`: whether steps see no later ones; true unless given. */
  readonly causal?: boolean | undefined
  /**
   * What the memory holds. `states`: what was read, projected anew in each window, so that projections learn from it
   * (Dai et al. 2019). `keys-values`: its projections, which saves time in generation; they count as constants. Both
   * give the same outputs while parameters stand still. `states` unless given.
   */
  readonly cache?: 'states' | 'keys-values' | undefined
}

/**
 * Attention of a sequence to itself, over heads. With `past`, the state has what was read: `memory`, or `keys` and
 * `values`, (batch, slots, size), newest last, and `count` (batch), how many of the slots are real. No gradient flows
 * into it.
 *
 * @throws `ATTENTION_HEADS`, `ATTENTION_NOT_CAUSAL` for relative positions without causality
 */
export function selfAttention(options: SelfAttentionOptions): StatefulLayer {
  const { size, past, causal = true, cache = 'states', positions } = options
  if (past === undefined && !causal && positions === 'relative') throw notCausal()
  const heads = attentionHeads(options)
  const initialState = (batch: number, dtype: FloatType = 'float32'): LayerStateArrays => {
    if (past === undefined) return {}
    const zeros = () => filled([batch, slotsOf(past), size], 0, dtype)
    const memory = cache === 'states' ? { memory: zeros() } : { keys: zeros(), values: zeros() }
    return { ...memory, count: emptyCount(batch, dtype) } as LayerStateArrays
  }
  return {
    inputSize: size,
    outputSize: size,
    init: heads.init,
    initialState,
    apply(parameters, input, context) {
      const { xs, mask } = input
      const state = input.state ?? constants(initialState(xs.shape[1]!, floatOf(xs)), xs)
      const result =
        past === undefined || isWholeSegment(past, input, context)
          ? { outputs: withinWindow(heads, parameters, input, causal || past !== undefined, context), state }
          : overPast(heads, parameters, past, { ...input, state }, context)
      return mask === undefined ? result : { ...result, outputs: withoutPadding(result.outputs, mask) }
    },
  }
}

/** Attention among the steps of a window. */
function withinWindow(
  heads: Heads,
  parameters: Traced<Parameters>,
  { xs, mask, reset }: StatefulInput,
  causal: boolean,
  context: LayerContext,
): Tensor {
  const [time, batch] = xs.shape as [number, number]
  const projected = {
    queries: heads.project(parameters, 'query', xs, context),
    keys: heads.project(parameters, 'key', xs, context),
    values: heads.project(parameters, 'value', xs, context),
  }
  if (causal && (mask !== undefined || reset !== undefined)) {
    const whole: Past = { kind: 'memory', length: 0 }
    const { before } = stepsBefore(whole, xs.scope.constant(emptyCount(batch, floatOf(xs))), {
      xs,
      mask,
      reset,
    })
    return heads.attend(parameters, projected, { bias: biasOf(allowedPast(before, 0), floatOf(xs)) }, context)
  }
  const bias = causal ? causalBias(time, time, floatOf(xs)) : undefined
  // (time, batch) to (batch, 1, 1, positions)
  const allowed = mask === undefined ? undefined : expandDims(expandDims(transpose(cast(mask, 'bool')), 1), 1)
  return heads.attend(parameters, projected, { bias, allowed }, context)
}

/** Attention to memory and window. */
function overPast(
  heads: Heads,
  parameters: Traced<Parameters>,
  past: Past,
  input: StatefulInput & { readonly state: LayerState },
  context: LayerContext,
): StatefulOutput {
  const { xs, state } = input
  const project = (part: 'query' | 'key' | 'value', x: Tensor) => heads.project(parameters, part, x, context)
  const { before, count } = stepsBefore(past, state.count as Tensor, input)
  const bias = biasOf(allowedPast(before, slotsOf(past)), floatOf(xs))
  const old = (name: string) => state[name] as Tensor
  const queries = project('query', xs)
  if ('memory' in state) {
    const seen = recall(old('memory'), xs) // (slots + time, batch, size)
    const projected = { queries, keys: project('key', seen), values: project('value', seen) }
    const outputs = heads.attend(parameters, projected, { bias }, context)
    return { outputs, state: { memory: remember(old('memory'), xs), count } }
  }
  const [newKeys, newValues] = [project('key', xs), project('value', xs)]
  const projected = { queries, keys: recall(old('keys'), newKeys), values: recall(old('values'), newValues) }
  const outputs = heads.attend(parameters, projected, { bias }, context)
  return {
    outputs,
    state: { keys: remember(old('keys'), newKeys), values: remember(old('values'), newValues), count },
  }
}

function notCausal(): ElmanError {
  return new ElmanError('ATTENTION_NOT_CAUSAL', {
    message: 'relative positions count steps back, and this attention also looks ahead',
    hint: 'leave "causal" as it is, or use positions "rotary" or "none"',
  })
}
