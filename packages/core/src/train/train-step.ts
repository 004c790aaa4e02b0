/**
 * A compiled train step and the arrays it works on. Two sets of buffers change roles at each step: one is read, the
 * other is written, and neither ever serves as both.
 */
import type { Backend, CompileOptions } from '../backend/backend.ts'
import type { Parameters } from '../nn/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Key } from '../random/keys.ts'
import type { TensorType } from '../tensor/dtype.ts'
import { copyArray, isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { isTensorType, trace } from '../transform/trace.ts'
import { leavesOf, leavesWithPaths, withLeaves } from '../transform/tree.ts'
import type { SourceBatch } from './batch-source.ts'
import type { Objective } from './objective.ts'
import { compileByShape, type ShapeGraphs } from './shape-graphs.ts'
import { type StepInput, type StepOptions, type StepOutput, stepFunction } from './step-function.ts'

/** Parameters and what goes with them, on the host. */
export interface TrainState {
  readonly parameters: Parameters
  readonly optimizer: Parameters
  readonly carried: Parameters
}

/** What a step is told besides its data. */
export interface StepCall {
  /** Key of this step alone. */
  readonly key: Key
  /** Updates done before. */
  readonly step: number
  readonly rate: number
}

/** What a step tells. */
export interface StepReport {
  /** Mean nats per token, before the update. */
  readonly loss: number
  /** Of the whole gradient, before clipping. */
  readonly gradientNorm: number
  /** Norm by parameter path, before clipping. */
  gradientNorms(): { [path: string]: number }
}

/** A step that runs. */
export interface TrainStep {
  /** Does one update with these batches: one, unless the step accumulates gradients. */
  run(batches: readonly SourceBatch[], call: StepCall): Promise<StepReport>
  /** The arrays after the last step: to be read before the next one, which may write the set before them. */
  state(): TrainState
  /** Takes over parameters and state, copying them. */
  load(state: TrainState): void
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** The types of everything a step reads; arrays count as their types. */
export interface StepExample {
  readonly parameters: Parameters
  readonly optimizer: Parameters
  readonly carried: Parameters
  readonly batch: { readonly [name: string]: TensorType }
}

/** Traces one step: the graph that {@link createTrainStep} compiles, for tests and measurements. */
export function traceTrainStep(
  objective: Objective,
  optimizer: Optimizer,
  example: StepExample,
  options: StepOptions = {},
) {
  const input = {
    ...example,
    key: { dtype: 'int32', shape: [2] } as TensorType,
    step: { dtype: 'int32', shape: [] } as TensorType,
    rate: { dtype: floatOf(example.parameters), shape: [] } as TensorType,
  }
  const step = stepFunction(objective, optimizer, options)
  return trace(
    (x): { [Part in keyof StepOutput]: StepOutput[Part] } => step(x as unknown as StepInput),
    input,
  )
}

/** Compiles a train step on a backend, holding a copy of `initial`. */
export async function createTrainStep(
  backend: Backend,
  objective: Objective,
  optimizer: Optimizer,
  initial: TrainState,
  options: StepOptions & Pick<CompileOptions, 'threads'> = {},
): Promise<TrainStep> {
  const graphOf = (sized: Objective) =>
    traceTrainStep(sized, optimizer, { ...initial, batch: sized.batch }, options).graph
  const graphs = await compileByShape(backend, objective, graphOf, {
    name: 'train-step',
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  })
  return runStep(graphs, objective, initial)
}

function runStep(graphs: ShapeGraphs, objective: Objective, initial: TrainState): TrainStep {
  const parts = ['parameters', 'optimizer', 'carried'] as const
  const leavesIn = (state: TrainState): NdArray[] =>
    parts.flatMap(part => leavesOf<NdArray>(state[part], isNdArray))
  const dtype = floatOf(initial.parameters)
  const zeroCarried = leavesOf<NdArray>(objective.initialState(), isNdArray)
  const held = leavesIn(initial).length - zeroCarried.length // parameters and optimiser state
  let current = leavesIn(initial).map(copyArray)
  let spare = current.map(copyArray)
  return {
    async run([batch], { key, step, rate }) {
      const { arrays, startsEpoch } = batch!
      const inputs = [
        ...(startsEpoch ? [...current.slice(0, held), ...zeroCarried] : current),
        ...Object.keys(objective.batch).map(name => arrays[name]!),
        keyArray(key),
        { dtype: 'int32', shape: [], data: Int32Array.of(step) } as NdArray,
        floatScalar(rate, dtype),
      ]
      const executable = await graphs.forBatch(arrays)
      const results = await executable.run(inputs, { into: [...spare, undefined, undefined, undefined] })
      spare = current
      current = results.slice(0, spare.length)
      const [loss, norms, gradientNorm] = results.slice(spare.length) as [NdArray, NdArray, NdArray]
      return stepReport(initial.parameters, Number(loss.data[0]), norms, gradientNorm)
    },
    state: () => arrangedLeaves(initial, current),
    load(state) {
      current = leavesIn(state).map(copyArray)
      spare = current.map(copyArray)
    },
    dispose: () => graphs.dispose(),
  }
}

/** Leaves (parameters, optimiser state, carried state, in this order) arranged like a state. */
export function arrangedLeaves(like: TrainState, leaves: readonly NdArray[]): TrainState {
  let next = 0
  const take = (part: Parameters): Parameters => {
    const start = next
    next += leavesOf(part, isNdArray).length
    return withLeaves(part, isNdArray, leaves.slice(start, next)) as Parameters
  }
  const [parameters, optimizer] = [take(like.parameters), take(like.optimizer)]
  return { parameters, optimizer, carried: take(like.carried) }
}

/** A step's numbers; `norms` holds one for each leaf of `parameters`. */
export function stepReport(
  parameters: Parameters,
  loss: number,
  norms: NdArray,
  gradientNorm: NdArray,
): StepReport {
  return {
    loss,
    gradientNorm: Number(gradientNorm.data[0]),
    gradientNorms: () =>
      Object.fromEntries(
        leavesWithPaths(parameters, isNdArray).map(({ path }, i) => [path, Number(norms.data[i])]),
      ),
  }
}

/** A key as a graph input. */
export function keyArray(key: Key): NdArray {
  return { dtype: 'int32', shape: [2], data: Int32Array.from(key) }
}

/** The floating dtype of parameters: that of the first leaf. */
export function floatOf(parameters: Parameters): 'float32' | 'float64' {
  return leavesOf<TensorType>(parameters, isTensorType)[0]?.dtype === 'float64' ? 'float64' : 'float32'
}

/** A number as a float scalar. */
export function floatScalar(value: number, dtype: 'float32' | 'float64'): NdArray {
  return { dtype, shape: [], data: dtype === 'float64' ? Float64Array.of(value) : Float32Array.of(value) }
}
