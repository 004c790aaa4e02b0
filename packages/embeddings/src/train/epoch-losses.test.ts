import { expect, test } from 'vitest'
import { epochLosses } from './epoch-losses.ts'

test('an epoch counts when all threads have finished it, and its loss is the mean over all pairs', () => {
  const first = [
    { loss: 10, pairs: 5 },
    { loss: 16, pairs: 10 },
  ]
  const second = [{ loss: 2, pairs: 1 }]
  expect(epochLosses([first, second])).toEqual([{ epoch: 1, loss: 2, pairs: 6 }])
  expect(epochLosses([first])).toEqual([
    { epoch: 1, loss: 2, pairs: 5 },
    { epoch: 2, loss: 1.2, pairs: 5 },
  ])
  expect(epochLosses([first, []])).toEqual([])
})
