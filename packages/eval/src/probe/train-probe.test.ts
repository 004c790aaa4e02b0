import { type Backend, type NdArray, random, referenceBackend } from '@elman/core'
import { elmanTanh, stackRnn } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { encodeView } from '../languages/index.ts'
import { anbn } from '../languages/tasks/blocks.ts'
import { parity } from '../languages/tasks/parity.ts'
import { reverse } from '../languages/tasks/reverse.ts'
import { recurrentLearner } from '../learners/index.ts'
import { bucketFor, lengthBuckets } from './length-buckets.ts'
import { createProbeStep } from './probe-step.ts'
import { batchOf } from './string-batch.ts'
import { rateOfStep, type TrainedSeed, trainProbe } from './train-probe.ts'
import { stringsOfStep } from './training-strings.ts'

const backend = referenceBackend()
const dense = encodeView(parity, 'dense')
const elman = (hidden: number) =>
  recurrentLearner({ cell: inputSize => elmanTanh({ inputSize, hidden }) })(dense)
const base = { backend, encoding: dense, learner: elman(4) }

function numbers({ parameters }: TrainedSeed): number[] {
  const leaves = (tree: object): NdArray[] =>
    Object.values(tree).flatMap(child => ('data' in child ? [child as NdArray] : leaves(child as object)))
  return leaves(parameters).flatMap(({ data }) => [...(data as Float32Array)])
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)))
}

test('an Elman network of 16 units learns parity of up to 10 symbols', async () => {
  const recipe = { steps: 300, trainSize: 10 }
  const [trained] = await trainProbe({ ...base, learner: elman(16), seeds: [4], recipe })
  expect(trained!.solvedAt).toBeLessThanOrEqual(300)
  expect(trained!.losses.at(-1)).toBeLessThan(0.1)
})

test('the same seed gives the same bytes, another seed others', async () => {
  const train = (seed: number) =>
    trainProbe({ ...base, seeds: [seed], recipe: { steps: 12, batch: 4, validateEvery: 0 } })
  const [[first], [again], [other]] = [await train(3), await train(3), await train(4)]
  expect(numbers(again!)).toEqual(numbers(first!))
  expect(again!.losses).toEqual(first!.losses)
  expect(numbers(other!)).not.toEqual(numbers(first!))
})

test('a seed that trains beside others gets what it gets alone, to 1e-5', async () => {
  const recipe = { steps: 20, batch: 4, validateEvery: 0 }
  const beside = await trainProbe({ ...base, seeds: [1, 2, 3], groups: [[1, 2, 3]], recipe })
  for (const trained of beside) {
    const [alone] = await trainProbe({ ...base, seeds: [trained.seed], recipe })
    expect(largestDifference(trained.losses, alone!.losses)).toBeLessThan(1e-5)
    expect(largestDifference(numbers(trained), numbers(alone!))).toBeLessThan(1e-5)
  }
})

test.each([
  ['classes', dense, elman(4)],
  [
    'flags',
    encodeView(anbn, 'next-symbol'),
    recurrentLearner({ cell: inputSize => elmanTanh({ inputSize, hidden: 4 }) })(
      encodeView(anbn, 'next-symbol'),
    ),
  ],
  [
    'outputs after blanks, with a stack',
    encodeView(reverse, 'transduce'),
    recurrentLearner({ cell: inputSize => stackRnn({ inputSize, hidden: 4 }) })(
      encodeView(reverse, 'transduce'),
    ),
  ],
])('padding changes neither loss nor update: %s', async (_, encoding, learner) => {
  const rows = 3
  const strings = stringsOfStep({ encoding, trainSize: 5, batch: rows, seed: 1 }, 5, 0)
  const length = strings[0]!.inputs.length
  const updated = async (time: number) => {
    const initial = [learner.init(random.key(1))]
    const step = createProbeStep({ backend, encoding, learner, rows, clip: 1, initial })
    const batch = batchOf(encoding, [strings], time, rows)
    const losses = await step.run(batch, { time, step: 0, rate: 0.01 })
    const trained = { seed: 1, parameters: step.parameters()[0]!, losses, solvedAt: null }
    await step.dispose()
    return trained
  }
  const [bare, padded] = [await updated(length), await updated(length + 4)]
  expect(largestDifference(padded.losses, bare.losses)).toBeLessThan(1e-6)
  expect(largestDifference(numbers(padded), numbers(bare))).toBeLessThan(1e-4)
})

test('lengths fall into at most eight groups, each padded to its longest', () => {
  const lengths = Array.from({ length: 40 }, (_, i) => i + 1)
  expect(lengthBuckets(lengths)).toEqual([5, 10, 15, 20, 25, 30, 35, 40])
  expect(lengthBuckets([7, 3, 3, 9])).toEqual([3, 7, 9])
  expect(lengthBuckets([1, 2, 3, 4, 5, 6, 7, 8, 9]).length).toBeLessThanOrEqual(8)
  expect(lengthBuckets(lengths, Number.POSITIVE_INFINITY)).toEqual(lengths)
  expect(bucketFor(11, lengthBuckets(lengths))).toBe(15)
  expect(() => bucketFor(41, lengthBuckets(lengths))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_STRING_TOO_LONG  a training string is longer than any that its language announced
      expected at most 40 steps
      found    41 steps
      the words of a size must have the length that the language's "lengthOf" says]
  `)
})

test('the rate is constant for the first half and falls to nothing at the end', () => {
  expect([0, 50, 75, 99].map(step => rateOfStep(1, step, 100))).toEqual([1, 1, 0.5, 0.02])
})

test('many probes in a row leave nothing compiled', async () => {
  let held = 0
  const counting: Backend = {
    ...backend,
    async compile(graph, options) {
      const executable = await backend.compile(graph, options)
      held++
      return {
        run: (inputs, call) => executable.run(inputs, call),
        async dispose() {
          held--
          await executable.dispose()
        },
      }
    },
  }
  for (let seed = 0; seed < 6; seed++) {
    const recipe = { steps: 3, batch: 2, trainSize: 4, validationStrings: 4 }
    await trainProbe({ ...base, backend: counting, seeds: [seed, seed + 1], recipe })
    expect(held).toBe(0)
  }
})

test('a language without strings to train on is refused', async () => {
  const encoding = { ...dense, language: { ...parity, hasSize: (size: number) => size > 30 } }
  const training = trainProbe({ ...base, encoding, seeds: [1], recipe: { steps: 1 } })
  await expect(training).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_NO_SIZES  language "parity" has no strings to train on
      expected a string of a size from 1 to 20
      raise the training size, or look at the language's "hasSize"]
  `)
})
