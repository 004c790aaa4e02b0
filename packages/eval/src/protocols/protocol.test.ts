import { expect, test } from 'vitest'
import type { SizeResult } from '../probe/record.ts'
import { deletangComponent, deletangProtocol } from './deletang/deletang-protocol.ts'
import { flareComponent, flareProtocol } from './flare/flare-protocol.ts'
import { FLARE_PARAMETERS, flareLayerParameters } from './flare/models.ts'
import { ladderComponent, ladderProtocol } from './ladder-protocol.ts'

const PRESETS = [
  deletangProtocol(),
  deletangProtocol({ original: true }),
  flareProtocol(),
  flareProtocol({ original: true }),
  ladderProtocol(),
]

const result = (size: number, right: number, total: number): SizeResult => ({
  size,
  length: size,
  strings: { right, total },
  tokens: { right, total },
})

test('presets have ids of their own, scores, a selection rule, and differences that say both sides', () => {
  expect(PRESETS.map(({ id }) => id)).toEqual([
    'deletang',
    'deletang-original',
    'flare',
    'flare-original',
    'ladder',
  ])
  for (const { scores, splits, differences, languages } of PRESETS) {
    expect(scores.length).toBeGreaterThan(0)
    expect(splits.some(({ name }) => name === 'test')).toBe(true)
    const all = [...differences, ...languages.flatMap(own => ('differences' in own ? own.differences : []))]
    for (const own of all as typeof differences) {
      expect(own.original).not.toBe('')
      expect(own.here).not.toBe('')
    }
  }
})

test('components are made from their options', () => {
  const services = undefined as never
  expect(deletangComponent.create({ original: true }, services).id).toBe('deletang-original')
  expect(flareComponent.create({ original: false }, services).languages).toHaveLength(18)
  expect(ladderComponent.create({}, services).gates.length).toBeGreaterThan(10)
})

test('FLaRe scores strings, not lengths, and long strings by themselves', () => {
  const [all, long] = flareProtocol().scores
  const sizes = [result(10, 3, 3), result(41, 0, 1)]
  expect(all!.of(sizes)).toBe(0.75)
  expect(long!.of(sizes)).toBe(0)
  expect(long!.of([result(10, 3, 3)])).toBeNaN()
})

test('FLaRe’s widths spend the budget of 64,000 parameters', () => {
  for (const [network, width] of [
    ['rnn', 79],
    ['lstm', 40],
    ['transformer', 32],
  ] as const) {
    const spent = flareLayerParameters(network, width)
    expect(Math.abs(spent - FLARE_PARAMETERS) / FLARE_PARAMETERS).toBeLessThan(0.03)
    expect(Math.abs(flareLayerParameters(network, width + 8) - FLARE_PARAMETERS)).toBeGreaterThan(
      Math.abs(spent - FLARE_PARAMETERS),
    )
  }
})

test('our own protocol has a budget for each language and every seed counts', () => {
  const ladder = ladderProtocol()
  expect(ladder.budgetOf!({ id: 'a5', level: 'regular' })).toEqual({ steps: 6000, batch: 64 })
  expect(ladder.selection.report).toBe('every-seed')
  expect(ladder.scores[0]!.of([result(40, 512, 512), result(80, 256, 512)])).toBe(0.75)
})
