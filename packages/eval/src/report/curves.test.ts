import { expect, test } from 'vitest'
import { linearAxis, logAxis, positionOn } from './axis.ts'
import { differences } from './config-difference.ts'
import { escapeText } from './html.ts'
import { shorten, spread } from './labels.ts'
import { bytes, count, duration, loss, percent, perplexity, short } from './number-text.ts'
import { median, passOf, smooth, thin, totalOf } from './series.ts'

test('a thinned curve keeps both ends, every spike and the order', () => {
  const points = Array.from({ length: 100_000 }, (_, x) => ({
    x,
    y: x === 54_321 ? 99 : x === 77_777 ? -99 : Math.sin(x),
  }))
  const thinned = thin(points)
  expect(thinned.length).toBeLessThanOrEqual(2000)
  expect(thinned.length).toBeGreaterThan(1900)
  expect(thinned[0]).toBe(points[0])
  expect(thinned.at(-1)).toBe(points.at(-1))
  expect(thinned).toContain(points[54_321])
  expect(thinned).toContain(points[77_777])
  expect(thinned.every((point, index) => index === 0 || point.x > thinned[index - 1]!.x)).toBe(true)
})

test('smoothing takes the mean around each point and leaves the first as it is', () => {
  const points = [8, 2, 5, 5, 8, 2].map((y, x) => ({ x, y }))
  expect(smooth(points, 1).map(point => point.y)).toEqual([8, 5, 4, 6, 5, 5])
  expect(smooth(points, 0)).toEqual(points)
})

test('a counter that starts again after a resumption is summed over its sessions', () => {
  expect(totalOf([1, 4, Number.NaN, 10, 0.5, 2])).toBe(12)
  expect(totalOf([])).toBe(0)
})

test('passes over the data count from one, and a pass done still belongs to it', () => {
  expect([0.001, 0.5, 1, 1.0001, 663 * (2 / 663)].map(passOf)).toEqual([1, 1, 1, 2, 2])
})

test('the median of an even number of values lies between the middle two', () => {
  expect(median([9, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('linear axes end on round ticks', () => {
  expect(linearAxis([4.13, 9.4])).toEqual({ type: 'linear', domain: [4, 10], ticks: [4, 5, 6, 7, 8, 9, 10] })
  expect(linearAxis([0.5]).domain[0]).toBeLessThan(0.5)
  expect(linearAxis([]).domain).toEqual([0, 1])
})

test('log axes choose ticks by their range', () => {
  expect(logAxis([86, 390]).ticks).toEqual([100, 200, 300])
  expect(logAxis([90, 2000]).ticks).toEqual([100, 200, 500, 1000, 2000])
  expect(logAxis([1e-7, 2]).ticks).toEqual([1e-6, 1e-4, 0.01, 1])
  expect(positionOn(logAxis([1, 100]), 10)).toBeCloseTo(0.5)
})

test('labels keep their distance, their order and the bounds', () => {
  expect(spread([50, 51, 52], 15, 0, 300)).toEqual([50, 65, 80])
  expect(spread([299, 10, 298], 15, 0, 300)).toEqual([300, 10, 285])
  expect(spread([5, 5, 5, 5], 15, 0, 30)).toEqual([0, 10, 20, 30])
  expect(spread([], 15, 0, 300)).toEqual([])
})

test('long names lose their end or their middle', () => {
  expect(shorten('Kneser-Ney 5-gram', 10)).toBe('Kneser-Ne…')
  expect(shorten('rnn.0.layers.recurrent', 12, 'middle')).toBe('rnn…ecurrent')
  expect(shorten('short', 5)).toBe('short')
})

test('numbers are written with the digits that matter', () => {
  expect([perplexity(3.41234), perplexity(114.523), perplexity(10_032.4), perplexity(Number.NaN)]).toEqual([
    '3.412',
    '114.52',
    '10,032',
    '–',
  ])
  expect([short(0.125), short(0.00001), short(1234.5), short(0), short(25e6)]).toEqual([
    '0.125',
    '1e-5',
    '1,235',
    '0',
    '2.5e7',
  ])
  expect([duration(0.42), duration(38), duration(723), duration(19_200)]).toEqual([
    '0.42 s',
    '38 s',
    '12 min 3 s',
    '5 h 20 min',
  ])
  expect([bytes(999), bytes(1_115_394), percent(0.0489), count(929_589), loss(4.74)]).toEqual([
    '999 B',
    '1.12 MB',
    '4.89 %',
    '929,589',
    '4.7400',
  ])
})

test('differences of configs are named by path, absent values included', () => {
  expect(
    differences([
      { a: { b: 1, c: [1, 2] }, d: {} },
      { a: { b: 1, c: [1, 3] }, e: null },
    ]),
  ).toEqual([
    { path: 'a.c.1', values: ['2', '3'] },
    { path: 'd', values: ['{}', undefined] },
    { path: 'e', values: [undefined, 'null'] },
  ])
})

test('escaped text has no markup, control characters or lone surrogates, and keeps emoji', () => {
  expect(escapeText(`<a b="c" d='e'>&\u0000\ud800😀\n`)).toBe(
    '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\uFFFD\uFFFD😀\n',
  )
})
