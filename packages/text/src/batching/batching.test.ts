import { expect, test } from 'vitest'
import { bitsPerUnit } from './bits-per-unit.ts'
import { createEvaluationWindows } from './evaluation-windows.ts'
import { createTrainingStream } from './training-stream.ts'

const counting = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i)

test('windows walk the rows of the text together and each target follows its input', () => {
  const stream = createTrainingStream(counting(23), { batch: 2, time: 3 })
  // rows 0 … 10 and 11 … 21; 22 is left over
  expect([stream.windowsPerEpoch, stream.targetsPerEpoch, stream.rowStarts, stream.droppedTokens]).toEqual([
    3, 18, 2, 3,
  ])
  const first = stream.next()
  expect([...first.input]).toEqual([0, 11, 1, 12, 2, 13])
  expect([...first.target]).toEqual([1, 12, 2, 13, 3, 14])
  expect([...stream.next().input]).toEqual([3, 14, 4, 15, 5, 16])
  stream.next()
  const again = stream.next()
  expect([first.startsEpoch, first.epoch, again.startsEpoch, again.epoch]).toEqual([true, 0, true, 1])
  expect(again.input).toEqual(first.input)
})

test('every token is a target once in a pass, a row start, or counted as dropped', () => {
  for (const [length, batch, time] of [
    [100, 7, 4],
    [29, 1, 4],
    [40, 20, 1],
    [105, 3, 33],
  ] as const) {
    const stream = createTrainingStream(counting(length), { batch, time })
    const seen = new Set<number>()
    for (let i = 0; i < stream.windowsPerEpoch; i++) for (const id of stream.next().target) seen.add(id)
    expect(seen.size).toBe(stream.targetsPerEpoch)
    expect(seen.size + stream.rowStarts + stream.droppedTokens).toBe(length)
  }
})

test('a stream restored from JSON continues with the same windows', () => {
  const ids = counting(200)
  const stream = createTrainingStream(ids, { batch: 3, time: 5 })
  for (let i = 0; i < 17; i++) stream.next()
  const saved = JSON.parse(JSON.stringify(stream.position()))
  const rest = Array.from({ length: 30 }, () => stream.next())
  const other = createTrainingStream(ids, { batch: 3, time: 5 })
  other.restore(saved)
  expect(Array.from({ length: 30 }, () => other.next())).toEqual(rest)
})

test('a position of another text or layout is refused', () => {
  const saved = createTrainingStream(counting(200), { batch: 3, time: 5 }).position()
  const other = createTrainingStream(counting(200), { batch: 4, time: 5 })
  expect(() => other.restore(saved)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: STREAM_POSITION_MISMATCH  the saved place in the training text belongs to another text or layout
      expected 200 tokens, batch 4, time 5
      found    200 tokens, batch 3, time 5, window 0
      resume with the corpus, batch and window length that the run began with]
  `)
})

test('a text that fills no window is refused', () => {
  expect(() => createTrainingStream(counting(11), { batch: 2, time: 5 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TEXT_TOO_SHORT  the training text does not fill one window of 5 tokens in 2 rows
      expected at least 12 tokens
      found    11 tokens
      use a smaller batch or shorter windows]
  `)
  expect(createTrainingStream(counting(12), { batch: 2, time: 5 }).windowsPerEpoch).toBe(1)
  expect(() => createEvaluationWindows(counting(0), {}, 0)).toThrow('TEXT_TOO_SHORT')
  expect(() => createEvaluationWindows(counting(1), {}, undefined)).toThrow('TEXT_TOO_SHORT')
})

test('evaluation scores every token once after its predecessor, in windows of one shape', () => {
  for (const length of [1, 2, 5, 64, 97, 1000]) {
    for (const batch of [1, 2, 3, 10]) {
      for (const warmUp of [0, 7, 300]) {
        for (const first of [undefined, 7777]) {
          if (first === undefined && length === 1) continue
          const windows = createEvaluationWindows(counting(length), { batch, time: 8, warmUp }, first)
          const times = new Map<number, number>()
          let scored = 0
          let count = 0
          for (const window of windows) {
            count += 1
            scored += window.scored
            expect(window.input.length).toBe(8 * batch)
            window.position.forEach((at, slot) => {
              expect(window.weight[slot]).toBe(at < 0 ? 0 : 1)
              if (at < 0) return
              times.set(at, (times.get(at) ?? 0) + 1)
              expect(window.target[slot]).toBe(at)
              expect(window.input[slot]).toBe(at === 0 ? first : at - 1)
            })
          }
          const expected = first === undefined ? length - 1 : length
          expect([times.size, scored, windows.tokens, count]).toEqual([
            expected,
            expected,
            expected,
            windows.length,
          ])
          expect([...times.values()].every(n => n === 1)).toBe(true)
        }
      }
    }
  }
})

test('a row reads the text without a gap, and at least the warm-up before it scores', () => {
  const windows = [...createEvaluationWindows(counting(1000), { batch: 4, time: 16, warmUp: 50 }, 5000)]
  for (let row = 0; row < 4; row++) {
    const input: number[] = []
    const weight: number[] = []
    for (const window of windows) {
      for (let t = 0; t < 16; t++) {
        input.push(window.input[t * 4 + row]!)
        weight.push(window.weight[t * 4 + row]!)
      }
    }
    const start = weight.indexOf(1)
    const end = weight.lastIndexOf(1)
    expect(start).toBe(row === 0 ? 0 : 50)
    for (let step = 1; step <= end; step++) {
      if (input[step - 1] !== 5000) expect(input[step]).toBe(input[step - 1]! + 1)
    }
    expect(weight.slice(start, end + 1).every(value => value === 1)).toBe(true)
  }
})

test('a model with a fading memory scores the same whatever the batch', () => {
  // state = 0.9 · state + id, reset at the start; the score of a token depends on all that came before it
  const ids = Int32Array.from({ length: 3000 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 20) % 50)
  const loss = (batch: number, time: number): number => {
    const state = new Float64Array(batch)
    let sum = 0
    for (const { input, target, weight } of createEvaluationWindows(ids, { batch, time }, 0)) {
      for (let slot = 0; slot < input.length; slot++) {
        const row = slot % batch
        state[row] = 0.9 * state[row]! + input[slot]!
        sum += weight[slot]! * Math.log(1 + Math.abs(target[slot]! - state[row]! / 10))
      }
    }
    return sum / ids.length
  }
  const sequential = loss(1, 64)
  for (const [batch, time] of [
    [1, 7],
    [2, 64],
    [10, 35],
    [64, 64],
  ] as const) {
    expect(Math.abs(loss(batch, time) - sequential)).toBeLessThan(1e-9)
  }
})

test('the cost of a text is spread over its characters and bytes', () => {
  const bits = bitsPerUnit(2 * Math.LN2, 50, { characters: 200, bytes: 250, lines: 1 })
  expect(bits.bitsPerToken).toBeCloseTo(2, 12)
  expect(bits.bitsPerCharacter).toBeCloseTo(0.5, 12)
  expect(bits.bitsPerByte).toBeCloseTo(0.4, 12)
})
