/**
 * The train step of a probe: one graph for each padded length. With several seeds each has its own parameters, its own
 * batch and its own gradient norm, in front of each other.
 */
import {
  adam,
  type Backend,
  clipByGlobalNorm,
  type Executable,
  type NdArray,
  ndArray,
  type Parameters,
  type Tensor,
  type TensorType,
  type Traced,
  trace,
  valueAndGrad,
  vmap,
} from '@elman/core'
import type { Encoding } from '../languages/encoding.ts'
import type { Learner, LearnerCall } from '../learners/learner.ts'
import { scoredLoss, type TensorStrings } from './answers.ts'
import {
  countParameters,
  packParameters,
  packTensors,
  unpackParameters,
  unpackTensor,
} from './flat-parameters.ts'
import { batchTypes, type StringBatch } from './string-batch.ts'

/** What a probe's steps are made of. */
export interface ProbeStepOptions {
  readonly backend: Backend
  readonly encoding: Encoding
  readonly learner: Learner
  /** Strings in a batch. */
  readonly rows: number
  /** Largest norm of a seed's gradient. */
  readonly clip: number
  /** First parameters, one for each seed. */
  readonly initial: readonly Parameters[]
}

/** What a step is told besides its batch. */
export interface ProbeStepCall {
  /** Padded steps of the strings. */
  readonly time: number
  /** Symbols of their words, for a learner that needs it; one number for each `time`. */
  readonly word?: number | undefined
  /** Updates done before. */
  readonly step: number
  readonly rate: number
}

/** Steps over parameters that they hold. */
export interface ProbeStep {
  /** One update of every seed on a batch of its own; the losses before it, by seed. */
  run(batch: StringBatch, call: ProbeStepCall): Promise<Float32Array>
  /** The parameters now, one for each seed; copies. */
  parameters(): Parameters[]
  /** Graphs compiled so far. */
  graphs(): number
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Parameters and Adam's two means, a row each. */
interface Rows {
  readonly weights: Tensor
  readonly first: Tensor
  readonly second: Tensor
}

/** Makes the step; graphs are compiled when their length first comes. */
export function createProbeStep(options: ProbeStepOptions): ProbeStep {
  const { backend, initial } = options
  const seeds = initial.length
  const count = countParameters(initial[0]!)
  const shape = seeds > 1 ? [seeds, count] : [count]
  const row = (): NdArray => ndArray('float32', shape, new Float32Array(seeds * count))
  let current = [row(), row(), row()]
  let spare = [row(), row(), row()]
  for (const [seed, parameters] of initial.entries()) {
    ;(current[0]!.data as Float32Array).set(packParameters(parameters), seed * count)
  }
  const graphs = new Map<number, Executable>()
  const graphFor = async (time: number, word: number | undefined): Promise<Executable> => {
    const known = graphs.get(time)
    if (known !== undefined) return known
    const graph = traceProbeStep(options, { time, word, hard: false }, shape)
    const made = await backend.compile(graph, { threads: 1, name: `probe-step-${time}` })
    graphs.set(time, made)
    return made
  }
  return {
    async run(batch, { time, word, step, rate }) {
      const graph = await graphFor(time, word)
      const inputs = [
        ...current,
        batch.inputs,
        batch.targets,
        batch.scored,
        ndArray('int32', [], Int32Array.of(step)),
        ndArray('float32', [], Float32Array.of(rate)),
      ]
      const results = await graph.run(inputs, { into: [...spare, undefined] })
      spare = current
      current = results.slice(0, 3)
      return results[3]!.data as Float32Array
    },
    parameters: () =>
      initial.map((like, seed) => {
        const all = current[0]!.data as Float32Array
        return unpackParameters(all.subarray(seed * count, (seed + 1) * count), like)
      }),
    graphs: () => graphs.size,
    async dispose() {
      for (const graph of graphs.values()) await graph.dispose()
      graphs.clear()
    },
  }
}

/** Forward, backward, clip and Adam for batches of one length: rows, batch, step, rate to rows and losses. */
function traceProbeStep(options: ProbeStepOptions, call: LearnerCall, shape: readonly number[]) {
  const { encoding, learner, rows, clip, initial } = options
  const seeds = initial.length
  const optimizer = adam({ rate: 1 }) // every step is told its rate
  const one = (own: Rows, strings: TensorStrings, step: Tensor, rate: Tensor) => {
    const loss = (parameters: Traced<Parameters>) =>
      scoredLoss(encoding, learner.apply(parameters, strings.inputs, call), strings)
    const [value, gradients] = valueAndGrad(loss)(
      unpackTensor(own.weights, initial[0]!) as Traced<Parameters>,
    )
    const clipped = clipByGlobalNorm({ weights: packTensors(gradients as never) }, clip)
    const after = optimizer.update({
      parameters: { weights: own.weights },
      gradients: clipped.gradients,
      state: { first: { weights: own.first }, second: { weights: own.second } },
      step,
      rate,
    })
    const { first, second } = after.state as { [slot: string]: { weights: Tensor } }
    return [after.parameters.weights as Tensor, first!.weights, second!.weights, value] as const
  }
  const step = seeds > 1 ? vmap(one, [0, 0, null, null]) : one
  const type: TensorType = { dtype: 'float32', shape }
  return trace(
    step as (...args: never[]) => readonly Tensor[],
    { weights: type, first: type, second: type },
    batchTypes(encoding, call.time, rows, seeds > 1 ? seeds : undefined),
    { dtype: 'int32', shape: [] },
    { dtype: 'float32', shape: [] },
  ).graph
}
