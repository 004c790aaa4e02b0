import { expect, test } from 'vitest'
import { arrayOf } from '../tensor/nd-array.ts'
import { flattenParameters, type ParameterRecord, unflattenParameters } from './parameter-paths.ts'

const parameters: ParameterRecord = {
  embedding: arrayOf([[1, 2]]),
  rnn: {
    0: { recurrent: arrayOf([1]), bias: arrayOf([2]) },
    1: { recurrent: arrayOf([3]) },
    10: { bias: arrayOf(4) },
  },
}

test('nested records become dotted paths in their order, and come back', () => {
  const flat = flattenParameters(parameters)
  expect([...flat.keys()]).toEqual([
    'embedding',
    'rnn.0.recurrent',
    'rnn.0.bias',
    'rnn.1.recurrent',
    'rnn.10.bias',
  ])
  expect(unflattenParameters(flat)).toEqual(parameters)
})

test('a list counts as a record of index names', () => {
  const list = { layers: [{ w: arrayOf(1) }, { w: arrayOf(2) }] } as unknown as ParameterRecord
  expect([...flattenParameters(list).keys()]).toEqual(['layers.0.w', 'layers.1.w'])
})

test('names that would make two readings of a path are refused', () => {
  expect(() => flattenParameters({ a: { 'b.c': arrayOf(1) } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PARAMETER_PATH_INVALID  "a.b.c" cannot name a parameter: the name "b.c" holds a dot
      expected names joined by dots, such as rnn.0.recurrent]
  `)
  expect(() => flattenParameters({ '': arrayOf(1) })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PARAMETER_PATH_INVALID  "" cannot name a parameter: a part of it is empty
      expected names joined by dots, such as rnn.0.recurrent]
  `)
})

test('paths from a file cannot reach the prototype of objects', () => {
  for (const path of ['__proto__.polluted', 'a.constructor.b', 'toString']) {
    expect(() => unflattenParameters([[path, arrayOf(1)]])).toThrow('is a name of every JavaScript object')
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('a path that is an array and a record at once is refused, in either order', () => {
  const one = arrayOf(1)
  expect(() =>
    unflattenParameters([
      ['a', one],
      ['a.b', one],
    ]),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PARAMETER_PATH_INVALID  "a.b" cannot name a parameter: a is an array already and cannot hold another
      expected names joined by dots, such as rnn.0.recurrent]
  `)
  expect(() =>
    unflattenParameters([
      ['a.b', one],
      ['a', one],
    ]),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PARAMETER_PATH_INVALID  "a" cannot name a parameter: the path is taken by another array or record
      expected names joined by dots, such as rnn.0.recurrent]
  `)
})

test('a leaf that is no array is named', () => {
  expect(() =>
    flattenParameters({ a: { b: 3 } } as unknown as ParameterRecord),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PARAMETER_NOT_ARRAY  parameter a.b is neither an array nor a record of arrays
      expected an NdArray { dtype, shape, data }, or a plain record of them
      found    number]
  `)
  const storage = { a: new Float32Array(1) } as unknown as ParameterRecord
  expect(() => flattenParameters(storage)).toThrow('bare storage without a shape')
})
