/** What the objective adds to cross-entropy: penalties on activations, resets of the state, a model's own loss. */
import {
  createTrainStep,
  evaluate,
  flattenParameters,
  type LayerContext,
  mul,
  type NdArray,
  ndArray,
  random,
  referenceBackend,
  reshape,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  toNumbers,
} from '@elman/core'
import { lstm, weightDrop } from '@elman/layers-recurrent'
import { createVariableStream } from '@elman/text'
import { describe, expect, test } from 'vitest'
import { type LanguageModel, languageModel } from './language-model.ts'
import { languageModelObjective, type WindowOptions, windowSource } from './objective.ts'

const [TIME, BATCH, VOCABULARY] = [5, 4, 9]
const model = languageModel({
  ...{ vocabularySize: VOCABULARY, embedding: 3 },
  cells: [lstm({ inputSize: 3, hidden: 4 }), weightDrop(lstm({ inputSize: 4, hidden: 6 }), 0.4)],
  dropout: { kind: 'locked', embeddingRows: 0.2, input: 0.3, between: 0.3, output: 0.5 },
})
const parameters = model.init(random.key(1), 'float64')
const ids = (seed: number): NdArray =>
  ndArray('int32', [TIME, BATCH], random.integersBelow(random.key(seed), TIME * BATCH, VOCABULARY))
const window = { input: ids(1), target: ids(2) }
const key = (seed: number): NdArray => ndArray('int32', [2], Int32Array.from(random.key(seed)))
const shape = { batch: BATCH, time: TIME, dtype: 'float64' } as const

interface Losses {
  readonly loss: number
  readonly added: { readonly [name: string]: number }
  readonly state: readonly (readonly number[])[]
}

/** Loss of a window with what is added to it, and the state after. */
function lossOf(
  options: Partial<WindowOptions> = {},
  { of = model, seed = 5, mode = 'train' as const } = {},
): Losses {
  const objective = languageModelObjective(of, { ...shape, ...options })
  const carried = Object.fromEntries(
    Object.entries(objective.initialState()).map(([layer, parts]) => [
      layer,
      Object.fromEntries(
        Object.entries(parts).map(([part, { shape: of, data }]) => [
          part,
          ndArray(
            'float64',
            of,
            (data as Float64Array).map((_, i) => Math.sin(i + 1)),
          ),
        ]),
      ),
    ]),
  )
  const result = evaluate(
    (p, before, batch, k) => {
      const added: { [name: string]: Tensor } = {}
      const context: LayerContext = {
        mode,
        key: k as unknown as Tensor,
        addLoss: (name, loss) => {
          added[name] = loss
        },
      }
      const { loss, carried: after } = objective.loss(p as never, before as never, batch as never, context)
      return { loss, added, after } as never
    },
    parameters,
    carried,
    window,
    key(seed) as never,
  ) as unknown as { loss: NdArray; added: { [name: string]: NdArray }; after: typeof carried }
  const number = (array: NdArray) => Number(array.data[0])
  return {
    loss: number(result.loss),
    added: Object.fromEntries(Object.entries(result.added).map(([name, array]) => [name, number(array)])),
    state: [...flattenParameters(result.after).values()].map(toNumbers),
  }
}

/** The hidden states of the same pass on the host, [time][row · unit]. */
function hiddenOf(seed = 5) {
  const zero = model.initialState(BATCH, 'float64')
  const { raw, dropped } = evaluate(
    (p, state, x, k) =>
      model.apply(p as never, x as never, state as never, { mode: 'train', key: k as unknown as Tensor })
        .hidden as never,
    parameters,
    zero as never,
    window.input as never,
    key(seed) as never,
  ) as unknown as { raw: NdArray; dropped: NdArray }
  const rows = (array: NdArray) =>
    Array.from({ length: TIME }, (_, t) => toNumbers(array).slice(t * BATCH * 6, (t + 1) * BATCH * 6))
  return { raw: rows(raw), dropped: rows(dropped) }
}

describe('locked dropout on what the softmax reads', () => {
  const mask = (seed: number) => {
    const { raw, dropped } = hiddenOf(seed)
    return raw.map((row, t) => row.map((value, i) => Math.round((dropped[t]![i]! / value) * 1e6) / 1e6))
  }

  test('has one mask for all steps, which differs between rows and between calls', () => {
    const drawn = mask(5)
    for (const at of drawn) expect(at).toEqual(drawn[0])
    expect(new Set(drawn[0])).toEqual(new Set([0, 2]))
    const rows = Array.from({ length: BATCH }, (_, row) => String(drawn[0]!.slice(row * 6, row * 6 + 6)))
    expect(new Set(rows).size).toBeGreaterThan(1)
    expect(mask(6)[0]).not.toEqual(drawn[0])
  })
})

describe('activation penalties', () => {
  const zeroState = (options: Partial<WindowOptions>) => {
    const objective = languageModelObjective(model, { ...shape, ...options })
    return evaluate(
      (p, before, batch, k) => {
        const added: Tensor[] = []
        const addLoss = (_: string, loss: Tensor) => added.push(loss)
        const context: LayerContext = { mode: 'train', key: k as unknown as Tensor, addLoss }
        const { loss } = objective.loss(p as never, before as never, batch as never, context)
        return [loss, ...added] as never
      },
      parameters,
      objective.initialState(),
      window,
      key(5) as never,
    ) as unknown as NdArray[]
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

  test('are means over elements: AR of the dropped output, TAR of the change of the undropped one', () => {
    const { raw, dropped } = hiddenOf()
    const [, activation, temporal] = zeroState({ activation: 2, temporal: 3 }).map(x => Number(x.data[0]))
    expect(activation).toBeCloseTo(2 * mean(dropped.flat().map(h => h * h)), 12)
    const changes = raw.slice(1).flatMap((row, t) => row.map((h, i) => (h - raw[t]![i]!) ** 2))
    expect(temporal).toBeCloseTo(3 * mean(changes), 12)
  })

  test('are not there at zero, and leave the reported loss alone', () => {
    const [plain, ...none] = zeroState({ activation: 0, temporal: 0 })
    expect(none).toEqual([])
    expect(zeroState({ activation: 2, temporal: 1 })[0]).toEqual(plain)
    expect(zeroState({ activation: 2 })).toHaveLength(2)
    expect(zeroState({ temporal: 2 })).toHaveLength(2)
  })

  test('a window of one step has no change to penalise', () => {
    const objective = languageModelObjective(model, { ...shape, time: 1, temporal: 1 })
    const first = (array: NdArray): NdArray =>
      ndArray('int32', [1, BATCH], (array.data as Int32Array).slice(0, BATCH))
    const added: string[] = []
    evaluate(
      (p, before, batch, k) => {
        const addLoss = (name: string) => added.push(name)
        const context: LayerContext = { mode: 'train', key: k as unknown as Tensor, addLoss }
        return objective.loss(p as never, before as never, batch as never, context).loss as never
      },
      parameters,
      objective.initialState(),
      { input: first(window.input), target: first(window.target) },
      key(5) as never,
    )
    expect(added).toEqual([])
  })

  test('act on the gradient of a step', async () => {
    const norms = async (options: Partial<WindowOptions>) => {
      const objective = languageModelObjective(model, { ...shape, ...options })
      const optimizer = sgd({ rate: 1 })
      const initial = { parameters, optimizer: {}, carried: objective.initialState() }
      const step = await createTrainStep(referenceBackend(), objective, optimizer, initial)
      const batch = { arrays: window, tokens: TIME * BATCH, startsEpoch: true }
      const report = await step.run([batch], { key: random.key(5), step: 0, rate: 1 })
      return { loss: report.loss, norms: report.gradientNorms() }
    }
    const plain = await norms({})
    expect(await norms({ activation: 0, temporal: 0 })).toEqual(plain)
    for (const options of [{ activation: 2 }, { temporal: 1 }]) {
      const penalised = await norms(options)
      expect(penalised.loss).toBe(plain.loss)
      expect(penalised.norms['rnn.1.recurrent']).not.toBe(plain.norms['rnn.1.recurrent'])
      expect(penalised.norms['softmax.bias']).toBe(plain.norms['softmax.bias'])
    }
  })

  test('of a model that does not show its hidden states are refused', () => {
    const { trainingLoss: _, ...rest } = model
    const hiding: LanguageModel = {
      ...rest,
      apply: (...given) => {
        const { logits, state } = model.apply(...given)
        return { logits, state }
      },
    }
    expect(lossOf({}, { of: hiding }).loss).toBe(lossOf().loss)
    expect(() => lossOf({ activation: 1 }, { of: hiding })).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: MODEL_WITHOUT_HIDDEN  activation penalties act on the hidden states of a model, and this model does not show them
        expected a model whose "apply" and "trainingLoss" give "hidden"
        leave train.penalties out]
    `)
  })
})

describe('state reset', () => {
  test('sets whole rows of all parts to zero, others stay, and only in training', () => {
    // A model that hands its state on unchanged shows what it was given.
    const { trainingLoss: _, ...rest } = model
    const passing: LanguageModel = {
      ...rest,
      apply: (p, x, state, context) => ({ ...model.apply(p, x, state, context), state }),
    }
    const before = lossOf({}, { of: passing }).state
    const after = lossOf({ stateReset: 0.5 }, { of: passing, seed: 2 }).state
    expect(lossOf({ stateReset: 0.5 }, { of: passing, mode: 'evaluate' as never }).state).toEqual(before)
    const rows = after.map((part, at) =>
      Array.from({ length: BATCH }, (_, row) => {
        const width = part.length / BATCH
        const [now, was] = [part, before[at]!].map(values => values.slice(row * width, (row + 1) * width))
        return now!.every(value => value === 0) ? 'zero' : String(now) === String(was) ? 'same' : 'neither'
      }),
    )
    for (const part of rows) expect(part).toEqual(rows[0])
    expect(new Set(rows[0])).toEqual(new Set(['zero', 'same']))
    const other = lossOf({ stateReset: 0.5 }, { of: passing, seed: 4 }).state
    expect(other).not.toEqual(after)
  })

  test('happens as often as it is told, and does not change the masks of the model', () => {
    expect(lossOf({ stateReset: 1e-9 })).toEqual(lossOf())
    const rows = 2000
    const { trainingLoss: _, ...rest } = model
    const passing: LanguageModel = {
      ...rest,
      apply: (p, x, state, context) => ({ ...model.apply(p, x, state, context), state }),
    }
    const objective = languageModelObjective(passing, {
      batch: rows,
      time: 1,
      dtype: 'float64',
      stateReset: 0.01,
    })
    const ones = ndArray('float64', [rows, 4], new Float64Array(rows * 4).fill(1))
    const words = ndArray('int32', [1, rows], new Int32Array(rows))
    const { h } = evaluate(
      (p, before, batch, k) => {
        const context: LayerContext = { mode: 'train', key: k as unknown as Tensor }
        return objective.loss(p as never, before as never, batch as never, context).carried['0'] as never
      },
      parameters,
      { ...objective.initialState(), 0: { h: ones, c: ones } },
      { input: words, target: words },
      key(5) as never,
    ) as unknown as { readonly h: NdArray }
    const zeros = toNumbers(h).filter(value => value === 0).length / 4
    expect(zeros / rows).toBeGreaterThan(0.004)
    expect(zeros / rows).toBeLessThan(0.016)
  })

  test('of a state that is not laid out in rows is refused', () => {
    const odd: LanguageModel = {
      ...model,
      initialState: () => ({ memory: ndArray('float64', [2, BATCH], new Float64Array(2 * BATCH)) }),
    }
    expect(() => lossOfOdd(odd)).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: STATE_RESET_UNSUPPORTED  a row's carried state cannot be reset where the state is not laid out in rows
        expected (4, …) for every part of the state
        found    (2, 4)
        leave train.stateReset out]
    `)
  })
})

function lossOfOdd(odd: LanguageModel) {
  const objective = languageModelObjective(odd, { ...shape, stateReset: 0.1 })
  return evaluate(
    (p, before, batch, k) =>
      objective.loss(p as never, before as never, batch as never, {
        mode: 'train',
        key: k as unknown as Tensor,
      }).loss as never,
    parameters,
    objective.initialState(),
    window,
    key(5) as never,
  )
}

test("a model's own training loss is trained by, told of by its label, and not taken in evaluation", () => {
  const labels: string[] = []
  const own: LanguageModel = {
    ...model,
    trainingLoss(p, x, targets, state, context) {
      const { logits, ...rest } = model.apply(p, x, state, context)
      return {
        ...rest,
        losses: mul(softmaxCrossEntropy(logits, reshape(targets, [-1])), 2),
        label: 'doubled',
      }
    },
  }
  const onLabel = (label: string) => labels.push(label)
  expect(lossOf({ activation: 1, onLabel }, { of: own }).loss).toBeCloseTo(2 * lossOf().loss, 12)
  expect(lossOf({ activation: 1 }, { of: own }).added).toEqual(lossOf({ activation: 1 }).added)
  expect(labels).toEqual(['doubled'])
  expect(lossOf({ onLabel }, { of: own, mode: 'evaluate' as never }).loss).toBe(
    lossOf({}, { mode: 'evaluate' as never }).loss,
  )
  expect(labels).toEqual(['doubled'])
})

test('windows of random length scale the rate and make an objective of their length', () => {
  const text = Int32Array.from({ length: 400 }, (_, i) => i % VOCABULARY)
  const stream = createVariableStream(text, { batch: 2, time: 20, step: 5 })
  const source = windowSource(stream)
  expect([source.batchesPerEpoch, source.batchesBefore!(2)]).toEqual([
    stream.windowsBefore(1),
    stream.windowsBefore(2),
  ])
  const lengths = new Set<number>()
  for (let i = 0; i < source.batchesBefore!(1); i++) {
    const { arrays, tokens, rateFactor } = source.next()
    const time = arrays.input!.shape[0]!
    expect([tokens, rateFactor]).toEqual([2 * time, time / 20])
    lengths.add(time)
  }
  expect(lengths.size).toBeGreaterThan(1)
  const place = JSON.parse(JSON.stringify(source.position()))
  const expected = source.next()
  const other = windowSource(createVariableStream(text, { batch: 2, time: 20, step: 5 }))
  other.restore(place)
  expect(other.next()).toEqual(expected)

  const objective = languageModelObjective(model, { ...shape, weighted: true })
  const resized = objective.withBatch!({ ...objective.batch, input: { dtype: 'int32', shape: [7, BATCH] } })
  expect(Object.values(resized.batch).map(({ shape: of }) => of)).toEqual([
    [7, BATCH],
    [7, BATCH],
    [7, BATCH],
  ])
})
