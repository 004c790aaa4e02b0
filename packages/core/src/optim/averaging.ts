/**
 * Any optimiser with the mean of its weights beside it: training goes on with the weights, evaluation takes the mean.
 * Over gradient descent this is ASGD without its decay (t0 = 0, λ = 0 of `torch.optim.ASGD`); started by the
 * non-monotonic rule it is the NT-ASGD of Merity et al. (2018).
 */
import { z } from 'zod'
import { isTensor, type Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { add, cast, div, lessEqual, maximum, mul, select, sub } from '../ops/elementwise.ts'
import { isFloat } from '../tensor/dtype.ts'
import { copyArray, isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { leavesOf, withLeaves } from '../transform/tree.ts'
import type { OptimizedState, Optimizer, OptimizerAveraging } from './optimizer.ts'

/** When the weights begin to be averaged. */
export interface AveragingOptions {
  /**
   * `start`: with the first update. `non-monotonic`: after the first evaluation whose score is above the lowest of all
   * earlier ones but the last `patience`.
   */
  readonly trigger: 'start' | 'non-monotonic'
  /** Evaluations that the non-monotonic rule leaves out; 5 unless given. */
  readonly patience?: number | undefined
}

/** Schema of {@link AveragingOptions}. */
export const averagingConfig = z.strictObject({
  trigger: z.enum(['start', 'non-monotonic']).describe('when averaging begins'),
  patience: z
    .int()
    .nonnegative()
    .default(5)
    .describe('last evaluations that the non-monotonic rule leaves out'),
})

/** Before averaging has started. */
const NOT_YET = -1

/**
 * Averages the weights of an optimiser. State: `optimizer` (its own), `average` (like the parameters), `from`: updates
 * that were done when averaging started, −1 before that.
 *
 * As in PyTorch, the average after n updates is the mean of the weights after updates 2 … n, counted from its start
 * (after the first update it is those weights themselves).
 */
export function averagedOptimizer(optimizer: Optimizer, options: AveragingOptions): Optimizer {
  const { trigger, patience = 5 } = options
  const averaging: OptimizerAveraging = {
    patience: trigger === 'start' ? undefined : patience,
    hasStarted: state => Number((state.from as NdArray).data[0]) !== NOT_YET,
    start: (state, step) => ({ ...state, from: integer(step) }),
  }
  return {
    rate: optimizer.rate,
    ...(optimizer.clip === undefined ? {} : { clip: optimizer.clip }),
    averaging,
    init: parameters => ({
      optimizer: optimizer.init(parameters),
      average: withLeaves(
        parameters,
        isNdArray,
        leavesOf<NdArray>(parameters, isNdArray).map(copyArray),
      ) as Parameters,
      from: integer(trigger === 'start' ? 0 : NOT_YET),
    }),
    update(input) {
      const {
        optimizer: inner,
        average,
        from,
      } = input.state as {
        readonly optimizer: TensorParameters
        readonly average: TensorParameters
        readonly from: Tensor
      }
      const after = optimizer.update({ ...input, state: inner })
      const done = cast(sub(input.step, from), input.rate.dtype)
      // Until it starts the average is the weights, so that it starts from them.
      const share = select(lessEqual(0, from), div(1, maximum(done, 1)), 1)
      const kept = sub(1, share)
      const old = leavesOf<Tensor>(average, isTensor)
      const moved = leavesOf<Tensor>(after.parameters, isTensor).map((leaf, i) =>
        isFloat(leaf.dtype) ? add(mul(old[i]!, kept), mul(leaf, share)) : leaf,
      )
      return {
        parameters: after.parameters,
        state: {
          optimizer: after.state,
          average: withLeaves(average, isTensor, moved) as TensorParameters,
          from,
        },
      }
    },
    ...(optimizer.afterUpdate === undefined ? {} : { afterUpdate: innerAfterUpdate(optimizer) }),
    evaluationParameters(parameters, state) {
      if (averaging.hasStarted(state)) return state.average as Parameters
      return optimizer.evaluationParameters?.(parameters, state.optimizer as Parameters) ?? parameters
    },
  }
}

function integer(value: number): NdArray {
  return { dtype: 'int32', shape: [], data: Int32Array.of(value) }
}

/** What the inner optimiser does between updates, on its own part of the state. */
function innerAfterUpdate(optimizer: Optimizer) {
  return ({ parameters, optimizer: state }: OptimizedState, step: number): OptimizedState | undefined => {
    const inner = { parameters, optimizer: state.optimizer as Parameters }
    const changed = optimizer.afterUpdate!(inner, step)
    return (
      changed && { parameters: changed.parameters, optimizer: { ...state, optimizer: changed.optimizer } }
    )
  }
}
