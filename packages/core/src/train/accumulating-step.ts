/**
 * A train step over several batches: one graph adds the gradients of a batch to a sum, another clips the sum and
 * updates. Both also serve alone, for data-parallel training or updates at test time.
 */
import type { Backend, CompileOptions } from '../backend/backend.ts'
import type { Tensor } from '../ir/scope.ts'
import type { TensorParameters } from '../nn/layer.ts'
import { accumulateGradients, zeroGradients } from '../optim/accumulation.ts'
import type { Optimizer, OptimizerInput } from '../optim/optimizer.ts'
import { foldIn } from '../random/keys.ts'
import type { TensorType } from '../tensor/dtype.ts'
import { copyArray, isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { trace } from '../transform/trace.ts'
import { leavesOf } from '../transform/tree.ts'
import type { Objective, TensorBatch } from './objective.ts'
import { compileByShape } from './shape-graphs.ts'
import { clipGradients, gradientsOf, type StepOptions } from './step-function.ts'
import {
  arrangedLeaves,
  floatOf,
  floatScalar,
  keyArray,
  stepReport,
  type TrainState,
  type TrainStep,
} from './train-step.ts'

/**
 * Traces the gradient of one batch: parameters, carried state, batch, key, sums so far and this batch's share of the
 * whole, to the new sums, the carried state and the loss.
 */
export function traceGradients(
  objective: Objective,
  { parameters, carried }: Pick<TrainState, 'parameters' | 'carried'>,
  lossScale = 1,
) {
  const example = {
    parameters,
    carried,
    batch: objective.batch,
    key: { dtype: 'int32', shape: [2] } as TensorType,
    sums: parameters,
    share: { dtype: floatOf(parameters), shape: [] } as TensorType,
  }
  return trace(input => {
    const { sums, share, ...rest } = input as unknown as {
      readonly parameters: TensorParameters
      readonly carried: TensorParameters
      readonly batch: TensorBatch
      readonly key: Tensor
      readonly sums: TensorParameters
      readonly share: Tensor
    }
    const { loss, gradients, carried: after } = gradientsOf(objective, lossScale, rest)
    return { sums: accumulateGradients(sums, gradients, share), carried: after, loss }
  }, example)
}

/** Traces the update: parameters, optimiser state, gradients, step and rate, to new ones and the gradient's norms. */
export function traceUpdate(optimizer: Optimizer, { parameters, optimizer: state }: TrainState) {
  const example = {
    parameters,
    state,
    gradients: parameters,
    step: { dtype: 'int32', shape: [] } as TensorType,
    rate: { dtype: floatOf(parameters), shape: [] } as TensorType,
  }
  return trace(input => {
    const { gradients, ...rest } = input as unknown as OptimizerInput
    const clipped = clipGradients(gradients, optimizer.clip)
    const after = optimizer.update({ ...rest, gradients: clipped.gradients })
    return {
      parameters: after.parameters,
      state: after.state,
      norms: clipped.norms,
      gradientNorm: clipped.norm,
    }
  }, example)
}

/**
 * Compiles a step that takes several batches and updates once, as if they were rows of one batch of which each was a
 * share by its tokens. State that is not trained (running statistics) is not updated.
 */
export async function createAccumulatingStep(
  backend: Backend,
  objective: Objective,
  optimizer: Optimizer,
  initial: TrainState,
  { lossScale, ...compile }: StepOptions & Pick<CompileOptions, 'threads'> = {},
): Promise<TrainStep> {
  const gradients = await compileByShape(
    backend,
    objective,
    sized => traceGradients(sized, initial, lossScale).graph,
    { ...compile, name: 'gradients' },
  )
  const update = await backend.compile(traceUpdate(optimizer, initial).graph, { ...compile, name: 'update' })
  const dtype = floatOf(initial.parameters)
  const leaves = (tree: object): NdArray[] => leavesOf<NdArray>(tree, isNdArray)
  const fresh = leaves(objective.initialState())
  const zeros = leaves(zeroGradients(initial.parameters))
  const count = zeros.length
  let held = [...leaves(initial.parameters), ...leaves(initial.optimizer)].map(copyArray)
  let spare = held.map(copyArray)
  let carried = leaves(initial.carried).map(copyArray)
  let sums = zeros.map(copyArray)
  let spareSums = zeros.map(copyArray)

  return {
    async run(batches, { key, step, rate }) {
      const total = batches.reduce((tokens, batch) => tokens + batch.tokens, 0)
      let loss = 0
      for (const [index, { arrays, tokens, startsEpoch }] of batches.entries()) {
        const share = tokens / total
        const gradient = await gradients.forBatch(arrays)
        const results = await gradient.run(
          [
            ...held.slice(0, count),
            ...(startsEpoch ? fresh : carried),
            ...Object.keys(objective.batch).map(name => arrays[name]!),
            keyArray(foldIn(key, index)),
            ...(index === 0 ? zeros : sums),
            floatScalar(share, dtype),
          ],
          { into: [...spareSums, ...carried.map(() => undefined), undefined] },
        )
        spareSums = sums
        sums = results.slice(0, count)
        carried = results.slice(count, -1)
        loss += Number(results.at(-1)!.data[0]) * share
      }
      const inputs = [...held, ...sums, intScalar(step), floatScalar(rate, dtype)]
      const results = await update.run(inputs, { into: [...spare, undefined, undefined] })
      spare = held
      held = results.slice(0, spare.length)
      const [norms, gradientNorm] = results.slice(spare.length) as [NdArray, NdArray]
      return stepReport(initial.parameters, loss, norms, gradientNorm)
    },
    state: () => arrangedLeaves(initial, [...held, ...carried]),
    load(state) {
      held = [...leaves(state.parameters), ...leaves(state.optimizer)].map(copyArray)
      spare = held.map(copyArray)
      carried = leaves(state.carried).map(copyArray)
    },
    async dispose() {
      await gradients.dispose()
      await update.dispose()
    },
  }
}

function intScalar(value: number): NdArray {
  return { dtype: 'int32', shape: [], data: Int32Array.of(value) }
}
