/**
 * Multinomial logistic regression on the vectors of a layer, or on the learned mix of layers (Peters et al. 2018,
 * equation 1), by L-BFGS on all rows at once, to the optimum: nothing is drawn, and nothing depends on a rate or on when
 * training was stopped.
 */
import {
  add,
  arrayOf,
  type Backend,
  filled,
  isNdArray,
  leavesOf,
  matmul,
  mean,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  softmaxCrossEntropy,
  square,
  sub,
  sum,
  type Tensor,
  type TensorParameters,
  trace,
  valueAndGrad,
  withLeaves,
} from '@elman/core'
import { scalarMix } from '@elman/pretrain'
import type { LayerRows } from './layer-vectors.ts'
import { minimise } from './minimise.ts'

/** Rows with their classes. */
export interface LabelledRows {
  /** Standardised; one layer, or several of one size to mix. */
  readonly layers: readonly LayerRows[]
  /** Class of each row. */
  readonly labels: Int32Array
  /** Classes that a row may have, (rows, classes), 1 or 0; all unless given. */
  readonly allowed?: Uint8Array | undefined
}

/** How a probe is trained. */
export interface LinearProbeOptions {
  readonly classes: number
  /** λ of λ/2 · (‖W‖² + (γ − 1)² + ‖s‖²), beside the mean loss in nats; the bias is free. */
  readonly l2: number
  /** Where to begin; zero weights unless given. */
  readonly initial?: LinearProbe | undefined
  /** Norm of the gradient, relative to that at zero weights, at which it is done; 1e-3 unless given. */
  readonly tolerance?: number | undefined
  /** Most iterations; 500 unless given. */
  readonly maxSteps?: number | undefined
  /** Asks to stop early; the probe has then not converged. */
  readonly signal?: AbortSignal | undefined
}

/** A trained probe. */
export interface LinearProbe {
  /** (features, classes) and (classes), and for a mix γ () and s (layers). */
  readonly parameters: Parameters
  /** Share of each layer, softmax(s), and γ; absent for one layer. */
  readonly mix?: { readonly shares: readonly number[]; readonly gamma: number } | undefined
  readonly classes: number
  readonly l2: number
  /** Mean nats with the penalty, at the last step. */
  readonly loss: number
  /** Norm of the whole gradient there, and where training began from zero. */
  readonly gradientNorm: number
  readonly firstGradientNorm: number
  readonly steps: number
  readonly converged: boolean
}

/** Trains probes on the same rows with one compiled graph. */
export interface LinearTrainer {
  /** Trains on the labels of all rows until the gradient is small. */
  train(labels: Int32Array, options: Omit<LinearProbeOptions, 'classes'>): Promise<LinearProbe>
  /** Frees what was compiled. */
  dispose(): Promise<void>
}

/** What is added to logits of classes that a row may not have. */
const FORBIDDEN = -1e4

/** Prepares training on some rows. In float32 the loss is too coarse for the last steps to the optimum. */
export async function createLinearTrainer(
  backend: Backend,
  { layers, allowed }: Omit<LabelledRows, 'labels'>,
  classes: number,
  dtype: 'float32' | 'float64' = 'float64',
): Promise<LinearTrainer> {
  const { rows, features } = layers[0]!
  const mixes = layers.length > 1
  const mix = scalarMix({ layers: layers.length })
  const float = (shape: readonly number[], data: Float32Array): NdArray =>
    ndArray(dtype, shape, dtype === 'float64' ? Float64Array.from(data) : data)
  const inputs: { [name: string]: NdArray } = Object.fromEntries(
    layers.map(({ data }, index) => [`layer${index}`, float([rows, features], data)]),
  )
  if (allowed !== undefined) {
    inputs.forbidden = float(
      [rows, classes],
      Float32Array.from(allowed, value => (value === 0 ? FORBIDDEN : 0)),
    )
  }
  const zero = zeroParameters(features, classes, mixes ? layers.length : 1, dtype)
  const lossOf = (parameters: TensorParameters, batch: { readonly [name: string]: Tensor }): Tensor => {
    const { weight, bias, gamma, mixWeights } = parameters as { readonly [name: string]: Tensor }
    const given = layers.map((_, index) => batch[`layer${index}`]!)
    const mixed = mixes ? mix.apply({ gamma: gamma!, weights: mixWeights! }, given) : given[0]!
    const logits = add(matmul(mixed, weight!), bias!)
    const open = allowed === undefined ? logits : add(logits, batch.forbidden!)
    const nats = mean(softmaxCrossEntropy(open, batch.labels!))
    const squares = mixes
      ? add(sum(square(weight!)), add(square(sub(gamma!, 1)), sum(square(mixWeights!))))
      : sum(square(weight!))
    return add(nats, mul(mul(squares, batch.l2!), 0.5))
  }
  const types = Object.fromEntries(
    Object.entries(inputs).map(([name, array]) => [name, { dtype, shape: array.shape }]),
  )
  const { graph } = trace(
    (parameters: TensorParameters, batch: { readonly [name: string]: Tensor }) =>
      valueAndGrad((inner: TensorParameters) => lossOf(inner, batch))(parameters),
    zero,
    { ...types, labels: { dtype: 'int32', shape: [rows] }, l2: { dtype, shape: [] } },
  )
  const executable = await backend.compile(graph, { name: 'linear probe' })

  return {
    async train(labels, { l2, initial, tolerance = 1e-3, maxSteps = 500, signal }) {
      const batch = [...Object.values(inputs), ndArray('int32', [rows], labels), arrayOf(l2, dtype)]
      const valueAndGradient = async (point: Float64Array) => {
        const [loss, ...gradients] = await executable.run([...arrangedAs(zero, point), ...batch])
        return { value: Number(loss!.data[0]), gradient: flat(gradients) }
      }
      const origin = flat(leavesOf<NdArray>(zero, isNdArray))
      const firstGradientNorm = normOf((await valueAndGradient(origin)).gradient)
      const from = initial === undefined ? origin : flat(leavesOf<NdArray>(initial.parameters, isNdArray))
      const found = await minimise(valueAndGradient, from, {
        ...{ gradientNorm: tolerance * firstGradientNorm, maxIterations: maxSteps, signal },
      })
      const parameters = withLeaves(zero, isNdArray, arrangedAs(zero, found.point)) as Parameters
      return {
        ...{ parameters, mix: mixes ? mixOf(parameters) : undefined, classes, l2, firstGradientNorm },
        ...{ loss: found.value, gradientNorm: normOf(found.gradient) },
        ...{ steps: found.iterations, converged: found.converged },
      }
    },
    dispose: () => executable.dispose(),
  }
}

/** The class of each row by a probe, lowest first among equals. */
export function predictClasses(
  probe: LinearProbe,
  { layers, allowed }: Omit<LabelledRows, 'labels'>,
): Int32Array {
  const { classes } = probe
  const { weight, bias } = probe.parameters as { readonly weight: NdArray; readonly bias: NdArray }
  const { rows, features, data } = mixedRows(layers, probe.mix)
  const [weights, biases] = [Float64Array.from(weight.data as Float32Array), bias.data as Float32Array]
  const found = new Int32Array(rows)
  const logits = new Float64Array(classes)
  for (let row = 0; row < rows; row++) {
    logits.set(biases)
    for (let feature = 0; feature < features; feature++) {
      const x = data[row * features + feature]!
      for (let kind = 0; kind < classes; kind++) logits[kind]! += x * weights[feature * classes + kind]!
    }
    let best = -1
    for (let kind = 0; kind < classes; kind++) {
      if (allowed !== undefined && allowed[row * classes + kind] === 0) continue
      if (best < 0 || logits[kind]! > logits[best]!) best = kind
    }
    found[row] = best
  }
  return found
}

/** The weighted sum of layers by a mix; the layer itself where there is one. */
export function mixedRows(layers: readonly LayerRows[], mix: LinearProbe['mix']): LayerRows {
  if (mix === undefined) return layers[0]!
  const { rows, features } = layers[0]!
  const data = new Float32Array(rows * features)
  for (const [index, layer] of layers.entries()) {
    const factor = mix.gamma * mix.shares[index]!
    for (let i = 0; i < data.length; i++) data[i]! += factor * layer.data[i]!
  }
  return { name: 'mix', rows, features, data }
}

function zeroParameters(
  features: number,
  classes: number,
  layers: number,
  dtype: 'float32' | 'float64',
): Parameters {
  const linear = { weight: filled([features, classes], 0, dtype), bias: filled([classes], 0, dtype) }
  if (layers === 1) return linear
  return { ...linear, gamma: arrayOf(1, dtype), mixWeights: filled([layers], 0, dtype) }
}

function mixOf(parameters: Parameters): NonNullable<LinearProbe['mix']> {
  const { gamma, mixWeights } = parameters as { readonly gamma: NdArray; readonly mixWeights: NdArray }
  const exponentials = Array.from(mixWeights.data as Float32Array, value => Math.exp(value))
  const total = exponentials.reduce((all, value) => all + value, 0)
  return { shares: exponentials.map(value => value / total), gamma: Number(gamma.data[0]) }
}

/** All numbers, leaf after leaf. */
function flat(leaves: readonly NdArray[]): Float64Array {
  return Float64Array.from(leaves.flatMap(({ data }) => [...(data as Float64Array)]))
}

/** Numbers as arrays like the leaves of `like`. */
function arrangedAs(like: Parameters, point: Float64Array): NdArray[] {
  let next = 0
  return leavesOf<NdArray>(like, isNdArray).map(({ dtype, shape, data }) => {
    const part = point.slice(next, next + data.length)
    next += data.length
    return ndArray(dtype, shape, dtype === 'float64' ? part : Float32Array.from(part))
  })
}

function normOf(gradient: Float64Array): number {
  return Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0))
}
