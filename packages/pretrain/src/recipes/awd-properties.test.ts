/** How the regularisers of AWD-LSTM have to behave in the model that the preset makes, at a small size. */
import {
  corePlugin,
  createContainer,
  createTrainStep,
  evaluate,
  flattenParameters,
  MODEL,
  type NdArray,
  ndArray,
  random,
  referenceBackend,
  sgd,
  toNumbers,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { languageModelObjective } from '../language-model/objective.ts'
import { pretrain } from '../plugin.ts'
import { awdLstmPtb } from './index.ts'

const [TIME, BATCH, VOCABULARY] = [6, 3, 13]
const container = createContainer([corePlugin, layersRecurrent, pretrain])
const cell = (hidden: number) => ({ ...awdLstmPtb.model.cells[0], hidden })
const nothing = { embeddingRows: 0, input: 0, between: 0, output: 0, weights: 0 }
const modelOf = (dropout: object, tied = true) =>
  container.create(MODEL, {
    ...{ ...awdLstmPtb.model, tied, embedding: 4, cells: [cell(6), cell(5), cell(4)] },
    dropout: { kind: 'locked', ...nothing, ...dropout },
  } as never)(VOCABULARY)

const model = modelOf(awdLstmPtb.model.dropout)
const parameters = model.init(random.key(1), 'float64')
const ids = (seed: number) =>
  ndArray('int32', [TIME, BATCH], random.integersBelow(random.key(seed), TIME * BATCH, VOCABULARY))
const input = ids(3)

/** Logits [time][row · word] from a zero state, in training with a seed or in evaluation. */
function logits(of: typeof model, seed?: number): number[][] {
  const result = evaluate(
    (p, state, x, key) => {
      const context = seed === undefined ? { mode: 'evaluate' } : { mode: 'train', key }
      return of.apply(p as never, x as never, state as never, context as never).logits as never
    },
    parameters,
    of.initialState(BATCH, 'float64') as never,
    input as never,
    ndArray('int32', [2], Int32Array.from(random.key(seed ?? 0))) as never,
  ) as unknown as NdArray
  const width = BATCH * VOCABULARY
  return Array.from({ length: TIME }, (_, t) => toNumbers(result).slice(t * width, (t + 1) * width))
}

/** What one update of plain descent at rate 1 does: minus the gradient, by path. */
async function moved(of: typeof model, options: object = {}, seed = 5) {
  const start = of.init(random.key(1), 'float64')
  const objective = languageModelObjective(of, { batch: BATCH, time: TIME, dtype: 'float64', ...options })
  const initial = { parameters: start, optimizer: {}, carried: objective.initialState() }
  const step = await createTrainStep(referenceBackend(), objective, sgd({ rate: 1 }), initial)
  const batch = { arrays: { input, target: ids(4) }, tokens: TIME * BATCH, startsEpoch: true }
  await step.run([batch], { key: random.key(seed), step: 0, rate: 1 })
  const before = flattenParameters(start)
  return new Map(
    [...flattenParameters(step.state().parameters)].map(([path, after]) => {
      const old = toNumbers(before.get(path)!)
      return [path, toNumbers(after).map((value, i) => value - old[i]!)]
    }),
  )
}

test('evaluation is deterministic, and that of the model without any dropout', () => {
  expect(logits(model)).toEqual(logits(model))
  expect(logits(model)).toEqual(logits(modelOf(nothing)))
  expect(logits(model, 7)).not.toEqual(logits(model))
  expect(logits(model, 7)).toEqual(logits(model, 7))
  expect(logits(model, 8)).not.toEqual(logits(model, 7))
})

test('weight drop leaves the first step from a zero state alone and changes all later ones', () => {
  const dropped = logits(modelOf({ weights: 0.5 }), 7)
  const whole = logits(modelOf(nothing))
  expect(dropped[0]).toEqual(whole[0])
  for (let t = 1; t < TIME; t++) expect(dropped[t]).not.toEqual(whole[t])
})

test('gradients reach the raw recurrent weights of every layer, where they are not dropped', async () => {
  const changes = await moved(modelOf({ weights: 0.5 }))
  for (const layer of [0, 1, 2]) {
    const change = changes.get(`rnn.${layer}.recurrent`)!
    const still = change.filter(value => value === 0).length / change.length
    expect(still).toBeGreaterThan(0.3)
    expect(still).toBeLessThan(0.7)
  }
  const whole = await moved(modelOf(nothing))
  for (const [path, change] of whole) {
    if (path.startsWith('rnn.'))
      expect(
        change.filter(value => value === 0),
        path,
      ).toEqual([])
  }
})

test('both biases get the same gradient: their sum moves twice as fast as one would', async () => {
  const changes = await moved(model)
  for (const layer of [0, 1, 2]) {
    expectClose(changes.get(`rnn.${layer}.recurrentBias`)!, changes.get(`rnn.${layer}.bias`)!, 1e-14)
  }
})

test('a dropped word is dropped wherever it occurs: its vector gets no gradient, those of others do', async () => {
  const words = new Set(toNumbers(input))
  const rows = (change: number[]) =>
    [...words].filter(word => change.slice(4 * word, 4 * word + 4).some(value => value !== 0))
  const dropped = rows((await moved(modelOf({ embeddingRows: 0.5 }, false))).get('embedding')!)
  expect(dropped.length).toBeGreaterThan(0)
  expect(dropped.length).toBeLessThan(words.size)
  expect(rows((await moved(modelOf(nothing, false))).get('embedding')!).length).toBe(words.size)
})

test('locked dropout between layers has one mask for all steps: a unit is silent at all of them or at none', async () => {
  // A unit of layer 0 that is dropped in all rows of the batch sends no gradient to its row of layer 1's input.
  const alone = { batch: 1 }
  const first = ndArray(
    'int32',
    [TIME, 1],
    Int32Array.from({ length: TIME }, (_, t) => t),
  )
  const of = modelOf({ between: 0.5 })
  const start = of.init(random.key(1), 'float64')
  const objective = languageModelObjective(of, { ...alone, time: TIME, dtype: 'float64' })
  const initial = { parameters: start, optimizer: {}, carried: objective.initialState() }
  const step = await createTrainStep(referenceBackend(), objective, sgd({ rate: 1 }), initial)
  await step.run([{ arrays: { input: first, target: first }, tokens: TIME, startsEpoch: true }], {
    ...{ key: random.key(5), step: 0, rate: 1 },
  })
  const [before, after] = [start, step.state().parameters].map(tree =>
    toNumbers(flattenParameters(tree).get('rnn.1.input')!),
  )
  const silent = Array.from({ length: 6 }, (_, unit) =>
    after!.slice(unit * 20, unit * 20 + 20).every((value, i) => value === before![unit * 20 + i]),
  )
  expect(new Set(silent)).toEqual(new Set([true, false]))
})

test('penalties of zero leave every gradient as it is', async () => {
  const plain = await moved(model)
  expect(await moved(model, { activation: 0, temporal: 0 })).toEqual(plain)
  const penalised = await moved(model, { activation: 2, temporal: 1 })
  for (const layer of [0, 1, 2]) {
    expect(penalised.get(`rnn.${layer}.recurrent`)).not.toEqual(plain.get(`rnn.${layer}.recurrent`))
  }
})
