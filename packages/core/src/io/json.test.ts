import { expect, test } from 'vitest'
import { checkJson, duplicateName } from './json.ts'

test('plain values pass', () => {
  expect(() => checkJson({ a: [1, null, { b: 'x', c: undefined }], d: true }, 'state')).not.toThrow()
})

test('what JSON would change in silence is refused with its path', () => {
  expect(() => checkJson({ best: [{ loss: Number.NaN }] }, 'state')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: JSON_NOT_PLAIN  state.best.0.loss cannot be stored as JSON without loss
      expected null, booleans, finite numbers, strings, and lists and plain objects of them
      found    NaN]
  `)
  expect(() => checkJson({ data: new Float32Array(2) }, 'state')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: JSON_NOT_PLAIN  state.data cannot be stored as JSON without loss
      expected null, booleans, finite numbers, strings, and lists and plain objects of them
      found    an instance of Float32Array]
  `)
  expect(() => checkJson([10n], 'state')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: JSON_NOT_PLAIN  state.0 cannot be stored as JSON without loss
      expected null, booleans, finite numbers, strings, and lists and plain objects of them
      found    a bigint]
  `)
  expect(() => checkJson([undefined], 'state')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: JSON_NOT_PLAIN  state.0 cannot be stored as JSON without loss
      expected null, booleans, finite numbers, strings, and lists and plain objects of them
      found    undefined]
  `)
})

test('a name twice in one object is found, the same name in two objects or in text is not', () => {
  expect(duplicateName('{"a":{"b":1},"c":{"b":2},"d":["a","a"],"e":"\\"a\\":"}')).toBeUndefined()
  expect(duplicateName('{"a":1,"b":{"x":[{}]},"a":2}')).toBe('a')
  expect(duplicateName('{"q":{"b":1,  "\\u0062"  :2}}')).toBe('b')
  expect(duplicateName('{"a":[{"x":1},{"x":1}],"a"\n:0}')).toBe('a')
})
