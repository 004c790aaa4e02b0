import { createContainer, definePlugin, referenceBackend } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { lastSymbols, majorityAnswer } from '../baselines/index.ts'
import { encodeView } from '../languages/index.ts'
import { parity } from '../languages/tasks/parity.ts'
import { reverse } from '../languages/tasks/reverse.ts'
import { LEARNER, nGramLearnerComponent, recurrentLearnerComponent } from '../learners/index.ts'
import { type ProbeOptions, runProbes } from './run-probe.ts'

const learners = definePlugin({
  name: 'elman-plugin-learners',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ add }) {
    add(LEARNER, recurrentLearnerComponent)
    add(LEARNER, nGramLearnerComponent)
  },
})

const options: ProbeOptions = {
  backend: referenceBackend(),
  container: createContainer([layersRecurrent, learners]),
  encoding: encodeView(parity, 'dense'),
  learner: { type: 'recurrent', cell: { type: 'elman-tanh', hidden: 4 } },
  seeds: [1, 2],
  recipe: { steps: 10, batch: 4, trainSize: 6, validationStrings: 4 },
  baselines: [majorityAnswer, lastSymbols(1)],
  testStrings: 16,
}

test('a probe is recorded complete, and the same again but for its timing', async () => {
  const records = async () => (await runProbes(options)).map(({ record: { timing, ...rest } }) => rest)
  const [first, second] = await records()
  expect(await records()).toEqual([first, second])
  expect(first).toMatchObject({
    probe: 'parity/dense/elman-tanh-4/seed-1',
    learnerConfig: { type: 'recurrent', layers: 1 },
    parameters: 3 * 4 + 4 * 4 + 4 + 4 * 2 + 2,
    training: { trainSize: 6, steps: 10, batch: 4, rate: 0.005, clip: 1, together: 2 },
  })
  expect(first!.soft.map(({ size, length }) => [size, length])).toEqual([
    [6, 7],
    [9, 10],
    [12, 13],
    [24, 25],
    [48, 49],
  ])
  expect(first!.soft.map(({ strings }) => strings.total)).toEqual([16, 16, 16, 16, 16])
  expect(first!.hard).toBeUndefined()
  expect(first!.baselines.map(({ baseline }) => baseline)).toEqual(['majority', 'last-1'])
  expect(second!.configHash).not.toBe(first!.configHash)
})

test('a learner with a memory has results of both kinds', async () => {
  const [outcome] = await runProbes({
    ...options,
    encoding: encodeView(reverse, 'transduce'),
    learner: { type: 'recurrent', cell: { type: 'stack-rnn', hidden: 4 } },
    seeds: [1],
    recipe: { ...options.recipe, steps: 2, trainSize: 3 },
    testMultiples: [1, 2],
    testStrings: 4,
  })
  const { soft, hard, hardSkill } = outcome!.record
  expect(hard!.map(({ size }) => size)).toEqual(soft.map(({ size }) => size))
  expect(hardSkill).toBeTypeOf('number')
})

test('a learner that counts is a probe without training', async () => {
  const [outcome] = await runProbes({ ...options, learner: { type: 'n-gram', order: 3 }, seeds: [1] })
  expect(outcome!.record).toMatchObject({ learner: 'n-gram-3', parameters: 0, loss: null, solvedAt: null })
  expect(outcome!.trained).toBeUndefined()
  const [shortest] = outcome!.record.soft
  expect(shortest!.tokens.right).toBeGreaterThan(shortest!.tokens.total / 2)
})
