import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Tensor } from '../ir/scope.ts'
import { mul, relu, sigmoid, softplus, tanh } from '../ops/elementwise.ts'
import { gelu, geluTanh, logSoftmax, silu, softmax } from '../ops/neural.ts'
import { logSumExp, sum } from '../ops/reduction.ts'
import { transpose } from '../ops/shape.ts'
import { type NdArray, ndArray } from '../tensor/nd-array.ts'
import { expectClose, type GoldenArray } from '../testing/expect-close.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { evaluate } from '../transform/trace.ts'
import { elu, geGlu, glu, hardTanh, leakyRelu, logSigmoid, swiGlu } from './activations.ts'
import { batchNorm } from './batch-norm.ts'
import { embedding } from './embedding.ts'
import type { LayerContext } from './layer.ts'
import { layerNorm } from './layer-norm.ts'
import { linear } from './linear.ts'
import { binaryCrossEntropyWithLogits, crossEntropy, meanSquaredError } from './losses.ts'
import { rmsNorm } from './rms-norm.ts'

/** PyTorch's outputs and gradients in float64; see the file's `layout` and `loss`. */
interface Golden {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: each case has its own options
  readonly options: any
  readonly inputs: { readonly [name: string]: GoldenArray }
  readonly output: GoldenArray
  readonly outputWeight: GoldenArray
  readonly gradients: { readonly [name: string]: GoldenArray }
  readonly runningMean?: GoldenArray
  readonly runningVariance?: GoldenArray
}

type Inputs = { readonly [name: string]: Tensor }
type Case = (inputs: Inputs, golden: Golden, context: LayerContext) => Tensor

const goldens: readonly Golden[] = JSON.parse(
  readFileSync(new URL('./fixtures/layers.json', import.meta.url), 'utf8'),
).cases

function arrayOfGolden(name: string, { shape, data }: GoldenArray, golden: Golden): NdArray {
  const labels = name === 'targets' && golden.name.startsWith('cross entropy')
  if (labels || name === 'indices') return ndArray('int32', shape, Int32Array.from(data))
  return ndArray('float64', shape, Float64Array.from(data))
}

const unary =
  (f: (x: Tensor) => Tensor): Case =>
  ({ x }) =>
    f(x!)

const [inputSize, outputSize] = [4, 5]
const applyLinear: Case = ({ x, weight, bias }, _, context) => {
  const layer = linear({ inputSize, outputSize, bias: bias !== undefined })
  return layer.apply({ weight: transpose(weight!), ...(bias && { bias }) }, x!, context)
}
const applyLayerNorm: Case = ({ x, ...parameters }, { options }, context) =>
  layerNorm({ size: 5, epsilon: options.epsilon, affine: 'gain' in parameters }).apply(
    parameters,
    x!,
    context,
  )
const applyBatchNorm: Case = ({ x, ...parameters }, { options }, context) =>
  batchNorm({ size: 4, momentum: options.momentum, epsilon: options.epsilon }).apply(parameters, x!, {
    ...context,
    mode: options.training ? 'train' : 'evaluate',
  })
const applyCrossEntropy =
  (reduction: 'mean' | 'sum' | 'none'): Case =>
  ({ logits, targets, mask }, { options }) =>
    crossEntropy(logits!, targets!, { reduction, mask, smoothing: options.smoothing })

const cases: { readonly [name: string]: Case } = {
  linear: applyLinear,
  'linear without bias': applyLinear,
  embedding: ({ table, indices }, _, context) =>
    embedding({ count: 7, size: 3 }).apply({ table: table! }, indices!, context),
  'layer norm': applyLayerNorm,
  'layer norm without gain and bias': applyLayerNorm,
  'rms norm': ({ x, gain }, { options }, context) =>
    rmsNorm({ size: 5, epsilon: options.epsilon }).apply({ gain: gain! }, x!, context),
  'batch norm, train, first batch': applyBatchNorm,
  'batch norm, train, second batch': applyBatchNorm,
  'batch norm, evaluate': applyBatchNorm,
  'cross entropy, none': applyCrossEntropy('none'),
  'cross entropy, mean': applyCrossEntropy('mean'),
  'cross entropy, sum': applyCrossEntropy('sum'),
  'cross entropy, mean over a mask': applyCrossEntropy('mean'),
  'cross entropy, label smoothing': applyCrossEntropy('mean'),
  'cross entropy, large logits': applyCrossEntropy('mean'),
  'binary cross entropy with logits': ({ logits, targets }) =>
    binaryCrossEntropyWithLogits(logits!, targets!),
  'mean squared error': ({ x, targets }) => meanSquaredError(x!, targets!),
  relu: unary(relu),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  silu: unary(silu),
  elu: unary(elu),
  'leaky relu': ({ x }, { options }) => leakyRelu(x!, options.slope),
  'hard tanh': unary(hardTanh),
  'log sigmoid': unary(logSigmoid),
  gelu: unary(gelu),
  'gelu, tanh form': unary(geluTanh),
  softmax: unary(softmax),
  'softmax over axis 0': unary(x => transpose(softmax(transpose(x)))),
  'log softmax': unary(logSoftmax),
  'log sum exp': unary(x => logSumExp(x)),
  glu: unary(glu),
  swiglu: unary(swiGlu),
  geglu: unary(geGlu),
}

test('every case of the golden file is checked here', () => {
  expect(goldens.map(({ name }) => name).filter(name => cases[name] === undefined)).toEqual([])
})

test.each(goldens)('$name gives output and gradients of PyTorch', golden => {
  const all = Object.entries(golden.inputs).map(
    ([name, array]) => [name, arrayOfGolden(name, array, golden)] as const,
  )
  const differentiated = Object.fromEntries(all.filter(([name]) => name in golden.gradients))
  const fixed = Object.fromEntries(all.filter(([name]) => !(name in golden.gradients)))
  const result = evaluate(
    (inner: Inputs, outer: Inputs, weight: Tensor) => {
      const [[, aux], gradients] = valueAndGrad(
        (inputs: Inputs) => {
          const state: { [path: string]: Tensor } = {}
          const output = cases[golden.name]!({ ...inputs, ...outer }, golden, {
            mode: 'evaluate',
            updateState: (path, value) => {
              state[path] = value
            },
          })
          const loss = output.shape.length === 0 ? output : sum(mul(output, weight))
          return [loss, { output, state }] as const
        },
        { hasAux: true },
      )(inner)
      return { ...aux, gradients }
    },
    differentiated,
    fixed,
    arrayOfGolden('outputWeight', golden.outputWeight, golden),
  )
  expectClose(result.output, golden.output, 1e-10)
  for (const [name, gradient] of Object.entries(golden.gradients))
    expectClose(result.gradients[name]!, gradient, 1e-10)
  if (golden.options.training !== true) return
  expectClose(result.state.runningMean!, golden.runningMean!, 1e-10)
  expectClose(result.state.runningVariance!, golden.runningVariance!, 1e-10)
})
