import { type BatchSource, isElmanError } from '@elman/core'
import { createTrainingStream } from '@elman/text'
import { expect, test } from 'vitest'
import { windowSource } from '../language-model/objective.ts'
import { replayRows, replaySource } from './replay-source.ts'

const counting = (length: number, from: number) => Int32Array.from({ length }, (_, i) => i + from)
const source = (length: number, from: number, batch: number, time = 3): BatchSource =>
  windowSource(createTrainingStream(counting(length, from), { batch, time }))
const mixed = () => replaySource(source(23, 0, 2), source(14, 100, 1))

test('rows of the memory stand beside those of the present text, and each reads on', () => {
  const batches = mixed()
  const [one, two] = [batches.next(), batches.next()]
  expect(one.arrays.input!.shape).toEqual([3, 3])
  expect([...one.arrays.input!.data]).toEqual([0, 11, 100, 1, 12, 101, 2, 13, 102])
  expect([...two.arrays.input!.data]).toEqual([3, 14, 103, 4, 15, 104, 5, 16, 105])
  expect([...two.arrays.target!.data]).toEqual([4, 15, 104, 5, 16, 105, 6, 17, 106])
  expect([one.tokens, one.startsEpoch, two.startsEpoch, batches.batchesPerEpoch]).toEqual([9, true, false, 3])
})

test('both texts go on from a saved position', () => {
  const batches = mixed()
  for (let i = 0; i < 5; i++) batches.next()
  const saved = JSON.parse(JSON.stringify(batches.position()))
  const rest = Array.from({ length: 6 }, () => batches.next())
  const other = mixed()
  other.restore(saved)
  expect(Array.from({ length: 6 }, () => other.next())).toEqual(rest)
})

test('a share of the rows is the memory’s, one at least, and one is left', () => {
  expect(replayRows(20, 0.25)).toEqual({ current: 15, memory: 5 })
  expect(replayRows(8, 0.01)).toEqual({ current: 7, memory: 1 })
  expect(replayRows(2, 0.99)).toEqual({ current: 1, memory: 1 })
})

test('what cannot be mixed is refused', () => {
  const texts: string[] = []
  for (const attempt of [
    () => replayRows(8, 1),
    () => replaySource(source(23, 0, 2), source(40, 0, 1, 4)).next(),
  ]) {
    try {
      attempt()
    } catch (error) {
      if (isElmanError(error)) texts.push(error.message)
    }
  }
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "REPLAY_SHARE_INVALID  a batch cannot be shared between two texts in this way
      expected a share between 0 and 1, and a batch of two rows or more
      found    share 1, batch 8
    REPLAY_SHAPES_DIFFER  batches of the two texts do not fit each other in "input"
      expected int32[3, any]
      found    int32[4, 1]
      give both texts the same window length"
  `)
})
