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
import { checkGradients, expectClose } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { type LanguageModel, parameterCount } from '../language-model/language-model.ts'
import { pretrain } from '../plugin.ts'
import { logProbabilityRank } from './log-probability-rank.ts'
import { logUniformIds } from './sampled-softmax.ts'
import { SOFTMAX } from './softmax-layer.ts'

const container = createContainer([corePlugin, layersRecurrent, pretrain])

const VOCABULARY = 12
const KINDS = {
  full: {},
  'full, tied': { tied: true },
  'full, tied, with projection': { tied: true, embedding: 3 },
  mixture: { softmax: { type: 'mixture', experts: 3, hidden: 4 } },
  'mixture, tied': { tied: true, softmax: { type: 'mixture', experts: 3 } },
  adaptive: { softmax: { type: 'adaptive', cutoffs: [3, 7], divisor: 2 } },
  sampled: { softmax: { type: 'sampled', samples: 6 } },
  'sampled, tied, with projection': { tied: true, embedding: 3, softmax: { type: 'sampled', samples: 6 } },
  augmented: { tied: true, augmentedLoss: { weight: 0.5, temperature: 2 } },
}
type Kind = keyof typeof KINDS
const names = Object.keys(KINDS) as Kind[]

function modelOf(options: object, vocabularySize = VOCABULARY): LanguageModel {
  const cell = { type: 'elman-sigmoid', hidden: 5 }
  return container.create(MODEL, { type: 'recurrent-lm', embedding: 5, cell, ...options })(vocabularySize)
}

const int = (data: readonly number[], rows: number): NdArray =>
  ndArray('int32', [data.length / rows, rows], Int32Array.from(data))
const ids = int([1, 2, 3, 4, 11, 0], 2)
const targets = int([3, 0, 11, 7, 0, 6], 2)
const key: NdArray = ndArray('int32', [2], Int32Array.from(random.key(5)))

const run = (f: (...args: never[]) => unknown, ...args: unknown[]) => evaluate(f, ...args) as never

test('the softmaxes of the plugin', () => {
  expect(
    container
      .registry(SOFTMAX)
      .list()
      .map(({ name }) => name),
  ).toEqual(['adaptive', 'full', 'mixture', 'sampled'])
})

test.each(names)('%s: training losses have gradients that equal finite differences', kind => {
  const model = modelOf(KINDS[kind])
  const parameters = model.init(random.key(2), 'float64')
  const losses = (p: TensorParameters, x: Tensor, t: Tensor, state: never, k: Tensor) => {
    const context = { mode: 'train', key: k } as const
    return model.trainingLoss === undefined
      ? model.apply(p, x, state, context).logits
      : model.trainingLoss(p, x, t, state, context).losses
  }
  checkGradients(losses as never, [parameters, ids, targets, model.initialState(2, 'float64'), key], {
    tolerance: 1e-7,
  })
})

test.each(names)('%s: in evaluation every row is a distribution, and tells the logits the same', kind => {
  const model = modelOf(KINDS[kind])
  const parameters = model.init(random.key(2), 'float64')
  const found: { logits: NdArray; own?: NdArray; raw: NdArray; dropped: NdArray } = run(
    (p: TensorParameters, x: Tensor, state: never) => {
      const { logits, hidden } = model.apply(p, x, state, { mode: 'evaluate' })
      const own = model.logProbabilities?.(p, x, state, { mode: 'evaluate' }).logProbabilities
      return { logits, raw: hidden!.raw, dropped: hidden!.dropped, ...(own && { own }) }
    },
    parameters,
    ids,
    model.initialState(2, 'float64'),
  )
  expect(found.logits.shape).toEqual([6, VOCABULARY])
  expect(found.raw.shape).toEqual([3, 2, 5])
  expect(found.dropped).toEqual(found.raw)
  if (found.own === undefined) return
  expectClose(found.logits, found.own, 1e-14)
  for (let row = 0; row < 6; row++) {
    const total = toNumbers(found.own).slice(row * VOCABULARY, (row + 1) * VOCABULARY)
    expect(total.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12)
  }
})

test.each(['mixture', 'mixture, tied', 'adaptive'] as const)(
  '%s: the training loss is the negative log-probability of the target',
  kind => {
    const model = modelOf(KINDS[kind])
    const found: { losses: NdArray; all: NdArray } = run(
      (p: TensorParameters, x: Tensor, t: Tensor, state: never, k: Tensor) => ({
        losses: model.trainingLoss!(p, x, t, state, { mode: 'train', key: k }).losses,
        all: model.logProbabilities!(p, x, state, { mode: 'evaluate' }).logProbabilities,
      }),
      model.init(random.key(2), 'float64'),
      ids,
      targets,
      model.initialState(2, 'float64'),
      key,
    )
    const wanted = toNumbers(targets).map((target, row) => -toNumbers(found.all)[row * VOCABULARY + target]!)
    expectClose(found.losses, wanted, 1e-13)
  },
)

test('only losses that are not comparable are labelled', () => {
  const labels = names.map(kind => {
    const model = modelOf(KINDS[kind])
    let label: string | undefined
    run(
      (p: TensorParameters, x: Tensor, t: Tensor, state: never, k: Tensor) => {
        const result = model.trainingLoss?.(p, x, t, state, { mode: 'train', key: k })
        label = result?.label
        return result?.losses ?? x
      },
      ...[model.init(random.key(2)), ids, targets, model.initialState(2), key],
    )
    return [kind, label ?? '']
  })
  expect(Object.fromEntries(labels)).toEqual({
    ...Object.fromEntries(names.map(kind => [kind, ''])),
    sampled: 'sampled softmax (not comparable)',
    'sampled, tied, with projection': 'sampled softmax (not comparable)',
    augmented: 'augmented loss (not comparable)',
  })
})

test('the mask of latent dropout is the same at each step, and none in evaluation', () => {
  const softmax = { type: 'mixture', experts: 2, hidden: 6, latentDropout: 0.5 }
  const model = modelOf({ softmax })
  const plain = modelOf({ softmax: { ...softmax, latentDropout: 0 } })
  const parameters = model.init(random.key(2), 'float64')
  // a cell whose state does not move: the same word gives the same row at each step
  const still = flattenParameters(parameters)
  for (const path of ['rnn.0.recurrent', 'rnn.0.input']) (still.get(path)!.data as Float64Array).fill(0)
  const same = int([4, 4, 4], 1)
  const logits = (of: LanguageModel, mode: 'train' | 'evaluate'): NdArray =>
    run(
      (p: TensorParameters, x: Tensor, state: never, k: Tensor) =>
        of.apply(p, x, state, mode === 'train' ? { mode, key: k } : { mode }).logits,
      ...[parameters, same, of.initialState(1, 'float64'), key],
    )
  const trained = toNumbers(logits(model, 'train'))
  expectClose(trained.slice(0, VOCABULARY), trained.slice(VOCABULARY, 2 * VOCABULARY), 1e-14)
  expect(trained).not.toEqual(toNumbers(logits(plain, 'train')))
  expect(logits(model, 'evaluate')).toEqual(logits(plain, 'evaluate'))
})

test('words are drawn log-uniformly by rank, never outside the vocabulary', () => {
  const size = 20
  const drawn = toNumbers(run((k: Tensor) => logUniformIds(k, 50_000, size), key) as NdArray)
  const counts = Array.from({ length: size }, () => 0)
  for (const id of drawn) counts[id]!++
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50_000)
  for (const [id, count] of counts.entries()) {
    const p = Math.log((id + 2) / (id + 1)) / Math.log(size + 1)
    expect(Math.abs(count / 50_000 - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 50_000))
  }
})

test('with every word drawn often enough, the sampled loss is the cross-entropy', () => {
  const model = modelOf({ softmax: { type: 'sampled', samples: 4000 } })
  const found: { trained: NdArray; full: NdArray } = run(
    (p: TensorParameters, x: Tensor, t: Tensor, state: never, k: Tensor) => ({
      trained: model.trainingLoss!(p, x, t, state, { mode: 'train', key: k }).losses,
      full: model.trainingLoss!(p, x, t, state, { mode: 'evaluate' }).losses,
    }),
    ...[model.init(random.key(2), 'float64'), ids, targets, model.initialState(2, 'float64'), key],
  )
  expectClose(found.trained, found.full, 1e-12)
})

test('the rank of log-probabilities stays within the bound of one softmax, and a mixture goes beyond it', async () => {
  const text = Int32Array.from({ length: 64 }, (_, i) => (i * i * 7 + 3 * i) % 40)
  const measure = async (options: object) => {
    const model = modelOf(
      { embedding: 3, initialScale: 1.5, ...options, cell: { type: 'elman-tanh', hidden: 3 } },
      40,
    )
    return logProbabilityRank(referenceBackend(), model, model.init(random.key(4)), text, { time: 16 })
  }
  const one = await measure({})
  expect([one.rank, one.softmaxBound, one.contexts, one.vocabularySize]).toEqual([5, 5, 64, 40])
  const several = await measure({ softmax: { type: 'mixture', experts: 4 } })
  expect(several.softmaxBound).toBe(5)
  expect(several.rank).toBe(40)
})

test('a text that fills no window has no rank', async () => {
  const model = modelOf({})
  const refused = logProbabilityRank(referenceBackend(), model, model.init(random.key(4)), new Int32Array(5))
  await expect(refused).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TEXT_TOO_SHORT  the text to measure the rank on does not fill a window
      expected 32 tokens or more
      found    5 tokens]
  `)
})

test('the parameters of each softmax', () => {
  const shapes = (options: object) => {
    const parameters = modelOf(options).init(random.key(1))
    const own = [...flattenParameters(parameters)].filter(([path]) => /^(softmax|projection)/.test(path))
    return own.map(([path, { shape }]) => `${path} ${shape}`)
  }
  expect(Object.fromEntries(names.map(kind => [kind, shapes(KINDS[kind])]))).toMatchInlineSnapshot(`
    {
      "adaptive": [
        "softmax.head 5,5",
        "softmax.tail.0.projection 5,2",
        "softmax.tail.0.weight 2,4",
        "softmax.tail.1.projection 5,1",
        "softmax.tail.1.weight 1,5",
      ],
      "augmented": [
        "softmax.bias 12",
      ],
      "full": [
        "softmax.weight 5,12",
        "softmax.bias 12",
      ],
      "full, tied": [
        "softmax.bias 12",
      ],
      "full, tied, with projection": [
        "projection 5,3",
        "softmax.bias 12",
      ],
      "mixture": [
        "softmax.latent.weight 5,12",
        "softmax.latent.bias 12",
        "softmax.prior 5,3",
        "softmax.weight 4,12",
        "softmax.bias 12",
      ],
      "mixture, tied": [
        "softmax.latent.weight 5,15",
        "softmax.latent.bias 15",
        "softmax.prior 5,3",
        "softmax.bias 12",
      ],
      "sampled": [
        "softmax.weight 12,5",
        "softmax.bias 12",
      ],
      "sampled, tied, with projection": [
        "projection 5,3",
        "softmax.bias 12",
      ],
    }
  `)
  const sizes = { embedding: 280, cell: { type: 'lstm', hidden: 620 }, tied: true }
  const counted = modelOf({ ...sizes, softmax: { type: 'mixture', experts: 15 } }, 10_000).init(random.key(1))
  const [V, m, h, K] = [10_000, 280, 620, 15]
  expect(parameterCount(counted)).toBe(V * m + 4 * h * (m + h + 1) + K * m * (h + 1) + h * K + V)
})

test('an initial scale holds for all parameters of a softmax', () => {
  for (const kind of names) {
    const parameters: Parameters = modelOf({ ...KINDS[kind], initialScale: 0.01 }).init(random.key(1))
    for (const [path, { data }] of flattenParameters(parameters)) {
      const largest = Math.max(...Array.from(data as Float32Array, Math.abs))
      expect(largest, `${kind} ${path}`).toBeLessThanOrEqual(0.01)
      expect(largest, `${kind} ${path}`).toBeGreaterThan(0)
    }
  }
})

test('a softmax that does not fit its place is refused', () => {
  const make = (options: object) => () => modelOf(options)
  expect(make({ softmax: { type: 'adaptive', cutoffs: [5, 12] } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_CUTOFFS_INVALID  the clusters of the adaptive softmax do not divide the vocabulary
      expected cutoffs that rise from 1 or more and stay below 12, the size of the vocabulary
      found    5, 12]
  `)
  expect(make({ softmax: { type: 'adaptive', cutoffs: [5, 5] } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_CUTOFFS_INVALID  the clusters of the adaptive softmax do not divide the vocabulary
      expected cutoffs that rise from 1 or more and stay below 12, the size of the vocabulary
      found    5, 5]
  `)
  expect(
    make({ tied: true, softmax: { type: 'adaptive', cutoffs: [5] } }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_NOT_TIED  the weights of an adaptive softmax differ in length and cannot be the word vectors
      set tied: false, or take another softmax]
  `)
  expect(make({ tied: true, softmax: { type: 'mixture', hidden: 4 } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_NOT_TIED  the softmaxes of a mixture that share the word vectors read vectors of their size
      expected hidden 5, or none given
      found    hidden 4
      leave "hidden" out, or set tied: false]
  `)
  const augmentedLoss = { weight: 1 }
  expect(make({ softmax: 'mixture', augmentedLoss })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_NOT_PLAIN  the augmented loss needs a softmax that is one matrix of logits
      expected softmax "full"
      leave "augmentedLoss" out, or take softmax "full"]
  `)
})

test('a sampled softmax needs a key in training', () => {
  const model = modelOf(KINDS.sampled)
  const train = () =>
    run(
      (p: TensorParameters, x: Tensor, t: Tensor, state: never) =>
        model.trainingLoss!(p, x, t, state, { mode: 'train' }).losses,
      ...[model.init(random.key(1)), ids, targets, model.initialState(2)],
    )
  expect(train).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SOFTMAX_KEY_MISSING  a sampled softmax draws words in training, but the call has no key
      pass { mode: 'train', key } with a key of this step, or mode: 'evaluate']
  `)
})
