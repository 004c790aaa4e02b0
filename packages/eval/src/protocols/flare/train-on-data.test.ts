import { type ComponentReference, createContainer, referenceBackend } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { evaluation } from '../../plugin.ts'
import { flareLanguage } from './languages.ts'
import { drawFlareSplit, FLARE_SPLITS } from './splits.ts'
import { trainOnFlare } from './train-on-data.ts'

const split = (name: string, strings: number, to: number) =>
  drawFlareSplit(
    flareLanguage('first'),
    { ...FLARE_SPLITS.find(own => own.name === name)!, strings, lengths: { from: 0, to } },
    1,
  )

const options = {
  backend: referenceBackend(),
  container: createContainer([layersRecurrent, evaluation]),
  learner: { type: 'recurrent', cell: { type: 'elman-tanh', hidden: 4 } },
  train: split('train', 64, 6),
  validation: split('validation-short', 32, 6),
  test: split('test', 40, 6),
  seed: 1,
  recipe: { steps: 300, batch: 16, rate: 0.03, clip: 5, checkpointEvery: 320 },
}

test('strings of mixed lengths teach whether the first symbol is a one; the same again', async () => {
  const run = await trainOnFlare(options)
  const short = run.bins.find(({ from }) => from === 0)!.released
  expect(run.bins.map(({ from }) => from)).toEqual([0])
  expect(short.right / short.total).toBeGreaterThan(0.8)
  expect(run.bins.reduce((sum, { mended }) => sum + mended.total, 0)).toBe(40)
  expect(await trainOnFlare(options)).toEqual(run)
}, 60_000)

test('learners that count, or must know the length, are refused', async () => {
  const errorOf = (learner: ComponentReference) =>
    trainOnFlare({ ...options, learner }).then(
      () => 'no error',
      (error: Error) => error.message,
    )
  expect(await errorOf({ type: 'n-gram' })).toMatchInlineSnapshot(`
    "FLARE_LEARNER_UNSUITABLE  this learner cannot be trained on strings of mixed lengths
      expected a learner that follows gradients and is not told the length of a word
      found    one that counts
      the audit of shortcuts has the learners that count"
  `)
  expect(await errorOf({ type: 'recurrent', cell: { type: 'tape-rnn', hidden: 4, jump: 1 } })).toContain(
    'one that jumps by the length of the word',
  )
})
