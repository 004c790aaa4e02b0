import { describe, expect, test } from 'vitest'
import { createTrainingStream } from './training-stream.ts'
import { createVariableStream, type VariableStreamConfig } from './variable-stream.ts'

const counting = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i)

/** Lengths of the windows of a pass. */
function lengthsOf(tokens: number, config: VariableStreamConfig, pass = 0): number[] {
  const stream = createVariableStream(counting(tokens), config)
  const skipped = stream.windowsBefore(pass)
  for (let i = 0; i < skipped; i++) stream.next()
  const count = stream.windowsBefore(pass + 1) - skipped
  return Array.from({ length: count }, () => stream.next().time)
}

describe('every pass consumes the whole corpus, each target once and after its input', () => {
  test.each([
    [10_007, 7, 1],
    [10_007, 7, 10],
    [9999, 20, 16],
    [2003, 1, 10],
    [40, 20, 10],
    [139, 3, 10],
  ])('%i tokens, %i rows, lengths by %i', (tokens, batch, step) => {
    const ids = counting(tokens)
    const stream = createVariableStream(ids, { batch, time: 70, step })
    for (let pass = 0; pass < 3; pass++) {
      const seen: number[] = []
      const count = stream.windowsBefore(pass + 1) - stream.windowsBefore(pass)
      for (let i = 0; i < count; i++) {
        const { input, target, time, startsEpoch, epoch } = stream.next()
        expect([startsEpoch, epoch, input.length]).toEqual([i === 0, pass, time * batch])
        for (const [at, id] of target.entries()) {
          seen.push(id)
          expect(input[at]).toBe(id - 1)
        }
      }
      const rowLength = Math.floor(tokens / batch)
      const expected = counting(batch * rowLength).filter(id => id % rowLength !== 0)
      expect(seen.sort((a, b) => a - b)).toEqual([...expected])
      expect(seen.length).toBe(stream.targetsPerEpoch)
      expect(seen.length + stream.rowStarts + stream.droppedTokens).toBe(tokens)
    }
  })
})

test('rows are read without a gap: a window goes on where the one before it ended', () => {
  const stream = createVariableStream(counting(3000), { batch: 2, time: 20, step: 1 })
  let expected = 0
  for (let i = 0; i < stream.windowsBefore(1); i++) {
    const { input, time } = stream.next()
    for (let t = 0; t < time; t++) {
      expect([input[2 * t], input[2 * t + 1]]).toEqual([expected, expected + 1500])
      expected += 1
    }
  }
  expect(expected).toBe(1499)
})

test('lengths are those of the recipe: about 70, one in twenty about 35, none below 5', () => {
  const lengths = lengthsOf(20 * 100_001, { batch: 20, time: 70, step: 1 })
  const short = lengths.filter(length => length < 52)
  const usual = lengths.filter(length => length >= 52)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = (values: number[]) => Math.sqrt(mean(values.map(value => (value - mean(values)) ** 2)))
  expect(short.length / lengths.length).toBeGreaterThan(0.03)
  expect(short.length / lengths.length).toBeLessThan(0.07)
  expect(Math.abs(mean(usual) - 70)).toBeLessThan(0.6)
  expect(Math.abs(mean(short) - 35)).toBeLessThan(2.5)
  expect(Math.abs(deviation(usual) - 5)).toBeLessThan(0.4)
  const wild = lengthsOf(20_001, { batch: 1, time: 10, deviation: 30, step: 1 })
  expect(Math.min(...wild.slice(0, -1))).toBe(5)
})

test('a training has a handful of lengths, and the rest of a row always the same', () => {
  // Penn Treebank: 929,589 tokens in 20 rows.
  const lengths = [0, 1, 2, 3, 4].map(pass => lengthsOf(929_589, { batch: 20, time: 70 }, pass))
  const rests = lengths.map(pass => pass.at(-1)!)
  expect(new Set(rests)).toEqual(new Set([8])) // 46,478 targets in a row
  const others = new Set(lengths.flatMap(pass => pass.slice(0, -1)))
  expect(others.size).toBeLessThanOrEqual(9)
  for (const length of others) expect(length % 10).toBe(0)
  expect(new Set(lengths.map(String)).size).toBe(5)
})

test('a stream restored from JSON continues with the same windows, in any pass', () => {
  const ids = counting(2000)
  const config = { batch: 3, time: 20, seed: 4 }
  const stream = createVariableStream(ids, config)
  for (let i = 0; i < stream.windowsBefore(2) + 5; i++) stream.next()
  const saved = JSON.parse(JSON.stringify(stream.position()))
  const rest = Array.from({ length: 90 }, () => stream.next())
  const other = createVariableStream(ids, config)
  other.restore(saved)
  expect(other.windowsBefore(2)).toBe(stream.windowsBefore(2))
  expect(Array.from({ length: 90 }, () => other.next())).toEqual(rest)
})

test('another seed cuts elsewhere', () => {
  const [first, second] = [1, 2].map(seed => lengthsOf(20_000, { batch: 2, time: 70, seed }))
  expect(first).not.toEqual(second)
  expect(first).toEqual(lengthsOf(20_000, { batch: 2, time: 70, seed: 1 }))
})

test('a position of another layout, seed or kind of stream is refused', () => {
  const saved = createVariableStream(counting(200), { batch: 3, time: 5, step: 5 }).position()
  const other = createVariableStream(counting(200), { batch: 3, time: 5, step: 5, seed: 2 })
  expect(() => other.restore(saved)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: STREAM_POSITION_MISMATCH  the saved place in the training text belongs to another text or layout
      expected 200 tokens, batch 3, time 5 ± 5, half with probability 0.05, from 5, by 5, seed 2
      found    200 tokens, batch 3, time 5 ± 5, half with probability 0.05, from 5, by 5, seed 1, pass 0, window 0
      resume with the corpus, batch, window lengths and seed that the run began with]
  `)
  const fixed = createTrainingStream(counting(200), { batch: 3, time: 5 }).position()
  expect(() => other.restore(fixed as never)).toThrow('found    windows of one length, pass 0, window 0')
})

test('a text without two tokens in a row is refused', () => {
  expect(() => createVariableStream(counting(3), { batch: 2, time: 70 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TEXT_TOO_SHORT  the training text does not fill 2 rows of two tokens
      expected at least 4 tokens
      found    3 tokens
      use a smaller batch]
  `)
})
