/** How much a text's loss depends on each parameter: the diagonal of the empirical Fisher information. */
import {
  add,
  type Backend,
  type BatchSource,
  isNdArray,
  isTensor,
  leavesOf,
  mul,
  type NdArray,
  type Objective,
  type Parameters,
  square,
  type Tensor,
  type TensorBatch,
  type TensorParameters,
  type TensorType,
  trace,
  valueAndGrad,
  withLeaves,
  zeroGradients,
} from '@elman/core'

/** What the Fisher information is of. */
export interface FisherOptions {
  readonly backend: Backend
  readonly objective: Objective
  /** Where the gradients are taken; dropout is off. */
  readonly parameters: Parameters
  /** The text; batches of one row come closest to the definition. */
  readonly source: BatchSource
  /** Batches to average over. */
  readonly batches: number
}

/**
 * Average over batches of tokens · (∂ mean loss / ∂θ)², arranged like the parameters, in nats² per token. Where the
 * gradients of tokens are independent, as they nearly are at the end of training, this is the mean squared gradient of
 * a token whatever the batch. The carried state goes on from batch to batch.
 */
export async function diagonalFisher(options: FisherOptions): Promise<Parameters> {
  const { backend, objective, parameters, source, batches } = options
  const floats = leavesOf<NdArray>(parameters, isNdArray)
  const dtype = floats[0]!.dtype as 'float32' | 'float64'
  const { graph } = trace(input => squaredGradients(objective, input as unknown as FisherInput), {
    ...{ parameters, carried: objective.initialState(), batch: objective.batch, sums: parameters },
    weight: { dtype, shape: [] } as TensorType,
  })
  const executable = await backend.compile(graph, { name: 'fisher' })
  try {
    const fresh = leavesOf<NdArray>(objective.initialState(), isNdArray)
    let sums = leavesOf<NdArray>(zeroGradients(parameters), isNdArray)
    let carried = fresh
    for (let count = 0; count < batches; count++) {
      const { arrays, tokens, startsEpoch } = source.next()
      const data = dtype === 'float64' ? Float64Array.of(tokens / batches) : Float32Array.of(tokens / batches)
      const weight: NdArray = { dtype, shape: [], data }
      const batch = Object.keys(objective.batch).map(name => arrays[name]!)
      const state = startsEpoch ? fresh : carried
      const results = await executable.run([...floats, ...state, ...batch, ...sums, weight])
      sums = results.slice(0, sums.length)
      carried = results.slice(sums.length)
    }
    return withLeaves(parameters, isNdArray, sums) as Parameters
  } finally {
    await executable.dispose()
  }
}

interface FisherInput {
  readonly parameters: TensorParameters
  readonly carried: TensorParameters
  readonly batch: TensorBatch
  readonly sums: TensorParameters
  readonly weight: Tensor
}

function squaredGradients(objective: Objective, { parameters, carried, batch, sums, weight }: FisherInput) {
  const lossOf = (inner: TensorParameters): [Tensor, TensorParameters] => {
    const { loss, carried: after } = objective.loss(inner, carried, batch, { mode: 'evaluate' })
    return [loss, after]
  }
  const [[, after], gradients] = valueAndGrad(lossOf, { hasAux: true })(parameters)
  const slopes = leavesOf<Tensor>(gradients, isTensor)
  const total = leavesOf<Tensor>(sums, isTensor).map((sum, i) => add(sum, mul(square(slopes[i]!), weight)))
  return { sums: withLeaves(sums, isTensor, total) as TensorParameters, carried: after }
}
