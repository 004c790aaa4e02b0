import { expect, test } from 'vitest'
import { bitsOfNumber, floatingPointRoot, integerRoot, numberOfBits, rootByDigits } from './whole-numbers.ts'

test('the root is the largest number whose square is not above, for all small and for some large numbers', () => {
  const large = [60n, 168n, 499n].flatMap(bits => [-1n, 0n, 1n].map(off => 2n ** bits + off))
  const squares = [3n ** 100n, 10n ** 60n + 7n].flatMap(root => [root * root - 1n, root * root])
  for (const value of [...Array.from({ length: 2000 }, (_, i) => BigInt(i)), ...large, ...squares]) {
    const root = integerRoot(value)
    expect(root * root <= value && (root + 1n) ** 2n > value).toBe(true)
    expect(rootByDigits(value)).toBe(root)
  }
})

test('double precision gives wrong roots', () => {
  expect(floatingPointRoot(99n)).toBe(9n)
  const value = (2n ** 60n - 1n) ** 2n
  expect(integerRoot(value)).toBe(2n ** 60n - 1n)
  expect(floatingPointRoot(value)).toBe(2n ** 60n)
})

test('bits are written from the lowest', () => {
  expect(bitsOfNumber(6n)).toEqual([0, 1, 1])
  expect(bitsOfNumber(0n)).toEqual([0])
  expect(bitsOfNumber(1n, 3)).toEqual([1, 0, 0])
  expect(numberOfBits([0, 1, 1, 0, 0])).toBe(6n)
  expect(numberOfBits([])).toBe(0n)
})
