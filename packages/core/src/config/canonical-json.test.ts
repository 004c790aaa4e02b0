import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, hashConfig } from './canonical-json.ts'

function textOf(value: unknown): string {
  try {
    canonicalJson(value)
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

test('keys are sorted at every depth, and undefined ones left out', () => {
  expect(canonicalJson({ b: [{ d: 1, c: -0 }], a: undefined, A: 'é' })).toBe('{"A":"é","b":[{"c":0,"d":1}]}')
})

test('the hash is SHA-256 of the text', () => {
  // printf '{}' | sha256sum
  expect(hashConfig({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
})

test('the order of keys does not change the hash, and a value does', () => {
  expect(hashConfig({ a: 1, b: { c: 2, d: 3 } })).toBe(hashConfig({ b: { d: 3, c: 2 }, a: 1 }))
  expect(hashConfig({ a: 1 })).not.toBe(hashConfig({ a: '1' }))
})

test('the text of any JSON value reads back as that value', () => {
  const property = fc.property(fc.jsonValue(), value => {
    expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
  })
  fc.assert(property, { seed: 11, numRuns: 300 })
})

test('CONFIG_NOT_DATA tells where what is no data stands', () => {
  class Corpus {}
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(textOf({ train: { rate: Number.NaN } })).toMatchInlineSnapshot(`
    "CONFIG_NOT_DATA  train.rate is not data
      expected null, a boolean, a finite number, a string, an array or a plain object
      found    NaN
      a config is stored and hashed: name a component by its type and options"
  `)
  expect(textOf({ model: [() => 1] })).toMatchInlineSnapshot(`
    "CONFIG_NOT_DATA  model.0 is not data
      expected null, a boolean, a finite number, a string, an array or a plain object
      found    a function
      a config is stored and hashed: name a component by its type and options"
  `)
  expect(textOf({ corpus: new Corpus() })).toMatchInlineSnapshot(`
    "CONFIG_NOT_DATA  corpus is not data
      expected null, a boolean, a finite number, a string, an array or a plain object
      found    an instance of Corpus
      a config is stored and hashed: name a component by its type and options"
  `)
  expect(textOf(circle)).toMatchInlineSnapshot(`
    "CONFIG_NOT_DATA  self is not data
      expected null, a boolean, a finite number, a string, an array or a plain object
      found    an object that contains itself
      a config is stored and hashed: name a component by its type and options"
  `)
  expect(textOf(undefined)).toMatchInlineSnapshot(`
    "CONFIG_NOT_DATA  the config is not data
      expected null, a boolean, a finite number, a string, an array or a plain object
      found    undefined
      a config is stored and hashed: name a component by its type and options"
  `)
})

test('an object that two keys share is data, written twice', () => {
  const shared = { rate: 1 }
  expect(canonicalJson({ a: shared, b: shared })).toBe('{"a":{"rate":1},"b":{"rate":1}}')
})
