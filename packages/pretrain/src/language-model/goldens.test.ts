/** Training and evaluation against PyTorch in float64: losses, gradient norms, parameters, carried state. */
import { readFileSync } from 'node:fs'
import {
  createTrainStep,
  flattenParameters,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  sgd,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { fromPyTorch, lstm } from '@elman/layers-recurrent'
import { createTrainingStream, type Vocabulary, vocabularyFromJson } from '@elman/text'
import { expect, test } from 'vitest'
import { createEvaluator } from './evaluate.ts'
import { languageModel } from './language-model.ts'
import { languageModelObjective, windowSource } from './objective.ts'

interface Golden {
  readonly name: string
  readonly options: {
    readonly vocabulary: number
    readonly embedding: number
    readonly hidden: readonly number[]
    readonly tied: boolean
    readonly singleBias: boolean
    readonly batch: number
    readonly bptt: number
    readonly rate: number
    readonly clip: number
  }
  readonly tokens: readonly number[]
  readonly initialParameters: Tensors
  readonly steps: readonly {
    readonly inputs: number[][]
    readonly loss: number
    readonly gradientNorm: number
  }[]
  readonly finalParameters: Tensors
  readonly finalStates: Tensors
  readonly evaluation: { readonly tokens: number; readonly totalLoss: number }
}
type Tensors = { readonly [name: string]: { readonly shape: number[]; readonly data: number[] } }

const fixture = new URL('../fixtures/language-model.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { readonly cases: readonly Golden[] }

function array({ shape, data }: Tensors[string]): NdArray {
  return ndArray('float64', shape, Float64Array.from(data))
}

function fromTorch(tensors: Tensors): Parameters {
  const layers: { [name: string]: { [name: string]: NdArray } } = {}
  for (const [name, value] of Object.entries(tensors)) {
    const match = /^rnns\.(\d+)\.(.+)$/.exec(name)
    if (match !== null) layers[match[1]!] = { ...layers[match[1]!], [match[2]!]: array(value) }
  }
  const rnn = Object.fromEntries(
    Object.entries(layers).map(([layer, parts]) => [layer, fromPyTorch('lstm', parts)['0'] as Parameters]),
  )
  const weight = tensors['decoder.weight']
  return {
    embedding: array(tensors['embedding.weight']!),
    rnn,
    softmax: {
      ...(weight === undefined ? {} : { weight: transposed(array(weight)) }),
      bias: array(tensors['decoder.bias']!),
    },
  }
}

function transposed({ shape, data }: NdArray): NdArray {
  const [rows, columns] = shape as [number, number]
  const result = Float64Array.from({ length: rows * columns }, (_, i) =>
    Number(data[(i % rows) * columns + Math.floor(i / rows)]),
  )
  return ndArray('float64', [columns, rows], result)
}

const single = cases.filter(({ options }) => options.singleBias)
test.each(single)('six steps of training equal PyTorch: $name', async golden => {
  const { vocabulary: size, embedding, hidden, tied, batch, bptt, rate, clip } = golden.options
  const cells = hidden.map((width, i) => lstm({ inputSize: hidden[i - 1] ?? embedding, hidden: width }))
  const model = languageModel({ vocabularySize: size, embedding, cells, tied })
  const objective = languageModelObjective(model, { batch, time: bptt, dtype: 'float64' })
  const optimizer = sgd({ rate, clip })
  const start = fromTorch(golden.initialParameters)
  const initial = { parameters: start, optimizer: optimizer.init(start), carried: objective.initialState() }
  const step = await createTrainStep(referenceBackend(), objective, optimizer, initial)
  const source = windowSource(createTrainingStream(Int32Array.from(golden.tokens), { batch, time: bptt }))
  for (const [index, expected] of golden.steps.entries()) {
    const window = source.next()
    expect([...window.arrays.input!.data]).toEqual(expected.inputs.flat())
    const report = await step.run([window], { key: random.key(index), step: index, rate })
    expect(Math.abs(report.loss - expected.loss)).toBeLessThan(1e-10)
    expect(Math.abs(report.gradientNorm - expected.gradientNorm)).toBeLessThan(1e-10)
  }
  const { parameters, carried } = step.state()
  const wanted = flattenParameters(fromTorch(golden.finalParameters))
  const found = flattenParameters(parameters)
  expect([...found.keys()]).toEqual([...wanted.keys()])
  for (const [path, value] of found) expectClose(value, wanted.get(path)!, 1e-10)
  for (const [name, value] of Object.entries(golden.finalStates)) {
    const [part, layer] = name.split('.') as [string, string]
    expectClose((carried[layer] as Parameters)[part] as NdArray, array(value), 1e-10)
  }

  // Each row of the batch read by itself from a zero state; its first token is only context.
  const vocabulary = numbers(size)
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, {
    time: 7,
    dtype: 'float64',
  })
  let total = 0
  let scored = 0
  const length = golden.tokens.length / batch
  for (let row = 0; row < batch; row++) {
    const ids = Int32Array.from(golden.tokens.slice(row * length, (row + 1) * length))
    const counts = { bytes: 1, characters: 1, lines: 1, outOfVocabulary: 0 }
    const { loss, tokens } = await evaluator.score(parameters, { ids, ...counts })
    total += loss * tokens
    scored += tokens
  }
  expect(scored).toBe(golden.evaluation.tokens)
  expect(Math.abs(total - golden.evaluation.totalLoss)).toBeLessThan(1e-9)
})

/** Words `0`, `1`, …, without `<eos>`. */
function numbers(size: number): Vocabulary {
  const tokens = Array.from({ length: size }, (_, id) => String(id))
  const coverage = { types: size, keptTypes: size, tokens: size, keptTokens: size }
  const rules = { unit: 'word', lines: 'none', unknown: null, endOfSentence: null, coverage } as const
  const json = { format: 'elman-vocabulary', version: 1, ...rules, tokens, counts: tokens.map(() => 1) }
  return vocabularyFromJson(json, 'the test')
}
