import {
  type BatchSource,
  bernoulliMask,
  div,
  ElmanError,
  foldInTensor,
  isTensor,
  type JsonValue,
  type LayerContext,
  leavesOf,
  less,
  mean,
  mul,
  type NdArray,
  type Objective,
  reshape,
  select,
  sliceAxis,
  softmaxCrossEntropy,
  square,
  sub,
  sum,
  type Tensor,
  type TensorParameters,
  withLeaves,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import type { StreamPosition, TrainingStream, VariableStream, VariableStreamPosition } from '@elman/text'
import type { HiddenStates, LanguageModel, TrainingLoss } from './language-model.ts'

/** What is added to the loss in training (Merity et al. 2017); reported losses are without it. */
export interface ActivationPenalties {
  /** AR: factor on the mean square of the top layer's output, after its dropout. 0 unless given. */
  readonly activation?: number | undefined
  /** TAR: factor on the mean square of the change of that output from step to step, before its dropout. 0 unless given. */
  readonly temporal?: number | undefined
}

/** Shape and kind of the windows an objective takes, and what it does besides. */
export interface WindowOptions extends ActivationPenalties {
  readonly batch: number
  /** Usual length; windows of other lengths are graphs of their own. */
  readonly time: number
  /** Whether windows carry `weight` (time, batch): targets that count. */
  readonly weighted?: boolean
  readonly dtype?: FloatType
  /**
   * Probability of setting a row's carried state to zero before a window, so that the model learns to start anew
   * (Melis et al. 2018); 0 unless given.
   */
  readonly stateReset?: number | undefined
  /** Told of the model's training loss, while a step is traced, where it is none that could be compared. */
  readonly onLabel?: ((label: string) => void) | undefined
}

/** Numbers that a model's parts do not fold into their key: what the objective draws. */
const RESET_STREAM = 0x7e5e7

/**
 * Mean cross-entropy of the next token over windows `input`, `target` (time, batch), or what the model is trained by
 * in its place; the recurrent state is carried from window to window (truncated back-propagation through time).
 *
 * @throws `MODEL_WITHOUT_HIDDEN` while a step is traced with penalties for a model that does not show its hidden states
 */
export function languageModelObjective(model: LanguageModel, options: WindowOptions): Objective {
  const { batch, time, weighted = false, dtype = 'float32', stateReset = 0 } = options
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const weight = { dtype, shape: [time, batch] } as const
  return {
    batch: { input: ids, target: ids, ...(weighted ? { weight } : {}) },
    withBatch: ({ input }) => languageModelObjective(model, { ...options, time: input!.shape[0]! }),
    init: key => model.init(key, dtype),
    initialState: () => model.initialState(batch, dtype),
    loss(parameters, carried, window, context) {
      const before = resetRows(carried, stateReset, batch, dtype, context) as SequenceState
      const { losses, state, hidden, label } = tokenLosses(model, parameters, window, before, context)
      if (label !== undefined) options.onLabel?.(label)
      addPenalties(hidden, options, context)
      return { loss: weightedMean(losses, window.weight), carried: state }
    },
  }
}

/** What a training minimises, token by token (time · batch). */
function tokenLosses(
  model: LanguageModel,
  parameters: TensorParameters,
  { input, target }: { readonly [name: string]: Tensor },
  state: SequenceState,
  context: LayerContext,
): TrainingLoss {
  if (model.trainingLoss !== undefined && context.mode === 'train') {
    return model.trainingLoss(parameters, input!, target!, state, context)
  }
  const { logits, ...rest } = model.apply(parameters, input!, state, context)
  return { losses: softmaxCrossEntropy(logits, reshape(target!, [-1])), ...rest }
}

function weightedMean(losses: Tensor, weight: Tensor | undefined): Tensor {
  if (weight === undefined) return mean(losses)
  const flat = reshape(weight, [-1])
  return div(sum(mul(losses, flat)), sum(flat))
}

/** AR and TAR, as means over elements. */
function addPenalties(
  hidden: HiddenStates | undefined,
  { activation = 0, temporal = 0 }: ActivationPenalties,
  { mode, addLoss }: LayerContext,
): void {
  if (mode === 'evaluate' || (activation === 0 && temporal === 0)) return
  if (hidden === undefined) throw withoutHidden()
  const { raw, dropped } = hidden // (time, batch, hidden)
  if (activation !== 0) addLoss?.('activation', mul(mean(square(dropped)), activation))
  const time = raw.shape[0]!
  if (temporal === 0 || time < 2) return
  const change = sub(sliceAxis(raw, 0, 1), sliceAxis(raw, 0, 0, time - 1))
  addLoss?.('temporal activation', mul(mean(square(change)), temporal))
}

/** Carried state with some rows set to zero; every part of it is (batch, …). */
function resetRows(
  carried: TensorParameters,
  rate: number,
  batch: number,
  dtype: FloatType,
  { mode, key }: LayerContext,
): TensorParameters {
  if (rate === 0 || mode === 'evaluate') return carried
  const mask = bernoulliMask(foldInTensor(key!, RESET_STREAM), [batch], 1 - rate, dtype)
  const stays = less(0, mask)
  const parts = leavesOf<Tensor>(carried, isTensor).map(part => {
    if (part.shape[0] !== batch) throw withoutRows(part.shape, batch)
    return select(reshape(stays, [batch, ...part.shape.slice(1).map(() => 1)]), part, 0)
  })
  return withLeaves(carried, isTensor, parts) as TensorParameters
}

function withoutHidden(): ElmanError {
  return new ElmanError('MODEL_WITHOUT_HIDDEN', {
    message: 'activation penalties act on the hidden states of a model, and this model does not show them',
    expected: 'a model whose "apply" and "trainingLoss" give "hidden"',
    hint: 'leave train.penalties out',
  })
}

function withoutRows(shape: readonly number[], batch: number): ElmanError {
  return new ElmanError('STATE_RESET_UNSUPPORTED', {
    message: "a row's carried state cannot be reset where the state is not laid out in rows",
    expected: `(${batch}, …) for every part of the state`,
    found: `(${shape.join(', ')})`,
    hint: 'leave train.stateReset out',
  })
}

/**
 * The windows of a training text as batches. Windows of random length scale the learning rate by their length / the
 * usual one.
 */
export function windowSource(stream: TrainingStream | VariableStream): BatchSource {
  const variable = 'windowsBefore' in stream ? stream : undefined
  return {
    batchesPerEpoch: 'windowsBefore' in stream ? stream.windowsBefore(1) : stream.windowsPerEpoch,
    ...(variable === undefined ? {} : { batchesBefore: pass => variable.windowsBefore(pass) }),
    next() {
      const { input, target, time, batch, startsEpoch } = stream.next()
      const ids = (data: Int32Array): NdArray => ({ dtype: 'int32', shape: [time, batch], data })
      return {
        arrays: { input: ids(input), target: ids(target) },
        tokens: time * batch,
        startsEpoch,
        ...(variable === undefined ? {} : { rateFactor: time / variable.time }),
      }
    },
    position: () => stream.position() as unknown as JsonValue,
    restore: position => stream.restore(position as unknown as StreamPosition & VariableStreamPosition),
  }
}
