import { arrayOf, encodeSafetensors, filled, isElmanError, type NdArray, ndArray } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeSparse, encodeSparse } from './sparse-storage.ts'

/** A matrix in which one number of ten is not 0. */
const sparse = ndArray(
  'float32',
  [40, 25],
  Float32Array.from({ length: 1000 }, (_, i) => (i % 10 === 3 ? i : 0)),
)

test('parameters come back as they were, in a fraction of the space', async () => {
  const parameters = {
    rnn: { '0': { recurrent: sparse, bias: arrayOf([1, 2, 3]) } },
    wide: { ...sparse, dtype: 'float64', data: Float64Array.from(sparse.data as Float32Array) } as NdArray,
    step: ndArray('int32', [], Int32Array.of(7)),
  }
  const bytes = encodeSparse(parameters)
  expect(await decodeSparse(bytes)).toEqual(parameters)
  // a bit for each number, four or eight bytes for one in ten
  expect(bytes.length).toBeLessThan(128 + 400 + 128 + 800 + 1000)
})

test('any array comes back, whatever its zeros', async () => {
  const number = fc.oneof(fc.constant(0), fc.float({ noNaN: true }))
  await fc.assert(
    fc.asyncProperty(fc.array(number, { maxLength: 100 }), async list => {
      const w = ndArray('float32', [list.length], Float32Array.from(list))
      const back = (await decodeSparse(encodeSparse({ w }))).w as NdArray
      expect([...back.data].map(x => Number(x) + 0)).toEqual([...w.data].map(x => Number(x) + 0))
    }),
    { seed: 2, numRuns: 200 },
  )
})

test('parts that do not fit each other are refused', async () => {
  const file = (tensors: Record<string, NdArray>) => Buffer.concat(encodeSafetensors(Object.entries(tensors)))
  const bits = ndArray('int32', [1], Int32Array.of(0b1011))
  const shape = ndArray('int32', [2], Int32Array.of(2, 2))
  const values = arrayOf([1, 2, 3])
  const good = { 'w:bits': bits, 'w:values': values, 'w:shape': shape }
  expect((await decodeSparse(file(good))).w).toEqual(ndArray('float32', [2, 2], Float32Array.of(1, 2, 0, 3)))
  const texts: string[] = []
  for (const damage of [
    { 'w:values': arrayOf([1, 2]) },
    { 'w:shape': ndArray('int32', [2], Int32Array.of(2, 50)) },
    { 'w:shape': filled([2], 2) },
  ]) {
    try {
      await decodeSparse(file({ ...good, ...damage }))
    } catch (error) {
      if (isElmanError(error)) texts.push(error.message)
    }
  }
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "SPARSE_MALFORMED  the sparse array "w" is damaged
      found    2 values for 3 bits
      the file is damaged or was not made by encodeSparse: make it again
    SPARSE_MALFORMED  the sparse array "w" is damaged
      found    32 bits for shape 2 × 50
      the file is damaged or was not made by encodeSparse: make it again
    SPARSE_MALFORMED  the sparse array "w" is damaged
      found    its bits, values or shape are missing
      the file is damaged or was not made by encodeSparse: make it again"
  `)
})
