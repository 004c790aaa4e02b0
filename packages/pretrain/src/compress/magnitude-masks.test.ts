import { arrayOf, type NdArray, toNumbers } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { magnitudeMasks, sparsityOf } from './magnitude-masks.ts'

const weights = new Map([
  ['small', arrayOf([0.1, -0.2, 0.3, -0.4])],
  ['large', arrayOf([10, -20, 30, -40])],
])
const masksOf = (arrays: ReadonlyMap<string, NdArray>, sparsity: number, scope: 'layer' | 'global') =>
  Object.fromEntries(
    [...magnitudeMasks(arrays, sparsity, scope)].map(([path, mask]) => [path, toNumbers(mask)]),
  )

test('each array loses its own smallest, or all together theirs', () => {
  expect(masksOf(weights, 0.5, 'layer')).toEqual({ small: [0, 0, 1, 1], large: [0, 0, 1, 1] })
  expect(masksOf(weights, 0.5, 'global')).toEqual({ small: [0, 0, 0, 0], large: [1, 1, 1, 1] })
  expect(masksOf(weights, 0.49, 'layer')).toEqual({ small: [0, 1, 1, 1], large: [0, 1, 1, 1] })
  expect(masksOf(weights, 0, 'global')).toEqual({ small: [1, 1, 1, 1], large: [1, 1, 1, 1] })
})

test('of equal magnitudes the earlier go, and no more than asked for', () => {
  expect(masksOf(new Map([['w', arrayOf([2, -1, 1, -1, 1])]]), 0.4, 'layer')).toEqual({ w: [1, 0, 0, 1, 1] })
})

test('exactly the share is lost, no kept weight is smaller than a lost one, and a higher share loses more', () => {
  const numbers = fc.array(fc.float({ noNaN: true, min: -4, max: 4 }), { minLength: 1, maxLength: 40 })
  const share = fc.double({ min: 0, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(numbers, share, share, (list, s, t) => {
      const array = arrayOf(list)
      const maskAt = (sparsity: number, of = array) =>
        toNumbers(magnitudeMasks(new Map([['w', of]]), sparsity, 'layer').get('w')!)
      const [low, high] = [Math.min(s, t), Math.max(s, t)]
      const first = maskAt(low)
      expect(first.filter(kept => kept === 0).length).toBe(Math.floor(low * list.length))
      const size = (i: number) => Math.abs(Number(array.data[i]))
      const lost = list.flatMap((_, i) => (first[i] === 0 ? [size(i)] : []))
      const kept = list.flatMap((_, i) => (first[i] === 1 ? [size(i)] : []))
      if (lost.length > 0) expect(Math.max(...lost)).toBeLessThanOrEqual(Math.min(...kept))
      const pruned = arrayOf(list.map((_, i) => Number(array.data[i]) * first[i]!))
      maskAt(high, pruned).forEach((mask, i) => {
        if (first[i] === 0 && kept.every(x => x > 0)) expect(mask).toBe(0)
      })
    }),
    { seed: 11, numRuns: 300 },
  )
})

test('zeros are counted array by array', () => {
  const report = sparsityOf({ rnn: { '0': { w: arrayOf([0, 1, 0, 2]) } }, bias: arrayOf([0, 1]) })
  expect(report).toEqual({
    arrays: [
      { path: 'rnn.0.w', elements: 4, zeros: 2, sparsity: 0.5 },
      { path: 'bias', elements: 2, zeros: 1, sparsity: 0.5 },
    ],
    ...{ elements: 6, zeros: 3, sparsity: 0.5 },
  })
})
