/** Training of AWD-LSTM against PyTorch in float64, with the masks that PyTorch's side drew. */
import { readFileSync } from 'node:fs'
import {
  averagedOptimizer,
  type Backend,
  createTrainStep,
  flattenParameters,
  type Graph,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  sgd,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { lstm, weightDrop } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { languageModel } from '../language-model/language-model.ts'
import { languageModelObjective } from '../language-model/objective.ts'

type Tensors = { readonly [name: string]: { readonly shape: number[]; readonly data: number[] } }
type Drop = 'embedding' | 'input' | 'between' | 'output' | 'weights'

interface Golden {
  readonly options: {
    readonly vocabulary: number
    readonly embedding: number
    readonly hidden: readonly number[]
    readonly batch: number
    readonly bptt: number
    readonly rate: number
    readonly clip: number
    readonly weightDecay: number
    readonly activation: number
    readonly temporal: number
    readonly sgdSteps: number
  }
  readonly drop: { readonly [Name in Drop]: number }
  readonly initialParameters: Tensors
  readonly steps: readonly {
    readonly time: number
    readonly inputs: number[][]
    readonly targets: number[][]
    readonly rate: number
    readonly kept: Tensors
    readonly loss: number
    readonly gradientNorm: number
  }[]
  readonly afterSgd: Tensors
  readonly finalParameters: Tensors
  readonly averages: Tensors
  readonly finalStates: Tensors
}

const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/awd-lstm.json', import.meta.url), 'utf8'))
const { options, drop } = golden

function array({ shape, data }: Tensors[string]): NdArray {
  return ndArray('float64', shape, Float64Array.from(data))
}

function transposed({ shape, data }: Tensors[string]): NdArray {
  const [rows, columns] = shape as [number, number]
  const flat = Array.from(
    { length: rows * columns },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!,
  )
  return array({ shape: [columns, rows], data: flat })
}

function fromTorch(tensors: Tensors): Parameters {
  const layer = (index: number) => {
    const part = (name: string) => tensors[`rnns.${index}.${name}_l0`]!
    return {
      input: transposed(part('weight_ih')),
      recurrent: transposed(part('weight_hh')),
      bias: array(part('bias_ih')),
      recurrentBias: array(part('bias_hh')),
    }
  }
  return {
    embedding: array(tensors['embedding.weight']!),
    rnn: Object.fromEntries(options.hidden.map((_, index) => [String(index), layer(index)])),
    softmax: { bias: array(tensors['decoder.bias']!) },
  }
}

/** What a mask is for, told by its shape and rate, which are all different. */
function masksOf(kept: Tensors): Map<string, NdArray> {
  const masks = Object.entries(kept).map(([name, mask]): [string, NdArray] => {
    const keep = 1 - drop[name.split('.')[0] as Drop]
    const placed = name.startsWith('weights') ? transposed(mask) : array(mask)
    const data = Float64Array.from(placed.data as Float64Array, bit => bit / keep)
    return [maskName(placed.shape, keep), { ...placed, data }]
  })
  const named = new Map(masks)
  expect(named.size).toBe(masks.length)
  return named
}

function maskName(shape: readonly number[], keep: number): string {
  return `${shape}; ${keep.toFixed(6)}`
}

/** The reference backend with masks put in place of those that a graph draws. */
function maskedBackend(masks: () => Map<string, NdArray>): Backend {
  const reference = referenceBackend()
  const replaced = (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map(node => {
      if (node.primitive !== 'bernoulliMask') return node
      const { shape, keep } = node.attributes as { readonly shape: readonly number[]; readonly keep: number }
      const value = masks().get(maskName(shape, keep))
      if (value === undefined) throw new Error(`no mask of shape ${shape} and rate ${1 - keep}`)
      return { primitive: 'constant' as const, inputs: [], outputs: node.outputs, attributes: { value } }
    }),
  })
  return {
    ...reference,
    compile: async graph => ({
      run: async inputs => (await reference.compile(replaced(graph))).run(inputs),
      dispose: async () => {},
    }),
  }
}

function expectParameters(found: Parameters, tensors: Tensors): void {
  const wanted = flattenParameters(fromTorch(tensors))
  const flat = flattenParameters(found)
  expect([...flat.keys()]).toEqual([...wanted.keys()])
  for (const [path, value] of flat) expectClose(value, wanted.get(path)!, 1e-10)
}

test('steps with given masks equal PyTorch: losses, norms, parameters, averages, carried state', async () => {
  const { vocabulary, embedding, hidden, batch, bptt, rate, clip, weightDecay, activation, temporal } =
    options
  const cells = hidden.map((width, i) =>
    weightDrop(
      lstm({ inputSize: hidden[i - 1] ?? embedding, hidden: width, recurrentBias: true }),
      drop.weights,
    ),
  )
  const { embedding: embeddingRows, input, between, output } = drop
  const model = languageModel({
    ...{ vocabularySize: vocabulary, embedding, cells, tied: true },
    dropout: { kind: 'locked', embeddingRows, input, between, output },
  })
  const objective = languageModelObjective(model, {
    ...{ batch, time: bptt, dtype: 'float64', activation, temporal },
  })
  const optimizer = averagedOptimizer(sgd({ rate, clip, weightDecay }), { trigger: 'non-monotonic' })
  const start = fromTorch(golden.initialParameters)
  const initial = { parameters: start, optimizer: optimizer.init(start), carried: objective.initialState() }
  let masks = new Map<string, NdArray>()
  const step = await createTrainStep(
    maskedBackend(() => masks),
    objective,
    optimizer,
    initial,
  )
  for (const [index, expected] of golden.steps.entries()) {
    if (index === options.sgdSteps) {
      const held = step.state()
      expectParameters(held.parameters, golden.afterSgd)
      step.load({ ...held, optimizer: optimizer.averaging!.start(held.optimizer, index) })
    }
    masks = masksOf(expected.kept)
    const ids = (rows: number[][]) => ndArray('int32', [rows.length, batch], Int32Array.from(rows.flat()))
    const window = {
      arrays: { input: ids(expected.inputs), target: ids(expected.targets) },
      tokens: expected.time * batch,
      startsEpoch: index === 0,
    }
    const call = { key: random.key(index), step: index, rate: (rate * expected.time) / bptt }
    expect(call.rate).toBeCloseTo(expected.rate, 12)
    const report = await step.run([window], call)
    expect(Math.abs(report.loss - expected.loss)).toBeLessThan(1e-10)
    expect(Math.abs(report.gradientNorm - expected.gradientNorm)).toBeLessThan(1e-10)
  }
  const { parameters, optimizer: state, carried } = step.state()
  expectParameters(parameters, golden.finalParameters)
  expectParameters(optimizer.evaluationParameters!(parameters, state), golden.averages)
  for (const [name, value] of Object.entries(golden.finalStates)) {
    const [part, layer] = name.split('.') as [string, string]
    expectClose((carried[layer] as Parameters)[part] as NdArray, array(value), 1e-10)
  }
})
