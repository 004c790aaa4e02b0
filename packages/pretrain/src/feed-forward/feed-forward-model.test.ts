import {
  corePlugin,
  createContainer,
  evaluate,
  flattenParameters,
  MODEL,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  type Tensor,
  type TensorParameters,
  toNumbers,
} from '@elman/core'
import { checkGradients } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import { encodeTrainingText } from '@elman/text'
import { expect, test } from 'vitest'
import { createEvaluator } from '../language-model/evaluate.ts'
import { parameterCount } from '../language-model/language-model.ts'
import { pretrain } from '../plugin.ts'
import { feedForwardModel } from './feed-forward-model.ts'
import { bengioBrown, bengioNews } from './presets.ts'

const container = createContainer([corePlugin, layersRecurrent, pretrain])
const SIZES = { vocabularySize: 9, order: 4, embedding: 3, hidden: 5 }
const column = (data: readonly number[]): NdArray => ndArray('int32', [data.length, 1], Int32Array.from(data))

interface Pass {
  readonly logits: NdArray
  readonly state: { readonly previous: NdArray }
}

function read(options: object, text: readonly number[], state?: Pass['state']): Pass {
  const model = feedForwardModel({ ...SIZES, ...options })
  return evaluate(
    ((p: TensorParameters, x: Tensor, s: never) => {
      const { logits, state: after } = model.apply(p, x, s, { mode: 'evaluate' })
      return { logits, state: after }
    }) as never,
    ...[model.init(random.key(3), 'float64'), column(text), state ?? model.initialState(1)],
  ) as unknown as Pass
}

const rowOf = ({ logits }: Pass, row: number) => toNumbers(logits).slice(row * 9, row * 9 + 9)

test.each([
  ['Brown', bengioBrown, 16_000],
  ['AP News', bengioNews, 17_964],
] as const)(
  "the parameters of the paper's model for %s are as many as its formula says",
  (_name, preset, V) => {
    const { order: n, embedding: m, hidden: h, direct } = preset.model
    const parameters = container.create(MODEL, preset.model)(V).init(random.key(1))
    expect(parameterCount(parameters)).toBe(V * (1 + (direct ? n * m : m) + h) + h * (1 + (n - 1) * m))
  },
)

test('a prediction depends on the n − 1 words before it and on no other', () => {
  const first = read({}, [1, 2, 3, 4, 5])
  expect(rowOf(first, 4)).toEqual(rowOf(read({}, [8, 7, 3, 4, 5]), 4))
  for (const other of [
    [1, 2, 8, 4, 5],
    [1, 2, 3, 8, 5],
    [1, 2, 3, 4, 8],
  ]) {
    expect(rowOf(read({}, other), 4)).not.toEqual(rowOf(first, 4))
  }
})

test('windows of any length, with the state carried, give what the text in one piece gives', () => {
  const text = [1, 2, 3, 4, 5, 0, 7, 8]
  const whole = read({ direct: true }, text)
  for (const cut of [1, 2, 5, 7]) {
    const before = read({ direct: true }, text.slice(0, cut))
    const after = read({ direct: true }, text.slice(cut), before.state)
    expect([...toNumbers(before.logits), ...toNumbers(after.logits)]).toEqual(toNumbers(whole.logits))
    expect(after.state).toEqual(whole.state)
  }
  expect(toNumbers(whole.state.previous)).toEqual([1, 8, 9])
})

test('before the start of a text there is the zero vector: with zero word vectors the start is like any place', () => {
  const model = feedForwardModel({ ...SIZES, frozenEmbedding: true })
  const parameters = model.init(random.key(3), 'float64')
  const zero = { ...parameters, embedding: ndArray('float64', [9, 3], new Float64Array(27)) } as Parameters
  const logits = (of: Parameters) =>
    evaluate(
      ((p: TensorParameters, x: Tensor, s: never) =>
        model.apply(p, x, s, { mode: 'evaluate' }).logits) as never,
      ...[of, column([1, 1, 1, 1, 1]), model.initialState(1)],
    ) as unknown as NdArray
  const [plain, flat] = [logits(parameters), logits(zero)]
  const row = (array: NdArray, at: number) => toNumbers(array).slice(at * 9, at * 9 + 9)
  for (let at = 1; at < 5; at++) expect(row(flat, at)).toEqual(row(flat, 0))
  expect(row(plain, 0)).not.toEqual(row(plain, 1))
  expect(row(plain, 1)).not.toEqual(row(plain, 2))
  expect(row(plain, 2)).toEqual(row(plain, 3))
})

test.each([
  ['without direct connections', {}],
  ['with direct connections', { direct: true }],
  ['tied', { tied: true }],
  ['of order 2', { order: 2 }],
  ['with dropout', { dropout: { input: 0.3, output: 0.3, kind: 'locked' } }],
] as const)('gradients %s equal finite differences', (_name, options) => {
  const model = feedForwardModel({ ...SIZES, ...options })
  const key = ndArray('int32', [2], Int32Array.from(random.key(5)))
  const f = (p: TensorParameters, x: Tensor, state: never, k: Tensor) =>
    model.apply(p, x, state, { mode: 'train', key: k }).logits
  checkGradients(
    f as never,
    [model.init(random.key(2), 'float64'), column([1, 2, 1, 8]), model.initialState(1), key],
    {
      tolerance: 1e-7,
    },
  )
})

test('each token of a text is scored once, whatever the rows and windows, with a short warm-up', async () => {
  const text = 'the cat sat on the mat\nthe dog sat on the log\n'.repeat(20)
  const form = { unit: 'character', lines: 'none' } as const
  const rules = { minimumCount: 1, unknown: false }
  const encoded = await encodeTrainingText([new TextEncoder().encode(text)], 'a text', form, rules)
  const model = feedForwardModel({ ...SIZES, vocabularySize: encoded.vocabulary.size })
  const parameters = model.init(random.key(3))
  const losses = []
  for (const layout of [
    { batch: 1, time: 64 },
    { batch: 3, time: 17, warmUp: 3 },
    { batch: 10, time: 64, warmUp: 10 },
  ]) {
    const evaluator = await createEvaluator(referenceBackend(), model, encoded.vocabulary, layout)
    const { loss, tokens } = await evaluator.score(parameters, encoded.text)
    expect(tokens).toBe(encoded.text.ids.length)
    losses.push(loss)
    const each = await evaluator.tokenLogProbabilities(parameters, encoded.text.ids)
    expect(-each.reduce((sum, value) => sum + value, 0) / each.length).toBeCloseTo(loss, 10)
  }
  for (const loss of losses) expect(Math.abs(loss - losses[0]!)).toBeLessThan(1e-6)
})

test('parameters of the model, with the softmax that the config names', () => {
  const shapes = (options: object) => {
    const model = container.create(MODEL, {
      type: 'feed-forward-lm',
      embedding: 3,
      hidden: 5,
      order: 4,
      ...options,
    })(9)
    return [...flattenParameters(model.init(random.key(1)))].map(([path, { shape }]) => `${path} ${shape}`)
  }
  expect(shapes({ direct: true })).toMatchInlineSnapshot(`
    [
      "embedding 9,3",
      "hidden.weight 9,5",
      "hidden.bias 5",
      "direct 9,9",
      "softmax.weight 5,9",
      "softmax.bias 9",
    ]
  `)
  expect(shapes({ softmax: { type: 'adaptive', cutoffs: [4] } })).toMatchInlineSnapshot(`
    [
      "embedding 9,3",
      "hidden.weight 9,5",
      "hidden.bias 5",
      "softmax.head 5,5",
      "softmax.tail.0.projection 5,1",
      "softmax.tail.0.weight 1,5",
    ]
  `)
  expect(() => shapes({ direct: true, softmax: 'mixture' })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_NOT_PLAIN  a model with direct connections needs a softmax that is one matrix of logits
      expected softmax "full"
      set direct: false, or take softmax "full"]
  `)
})

test('direct connections widen what one softmax can express', () => {
  expect(feedForwardModel(SIZES).softmaxRankBound).toBe(5 + 2)
  expect(feedForwardModel({ ...SIZES, direct: true }).softmaxRankBound).toBe(5 + 3 * 3 + 2)
})

test('word vectors to start with are asked for and kept as the config says', () => {
  const initialVectors = { file: 'vectors.vec', tune: false }
  const { initialVectors: asked, parameterGroups } = container.create(MODEL, {
    ...{ type: 'feed-forward-lm', embedding: 3, initialVectors },
  })(9)
  expect(asked).toMatchObject({ config: { file: 'vectors.vec', tune: false }, size: 3 })
  expect(parameterGroups).toEqual([{ pattern: 'embedding', frozen: true }])
})
