/**
 * What an optimiser is. Its functions are pure: they run on traced tensors, so an update becomes part of the compiled
 * train step, and all its memory is a tree of arrays that a checkpoint can hold.
 */
import type { Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'

/** What an update reads. */
export interface OptimizerInput {
  readonly parameters: TensorParameters
  /** Arranged like the parameters. */
  readonly gradients: TensorParameters
  /** What {@link Optimizer.init} or the update before gave. */
  readonly state: TensorParameters
  /** Learning rate of this update, float scalar. */
  readonly rate: Tensor
  /** Updates done before this one, int32 scalar. */
  readonly step: Tensor
}

/** What an update makes, arranged like what it read. */
export interface OptimizerOutput {
  readonly parameters: TensorParameters
  readonly state: TensorParameters
}

/** Averaging of the weights that evaluations may start; host functions over an optimiser's state. */
export interface OptimizerAveraging {
  /** Evaluations that the non-monotonic rule leaves out; undefined where no evaluation starts the averaging. */
  readonly patience: number | undefined
  /** Whether it has started. */
  hasStarted(state: Parameters): boolean
  /** The state in which it starts, after `step` updates. */
  start(state: Parameters, step: number): Parameters
}

/** How parameters change by their gradients. Serves as the update rule of a train step. */
export interface Optimizer {
  /** Learning rate at the start; a schedule makes the rate of each update from it. */
  readonly rate: number
  /** Largest global norm of the gradients, which the train step scales down to; none when absent. */
  readonly clip?: number | undefined
  /**
   * State before the first update: records by slot (such as `velocity`), each arranged like the parameters without
   * the frozen ones; `{}` where there is none.
   *
   * @throws `PARAMETER_GROUP_UNMATCHED` when the pattern of a group names no parameter
   */
  init(parameters: Parameters): Parameters
  /** New parameters and state. Frozen parameters come back as they are. */
  update(input: OptimizerInput): OptimizerOutput
  /**
   * Work between updates that needs the numbers themselves and so runs on the host, such as choosing what pruning
   * removes. Called after each update with the number of updates done. Undefined, the usual answer, changes nothing;
   * a new state is copied into the step, and goes into checkpoints like any other.
   */
  afterUpdate?(state: OptimizedState, step: number): OptimizedState | undefined
  /** Where evaluation should use other parameters than training (averages): those, from the state. */
  evaluationParameters?(parameters: Parameters, state: Parameters): Parameters
  /** There where evaluations may start an averaging of the weights: the trainer asks after each. */
  readonly averaging?: OptimizerAveraging | undefined
}

/** Parameters and the state of their optimiser, on the host. */
export interface OptimizedState {
  readonly parameters: Parameters
  readonly optimizer: Parameters
}

declare module '../container/extension-point.ts' {
  interface ExtensionPoints {
    optimizer: { product: Optimizer }
  }
}
