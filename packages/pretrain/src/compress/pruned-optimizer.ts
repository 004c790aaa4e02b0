/** Magnitude pruning in training, as a wrapper of any optimiser: masks are part of its state, so checkpoints have them. */
import {
  ElmanError,
  filled,
  flattenParameters,
  isFloat,
  isTensor,
  leavesWithPaths,
  matchesPattern,
  mul,
  type NdArray,
  type Optimizer,
  type OptimizerAveraging,
  type Parameters,
  suggestion,
  type Tensor,
  type TensorParameters,
  unflattenParameters,
  withLeaves,
} from '@elman/core'
import { magnitudeMasks, type PruningScope } from './magnitude-masks.ts'
import { changesMasks, checkSchedule, cubicSparsity, type SparsitySchedule } from './sparsity-schedule.ts'

/** What is pruned, and when. */
export interface PruningOptions extends SparsitySchedule {
  /** `layer`: the same share of each array; `global`: the smallest of all arrays together. `layer` unless given. */
  readonly scope?: PruningScope | undefined
  /**
   * Patterns over parameter paths, as of `ParameterGroup`, of the arrays to prune; all float arrays of two axes or more
   * unless given, so that biases stay.
   */
  readonly parameters?: readonly string[] | undefined
}

/**
 * An optimiser that prunes: at the updates that the schedule names the weights of smallest magnitude become 0, and what
 * is 0 by pruning stays 0: its gradient is hidden from the inner optimiser and its value from everybody. The masks are
 * the slot `pruning` of the optimiser's state. Kernels stay dense, so nothing runs faster for it.
 *
 * @throws `PRUNING_SCHEDULE_INVALID`; on `init`, `PRUNING_UNMATCHED` when a pattern names no array that can be pruned
 */
export function prunedOptimizer(inner: Optimizer, options: PruningOptions): Optimizer {
  checkSchedule(options)
  const { scope = 'layer', parameters: patterns } = options
  return {
    rate: inner.rate,
    ...(inner.clip === undefined ? {} : { clip: inner.clip }),
    init(parameters) {
      const ones = [...prunable(parameters, patterns)].map(
        ([path, { shape, dtype }]) => [path, filled(shape, 1, dtype)] as const,
      )
      return { ...inner.init(parameters), pruning: unflattenParameters(ones) as Parameters }
    },
    update(input) {
      const { pruning, ...state } = input.state
      const masks = new Map(leavesWithPaths<Tensor>(pruning, isTensor).map(({ path, leaf }) => [path, leaf]))
      const after = inner.update({ ...input, gradients: hidden(input.gradients, masks), state })
      return {
        parameters: hidden(after.parameters, masks),
        state: { ...after.state, pruning: pruning as TensorParameters },
      }
    },
    afterUpdate(state, step) {
      const before = inner.afterUpdate?.(withoutMasks(state), step)
      const merged =
        before === undefined
          ? state
          : { ...before, optimizer: { ...before.optimizer, pruning: state.optimizer.pruning! } }
      if (!changesMasks(options, step)) return before === undefined ? undefined : merged
      const sparsity = cubicSparsity(options, step)
      const masks = magnitudeMasks(prunable(merged.parameters, patterns), sparsity, scope)
      return {
        parameters: masked(merged.parameters, masks),
        optimizer: { ...merged.optimizer, pruning: unflattenParameters(masks) as Parameters },
      }
    },
    evaluationParameters(parameters, { pruning, ...state }) {
      const used = inner.evaluationParameters?.(parameters, state) ?? parameters
      return masked(used, flattenParameters(pruning as Parameters))
    },
    ...(inner.averaging === undefined ? {} : { averaging: averagingOf(inner.averaging) }),
  }
}

/** What evaluations may start in the inner optimiser. */
function averagingOf({ patience, hasStarted, start }: OptimizerAveraging): OptimizerAveraging {
  return {
    patience,
    hasStarted: ({ pruning: _, ...state }) => hasStarted(state),
    start: ({ pruning, ...state }, step) => ({ ...start(state, step), pruning: pruning! }),
  }
}

/** The arrays that patterns choose, by path. */
function prunable(
  parameters: Parameters,
  patterns: readonly string[] | undefined,
): ReadonlyMap<string, NdArray> {
  const all = flattenParameters(parameters)
  const matrices = new Map([...all].filter(([, { shape, dtype }]) => shape.length >= 2 && isFloat(dtype)))
  if (patterns === undefined) return matrices
  const floats = new Map([...all].filter(([, { dtype }]) => isFloat(dtype)))
  for (const pattern of patterns) {
    if ([...floats.keys()].some(path => matchesPattern(pattern, path))) continue
    throw new ElmanError('PRUNING_UNMATCHED', {
      message: `no parameter that could be pruned matches the pattern "${pattern}"`,
      hint: suggestion(pattern, [...floats.keys()], 'parameters'),
    })
  }
  return new Map([...floats].filter(([path]) => patterns.some(pattern => matchesPattern(pattern, path))))
}

function hidden(tree: TensorParameters, masks: ReadonlyMap<string, Tensor>): TensorParameters {
  const leaves = leavesWithPaths<Tensor>(tree, isTensor).map(({ path, leaf }) => {
    const mask = masks.get(path)
    return mask === undefined ? leaf : mul(leaf, mask)
  })
  return withLeaves(tree, isTensor, leaves) as TensorParameters
}

/** Parameters with 0 wherever a mask is 0. */
function masked(parameters: Parameters, masks: ReadonlyMap<string, NdArray>): Parameters {
  const arrays = [...flattenParameters(parameters)].map(([path, array]) => {
    const mask = masks.get(path)?.data
    if (mask === undefined) return [path, array] as const
    const data = (array.data as Float32Array | Float64Array).map((x, i) => (mask[i] === 0 ? 0 : x))
    return [path, { ...array, data } as NdArray] as const
  })
  return unflattenParameters(arrays) as Parameters
}

function withoutMasks<State extends { readonly optimizer: Parameters }>(state: State): State {
  const { pruning: _, ...optimizer } = state.optimizer
  return { ...state, optimizer }
}
