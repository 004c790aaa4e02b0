import { expect, test } from 'vitest'
import goldens from './fixtures/numbers.json' with { type: 'json' }
import { MAXIMUM_NUMBER_BYTES, type NumberStyle, numberWriter } from './format-numbers.ts'

function print(value: number, style: NumberStyle): string {
  const buffer = Buffer.alloc(MAXIMUM_NUMBER_BYTES)
  return buffer.toString('latin1', 0, numberWriter(style)(value, buffer, 0))
}

const cases = goldens as [number, string, string][]

test('six decimals are those of C, ties to even', () => {
  for (const [value, six] of cases) expect(print(value, 'six-decimals'), String(value)).toBe(six)
})

test('five digits are those of C, ties to even', () => {
  for (const [value, , five] of cases) expect(print(value, 'five-digits'), String(value)).toBe(five)
})

test('exact numbers are as short as can be', () => {
  for (const value of [0.1, 0.5, 1, -3, 0.007, 123456, 1e-5, 16777216, 0.3333333432674408, 1e10, 1e-20]) {
    const float = Math.fround(value)
    const text = print(float, 'exact')
    expect(Math.fround(Number(text))).toBe(float)
    const digits = text
      .replace(/e.*$/, '')
      .replace(/[-.]/g, '')
      .replace(/^0+|0+$/g, '').length
    for (let fewer = 1; fewer < digits; fewer++)
      expect(Math.fround(Number(float.toPrecision(fewer)))).not.toBe(float)
  }
})
