import {
  type Graph,
  isNdArray,
  leavesOf,
  leavesWithPaths,
  type NdArray,
  type Parameters,
  reshape,
  softmax,
  type TensorParameters,
  trace,
  withLeaves,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import type { LanguageModel } from './language-model.ts'

/** One step of a language model as a graph that needs nothing else: what is exported. */
export interface StepGraph {
  readonly graph: Graph
  /** `token`, then `state.…` for each part of the state. */
  readonly inputNames: readonly string[]
  /** `probabilities`, then `next.…` in the order of the states. */
  readonly outputNames: readonly string[]
  /** State before the first token, in the order of the inputs. */
  readonly initialState: readonly NdArray[]
}

/**
 * Token (int32 (1, 1)) and state to the probabilities of the next token (1, vocabulary) and the next state, with the
 * weights as constants.
 */
export function traceStepGraph(
  model: LanguageModel,
  parameters: Parameters,
  dtype: FloatType = 'float32',
): StepGraph {
  const initial = model.initialState(1, dtype) as Parameters
  const states = leavesWithPaths<NdArray>(initial, isNdArray)
  const { graph } = trace(
    (token, state) => {
      const weights = leavesOf<NdArray>(parameters, isNdArray).map(weight => token.scope.constant(weight))
      const fixed = withLeaves(parameters, isNdArray, weights) as TensorParameters
      const result = model.apply(fixed, token, state as SequenceState, { mode: 'evaluate' })
      return [reshape(softmax(result.logits), [1, model.vocabularySize]), result.state]
    },
    { dtype: 'int32', shape: [1, 1] } as const,
    initial,
  )
  return {
    graph,
    inputNames: ['token', ...states.map(({ path }) => `state.${path}`)],
    outputNames: ['probabilities', ...states.map(({ path }) => `next.${path}`)],
    initialState: states.map(({ leaf }) => leaf),
  }
}
