/** Transformers and hybrid stacks as language models: parameters, windows, generation, export. */
import {
  corePlugin,
  createContainer,
  flattenParameters,
  interpret,
  isNdArray,
  leavesOf,
  MODEL,
  type NdArray,
  random,
  referenceBackend,
  resolveConfig,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { decode, encodeTrainingText, type Vocabulary } from '@elman/text'
import { describe, expect, test } from 'vitest'
import { dynamicEvaluator } from '../evaluators/dynamic.ts'
import { monteCarloEvaluator } from '../evaluators/monte-carlo.ts'
import { neuralCacheEvaluator } from '../evaluators/neural-cache.ts'
import { staticEvaluator } from '../evaluators/static.ts'
import { createEvaluator } from '../language-model/evaluate.ts'
import { createGenerator } from '../language-model/generate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'
import { traceStepGraph } from '../language-model/step-graph.ts'
import { pretrain } from '../plugin.ts'
import { hybridModelConfig } from './hybrid-model.ts'

type ModelReference = { readonly type: string; readonly [option: string]: unknown }

const container = createContainer([corePlugin, layersRecurrent, pretrain])
const small = { size: 8, heads: 2, inner: 12 }
const attention = { heads: 2, inner: 12, context: 6 }
const hybrid = (...blocks: object[]) => ({ type: 'hybrid-lm', embedding: 8, blocks })
const lstm = { type: 'lstm', hidden: 8 }

const models: readonly [string, ModelReference][] = [
  ['relative positions', { type: 'transformer-lm', ...small, context: 6 }],
  ['keys and values kept', { type: 'transformer-lm', ...small, context: 6, cache: 'keys-values' }],
  ['rotary, post-norm', { type: 'transformer-lm', ...small, context: 6, positions: 'rotary', norm: 'post' }],
  ['learned positions', { type: 'transformer-lm', ...small, context: 6, positions: 'learned' }],
  [
    'sinusoidal positions',
    { type: 'transformer-lm', ...small, context: 6, positions: 'sinusoidal', tied: false },
  ],
  ['LSTM, attention, LSTM', hybrid({ cell: lstm }, { attention }, { cell: lstm, residual: true })],
  ['LSTM that looks back', hybrid({ cell: { type: 'lstm', hidden: 10 }, past: { length: 5 } })],
]

function modelOf(config: ModelReference, vocabularySize: number): LanguageModel {
  return container.create(MODEL, config)(vocabularySize)
}

const CHARACTERS = 'the cat sat on the mat\nthe dog sat on the log\n'.repeat(8)

async function encoded() {
  const form = { unit: 'character', lines: 'none' } as const
  const rules = { minimumCount: 1, unknown: false }
  return encodeTrainingText([new TextEncoder().encode(CHARACTERS)], 'a text', form, rules)
}

async function losses(model: LanguageModel, vocabulary: Vocabulary, ids: Int32Array, time: number) {
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, { time })
  return evaluator.tokenLogProbabilities(model.init(random.key(3)), ids)
}

describe.each(models)('%s', (_, config) => {
  test('scores a token alike in windows of any length', async () => {
    const { vocabulary, text } = await encoded()
    const model = modelOf(config, vocabulary.size)
    const ids = text.ids.slice(0, 60)
    const single = await losses(model, vocabulary, ids, 1)
    for (const time of [6, 16, 60]) {
      const windows = await losses(model, vocabulary, ids, time)
      expect(windows.length).toBe(60)
      for (const [at, value] of windows.entries()) expect(Math.abs(value - single[at]!)).toBeLessThan(1e-5)
    }
  })

  test('writes, step by step, what is likeliest in one pass over the text', async () => {
    const { vocabulary } = await encoded()
    const model = modelOf(config, vocabulary.size)
    const parameters = model.init(random.key(3))
    const generator = await createGenerator(referenceBackend(), model, vocabulary)
    const prompt = 'the '
    const { text, ids } = await generator.generate(parameters, { prompt, tokens: 20, temperature: 0 })
    expect(text).toBe(decode(vocabulary, ids))
    const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, { time: 24 })
    const whole = Int32Array.from([...prompt].map(c => vocabulary.idOf(c)!).concat([...ids]))
    const best = await evaluator.tokenLogProbabilities(parameters, whole)
    // Any other last token is less likely than the one that was written.
    for (let other = 0; other < vocabulary.size; other++) {
      const changed = whole.with(-1, other)
      const [score] = (await evaluator.tokenLogProbabilities(parameters, changed)).slice(-1)
      expect(score!).toBeLessThanOrEqual(best.at(-1)! + 1e-6)
    }
  })

  test('is exported as a step that carries its memory', async () => {
    const { vocabulary } = await encoded()
    const model = modelOf(config, vocabulary.size)
    const parameters = model.init(random.key(3))
    const { graph, inputNames, outputNames, initialState } = traceStepGraph(model, parameters)
    expect(outputNames.slice(1)).toEqual(inputNames.slice(1).map(name => name.replace('state.', 'next.')))
    const ids = [1, 4, 2, 3, 0, 5, 1, 1]
    let state = initialState
    let probabilities: NdArray | undefined
    for (const id of ids) {
      const token: NdArray = { dtype: 'int32', shape: [1, 1], data: Int32Array.of(id) }
      ;[probabilities, ...state] = interpret(graph, [token, ...state]) as [NdArray, ...NdArray[]]
    }
    expect(state.map(({ shape }) => shape)).toEqual(initialState.map(({ shape }) => shape))
    const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, { time: 4 })
    const next = 2
    const scores = await evaluator.tokenLogProbabilities(parameters, Int32Array.from([...ids, next]))
    const start = vocabulary.idOf('\n')
    expect(start).toBeDefined() // the evaluator reads a line break first; the step graph did not
    const without = interpret(graph, [
      { dtype: 'int32', shape: [1, 1], data: Int32Array.of(start!) },
      ...initialState,
    ]).slice(1)
    state = without
    for (const id of ids) {
      const token: NdArray = { dtype: 'int32', shape: [1, 1], data: Int32Array.of(id) }
      ;[probabilities, ...state] = interpret(graph, [token, ...state]) as [NdArray, ...NdArray[]]
    }
    expect(Math.log(Number(probabilities!.data[next]))).toBeCloseTo(scores.at(-1)!, 4)
  })

  test('takes and gives state in one order', () => {
    const model = modelOf(config, 11)
    const { inputNames, outputNames } = traceStepGraph(model, model.init(random.key(3)))
    expect(outputNames).toHaveLength(inputNames.length)
    const state = leavesOf<NdArray>(model.initialState(3), isNdArray)
    expect(state).toHaveLength(inputNames.length - 1)
    // rows first in every part, so that a row can be reset by itself
    expect(state.every(({ shape }) => shape[0] === 3)).toBe(true)
  })
})

test.each([
  ['static', staticEvaluator()],
  ['neural cache', neuralCacheEvaluator({ window: 9, sharpness: 0.5, weight: 0.4, time: 7 })],
  ['dynamic', dynamicEvaluator({ rule: 'sgd', rate: 0.1, segment: 3 })],
  ['Monte Carlo', monteCarloEvaluator({ passes: 4, together: 2, time: 6, masks: 'window' })],
] as const)('evaluator %s reads a Transformer, and its probabilities sum to 1', async (_, factory) => {
  const { vocabulary, text } = await encoded()
  for (const positions of ['relative', 'learned']) {
    const dropout = { weights: 0.2, residual: 0.2, output: 0.2 }
    const config = { type: 'transformer-lm', ...small, context: 6, positions, dropout }
    const model = modelOf(config, vocabulary.size)
    const setup = { dtype: 'float64', training: text.ids } as const
    const evaluator = await factory.create(model, vocabulary, referenceBackend(), setup)
    const parameters = model.init(random.key(3), 'float64')
    let total = 0
    for (let id = 0; id < vocabulary.size; id++) {
      const ids = Int32Array.of(...text.ids.subarray(0, 15), id)
      total += Math.exp((await evaluator.tokenLogProbabilities(parameters, ids)).at(-1)!)
    }
    expect(total).toBeCloseTo(1, 8)
  }
})

test('states and keys and values as memory give the same, and have the same parameters', async () => {
  const { vocabulary, text } = await encoded()
  const ids = text.ids.slice(0, 40)
  const [states, keys] = [models[0]![1], models[1]![1]].map(config => modelOf(config, vocabulary.size))
  const paths = (model: LanguageModel) => [...flattenParameters(model.init(random.key(3))).keys()]
  expect(paths(states!)).toEqual(paths(keys!))
  const a = await losses(states!, vocabulary, ids, 8)
  const b = await losses(keys!, vocabulary, ids, 8)
  for (const [at, value] of a.entries()) expect(Math.abs(value - b[at]!)).toBeLessThan(1e-5)
})

test('parameters of a Transformer and of a hybrid stack', () => {
  const paths = (config: ModelReference) =>
    [...flattenParameters(modelOf(config, 11).init(random.key(1)))].map(
      ([path, { shape }]) => `${path} ${shape}`,
    )
  expect(paths({ type: 'transformer-lm', ...small, layers: 1, positions: 'learned', context: 5 })).toEqual([
    'embedding 11,8',
    'positions.table 5,8',
    'blocks.0.attention.query.weight 8,8',
    'blocks.0.attention.query.bias 8',
    'blocks.0.attention.key.weight 8,8',
    'blocks.0.attention.key.bias 8',
    'blocks.0.attention.value.weight 8,8',
    'blocks.0.attention.value.bias 8',
    'blocks.0.attention.output.weight 8,8',
    'blocks.0.attention.output.bias 8',
    'blocks.0.attentionNorm.gain 8',
    'blocks.0.attentionNorm.bias 8',
    'blocks.0.feedForward.inner.weight 8,12',
    'blocks.0.feedForward.inner.bias 12',
    'blocks.0.feedForward.outer.weight 12,8',
    'blocks.0.feedForward.outer.bias 8',
    'blocks.0.feedForwardNorm.gain 8',
    'blocks.0.feedForwardNorm.bias 8',
    'norm.gain 8',
    'norm.bias 8',
    'softmax.bias 11',
  ])
  expect(paths(hybrid({ cell: { type: 'gru', hidden: 9 }, past: { score: 'dot' } }))).toEqual([
    'embedding 11,8',
    'blocks.0.layer.input 8,27',
    'blocks.0.layer.recurrent 9,27',
    'blocks.0.layer.bias 27',
    'blocks.0.layer.recurrentBias 9',
    'blocks.0.combine.weight 18,9',
    'blocks.0.combine.bias 9',
    'norm.gain 9',
    'norm.bias 9',
    'projection 9,8',
    'softmax.bias 11',
  ])
})

test('a config is data: completed once, it stays as it is', () => {
  const registryOf = (kind: string) => container.registryOf(kind)
  const given = { blocks: [{ cell: 'gru-unknown' }] }
  expect(() => resolveConfig(hybridModelConfig, given, 'model "hybrid-lm"', { registryOf })).toThrow(
    'gru-unknown',
  )
  const once = resolveConfig(hybridModelConfig, {}, 'model "hybrid-lm"', { registryOf })
  expect(resolveConfig(hybridModelConfig, once, 'model "hybrid-lm"', { registryOf })).toEqual(once)
})

test('absolute positions without segments are refused', () => {
  expect(() =>
    modelOf({ type: 'transformer-lm', positions: 'learned', span: 'sliding' }, 11),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ATTENTION_POSITIONS_SPAN  learned positions are counted from the start of a segment, and span "sliding" has no segments
      in model
      leave "span" out, or use positions "relative", "rotary" or "none"]
  `)
})

test('a block is either recurrent or attention', () => {
  const refused = (block: object) => () => modelOf(hybrid(block), 11)
  expect(refused({ cell: 'lstm', attention: {} })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_INVALID  blocks.0 is wrong for model "hybrid-lm": expected a block with either "cell" or "attention"
      found    {"cell":"lstm","attention":{}}]
  `)
  expect(refused({ attention: {}, residual: true })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_INVALID  blocks.0 is wrong for model "hybrid-lm": "residual" and "past" belong to blocks with a cell
      found    {"attention":{},"residual":true}]
  `)
  expect(refused({ attention: { head: 4 } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_UNKNOWN_KEY  blocks.0.attention.head is not an option of model "hybrid-lm"
      did you mean heads?   (options: positions, heads, context, span, cache, inner, activation, norm, bias)]
  `)
})
