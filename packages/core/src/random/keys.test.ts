import { expect, test } from 'vitest'
import { foldIn, key, split } from './keys.ts'

test('a seed fills the key, high word first, and a negative one is its two’s complement', () => {
  expect(key(7)).toEqual([0, 7])
  expect(key(2 ** 32 + 3)).toEqual([1, 3])
  expect(key(-1)).toEqual([-1, -1])
  expect(key(0x1234_5678_9abc_def0n)).toEqual([0x12345678, 0x9abcdef0 | 0])
})

test('derived keys are these bits, for ever', () => {
  const parent = key(42)
  expect({
    split: split(parent, 3),
    number: foldIn(parent, 5),
    large: foldIn(parent, 2 ** 40 + 5),
    path: foldIn(parent, 'rnn.0.recurrent'),
    empty: foldIn(parent, ''),
  }).toMatchInlineSnapshot(`
    {
      "empty": [
        -1837046849,
        -692179996,
      ],
      "large": [
        11389012,
        1138587085,
      ],
      "number": [
        725213523,
        -1464955555,
      ],
      "path": [
        495891151,
        1425582160,
      ],
      "split": [
        [
          287082667,
          584992608,
        ],
        [
          -166201483,
          -32573498,
        ],
        [
          1373621845,
          1837404763,
        ],
      ],
    }
  `)
})

test('a child key does not depend on how many siblings it has', () => {
  expect(split(key(1), 8).slice(0, 3)).toEqual(split(key(1), 3))
})

test('two thousand keys derived in every way from one parent are all different', () => {
  const parent = key(3)
  const keys = [
    ...split(parent, 500),
    ...Array.from({ length: 500 }, (_, n) => foldIn(parent, n)),
    ...Array.from({ length: 500 }, (_, n) => foldIn(parent, n * 2 ** 32 + 2 ** 32)),
    ...Array.from({ length: 500 }, (_, n) => foldIn(parent, String(n))),
    ...Array.from({ length: 20 }, (_, n) => foldIn(parent, 'a'.repeat(n))),
    ...Array.from({ length: 20 }, (_, n) => foldIn(parent, `a${'\0'.repeat(n + 1)}`)),
    parent,
  ]
  expect(new Set(keys.map(String)).size).toBe(keys.length)
})

test('a seed that a float64 cannot hold is refused', () => {
  expect(() => key(2 ** 53)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_SEED_INVALID  a seed must be a whole number that a float64 holds exactly
      expected an integer between -(2^53 - 1) and 2^53 - 1, or any bigint
      found    9007199254740992]
  `)
})

test('a negative part is refused', () => {
  expect(() => foldIn(key(0), -1)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_COUNT_INVALID  a number folded into a key must be a whole number
      expected an integer in 0 .. 2^53 - 1
      found    -1]
  `)
})

test('a fractional number of keys is refused', () => {
  expect(() => split(key(0), 1.5)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_COUNT_INVALID  the number of keys must be a whole number
      expected an integer in 0 .. 2^32
      found    1.5]
  `)
})
