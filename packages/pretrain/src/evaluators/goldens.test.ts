/** Every evaluator against an independent reading of the same model in PyTorch and numpy, token by token. */
import { readFileSync } from 'node:fs'
import {
  add,
  cast,
  equal,
  gather,
  matmul,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  reshape,
  type Tensor,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { fromPyTorch, lstm, recurrent, recurrentStack } from '@elman/layers-recurrent'
import { type Vocabulary, vocabularyFromJson } from '@elman/text'
import { expect, test } from 'vitest'
import { type LanguageModel, languageModel } from '../language-model/language-model.ts'
import { dynamicEvaluator } from './dynamic.ts'
import { monteCarloEvaluator } from './monte-carlo.ts'
import { neuralCacheEvaluator } from './neural-cache.ts'
import type { ScoringDetails } from './scoring-options.ts'
import { staticEvaluator } from './static.ts'
import type { EvaluatorFactory } from './text-evaluator.ts'

type GoldenTensor = { readonly shape: number[]; readonly data: number[] }
interface Scored {
  readonly logProbabilities: readonly number[]
}
interface Golden {
  readonly options: { readonly vocabulary: number; readonly embedding: number; readonly hidden: number[] }
  readonly parameters: { readonly [name: string]: GoldenTensor }
  readonly text: readonly number[]
  readonly training: readonly number[]
  readonly static: readonly number[]
  readonly cache: readonly (Scored & {
    readonly window: number
    readonly sharpness: number
    readonly weight: number
  })[]
  readonly sgd: readonly (Scored & {
    readonly segment: number
    readonly rate: number
    readonly decay: number
  })[]
  readonly rms: readonly (Scored & {
    readonly segment: number
    readonly rate: number
    readonly decay: number
    readonly epsilon: number
    readonly settings: 'mean' | 'sum'
    readonly statistics: { readonly batch: number; readonly batches?: number }
  })[]
  readonly monteCarlo: Scored & {
    readonly masks: readonly GoldenTensor[]
    readonly perplexities: readonly number[]
  }
}

const golden = JSON.parse(
  readFileSync(new URL('./fixtures/evaluators.json', import.meta.url), 'utf8'),
) as Golden
const { vocabulary: size, embedding, hidden } = golden.options
const text = Int32Array.from(golden.text)
const training = Int32Array.from(golden.training)
const makeCells = () =>
  hidden.map((width, i) => lstm({ inputSize: hidden[i - 1] ?? embedding, hidden: width }))
const model = languageModel({ vocabularySize: size, embedding, cells: makeCells() })
type Dtype = 'float32' | 'float64'

function array({ shape, data }: GoldenTensor, dtype: Dtype = 'float64'): NdArray {
  return ndArray(dtype, shape, dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data))
}

function parametersIn(dtype: Dtype): Parameters {
  const named = golden.parameters
  const layer = (index: number) => {
    const parts = Object.entries(named).filter(([name]) => name.startsWith(`rnns.${index}.`))
    const torch = Object.fromEntries(parts.map(([name, value]) => [name.split('.')[2]!, array(value, dtype)]))
    return fromPyTorch('lstm', torch)['0'] as Parameters
  }
  const [rows, columns] = named['decoder.weight']!.shape as [number, number]
  const turned = Array.from({ length: rows * columns }, (_, i) => {
    return named['decoder.weight']!.data[(i % rows) * columns + Math.floor(i / rows)]!
  })
  return {
    embedding: array(named['embedding.weight']!, dtype),
    rnn: Object.fromEntries(hidden.map((_, index) => [String(index), layer(index)])),
    softmax: {
      weight: array({ shape: [columns, rows], data: turned }, dtype),
      bias: array(named['decoder.bias']!, dtype),
    },
  }
}

/** Words `0`, `1`, …, without `<eos>`: the first token of a text is only read. */
function numbers(): Vocabulary {
  const tokens = Array.from({ length: size }, (_, id) => String(id))
  const coverage = { types: size, keptTypes: size, tokens: size, keptTokens: size }
  const rules = { unit: 'word', lines: 'none', unknown: null, endOfSentence: null, coverage } as const
  const json = { format: 'elman-vocabulary', version: 1, ...rules, tokens, counts: tokens.map(() => 1) }
  return vocabularyFromJson(json, 'the test')
}

async function read(factory: EvaluatorFactory, dtype: Dtype = 'float64', subject: LanguageModel = model) {
  const evaluator = await factory.create(subject, numbers(), referenceBackend(), { dtype, training })
  let details: ScoringDetails = {}
  const onDetails = (found: ScoringDetails) => {
    details = found
  }
  const result = await evaluator.tokenLogProbabilities(parametersIn(dtype), text, { onDetails })
  expect(result[0]).toBeNaN()
  return { found: [...result.subarray(1)], details }
}

test('static: log-probabilities equal PyTorch', async () => {
  expectClose((await read(staticEvaluator({ time: 8 }))).found, golden.static, 1e-12)
})

test.each(golden.cache)(
  'neural cache: window $window, θ $sharpness, λ $weight',
  async ({ logProbabilities, ...options }) => {
    for (const time of [1, 8, 64]) {
      const { found } = await read(neuralCacheEvaluator({ ...options, time }))
      expectClose(found, logProbabilities, 1e-12)
    }
    expectClose((await read(neuralCacheEvaluator(options), 'float32')).found, logProbabilities, 1e-5)
  },
)

test.each(golden.sgd)(
  'dynamic, SGD: segments of $segment, η $rate, λ $decay',
  async ({ logProbabilities, ...options }) => {
    expectClose((await read(dynamicEvaluator({ rule: 'sgd', ...options }))).found, logProbabilities, 1e-11)
    const single = await read(dynamicEvaluator({ rule: 'sgd', ...options }), 'float32')
    expectClose(single.found, logProbabilities, 1e-5)
  },
)

test.each(golden.rms)(
  'dynamic, RMS: segments of $segment, η $rate, λ $decay, units of $settings',
  async ({ logProbabilities, ...options }) => {
    const { found, details } = await read(dynamicEvaluator({ rule: 'rms', ...options }))
    expectClose(found, logProbabilities, 1e-11)
    expect(details.updates).toBe(Math.ceil((text.length - 1) / options.segment) - 1)
    expectClose((await read(dynamicEvaluator(options), 'float32')).found, logProbabilities, 1e-5)
  },
)

test('Monte Carlo: given masks, the mean of the probabilities and the way it goes to', async () => {
  const { masks, logProbabilities, perplexities } = golden.monteCarlo
  const passes = perplexities.length
  const seed = 3
  const factory = monteCarloEvaluator({ passes, seed, together: 1, time: 8 })
  const { found, details } = await read(factory, 'float64', maskedModel(masks, seed))
  expectClose(found, logProbabilities, 1e-12)
  expectClose(details.perplexities as number[], perplexities, 1e-12)
})

/** The model of the fixture as a stranger might write it: its dropout takes mask `pass` of a list. */
function maskedModel(masks: readonly GoldenTensor[], seed: number): LanguageModel {
  const passes = masks[0]!.shape[0]!
  const keys = Array.from({ length: passes }, (_, pass) => random.foldIn(random.key(seed), pass))
  const words = ndArray(
    'int32',
    [passes],
    Int32Array.from(keys, key => key[0]),
  )
  return {
    ...model,
    apply(parameters, ids, state, context) {
      const { key } = context
      const dropped = (place: number) => (xs: Tensor) => {
        if (context.mode === 'evaluate') return xs
        const first = key!.scope.constant(ndArray('int32', [1], Int32Array.of(0)))
        const isPass = cast(equal(gather(key!, first), words), 'float64') // (passes)
        const all = key!.scope.constant(array(masks[place]!)) // (passes, features)
        const mask = matmul(reshape(isPass, [1, passes]), all)
        return mul(xs, reshape(mask, [1, 1, -1]))
      }
      const stack = recurrentStack({
        layers: makeCells().map(cell => recurrent(cell)),
        ...{ input: dropped(0), between: dropped(1), output: dropped(2) },
      })
      const xs = gather(parameters.embedding as Tensor, ids)
      const { outputs, state: after } = stack.apply(
        parameters.rnn as Parameters & never,
        { xs, state },
        context,
      )
      const flat = reshape(outputs, [-1, hidden.at(-1)!])
      const { weight, bias } = parameters.softmax as { weight: Tensor; bias: Tensor }
      return { logits: add(matmul(flat, weight), bias), state: after }
    },
  }
}
