import { expect, test } from 'vitest'
import type { SizeResult } from '../../probe/record.ts'
import { deletangComponent, deletangProtocol } from './deletang-protocol.ts'
import { DELETANG_TABLE } from './published-table.ts'
import { deletangRuns, deletangScore } from './score.ts'
import { DELETANG_TASKS } from './tasks.ts'

const result = (size: number, right: number): SizeResult => ({
  size,
  length: 2 * size,
  strings: { right: right === 100 ? 10 : 0, total: 10 },
  tokens: { right, total: 100 },
})

test('the score is the mean over lengths 41 to 500, not over tokens, and other lengths do not count', () => {
  const sizes = [result(40, 0), result(41, 100), result(500, 60), result(501, 0)]
  expect(deletangScore(sizes)).toEqual({ score: 0.8, exact: 0.5, lengths: 2, ofLengths: 460 })
})

test('the original leaves out length 41', () => {
  const sizes = [result(41, 100), result(42, 50)]
  expect(deletangScore(sizes, { original: true })).toEqual({
    score: 0.5,
    exact: 0,
    lengths: 1,
    ofLengths: 459,
  })
  expect(deletangProtocol({ original: true }).scores[0]!.of(sizes)).toBe(0.5)
  expect(deletangProtocol().scores[0]!.of(sizes)).toBe(0.75)
})

test('of several runs the best is printed, with mean, deviation and how many solved it beside', () => {
  const runs = deletangRuns([0.5, 0.6, 1])
  expect(runs.maximum).toBe(1)
  expect(runs.mean).toBeCloseTo(0.7, 12)
  expect(runs.deviation).toBeCloseTo(Math.sqrt(0.07), 12)
  expect(runs.solved).toEqual({ right: 1, total: 3 })
})

test('the published table has a row for each task, with its confidence', () => {
  expect(DELETANG_TABLE.map(({ task }) => task)).toEqual(DELETANG_TASKS)
  const sure = DELETANG_TABLE.filter(({ source }) => source === 'reprinted')
  expect(sure.map(({ task }) => task)).toEqual([
    'modular-arithmetic-simple',
    'parity-check',
    'stack-manipulation',
    'reverse-string',
    'duplicate-string',
    'odds-first',
  ])
  expect(DELETANG_TABLE[5]!.scores).toEqual({
    rnn: 62,
    'stack-rnn': 100,
    'tape-rnn': 100,
    transformer: 62.3,
    lstm: 60.9,
  })
})

test('the component takes the option original and no other', () => {
  expect(deletangComponent.config.parse({})).toEqual({ original: false })
  expect(() => deletangComponent.config.parse({ orignal: true })).toThrow()
})

test('a score without a length is refused', () => {
  expect(() => deletangScore([result(10, 5)])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROTOCOL_NO_LENGTHS  the score of Delétang et al. is a mean over lengths of which none was tested
      expected lengths from 41 to 500
      found    10]
  `)
  expect(() => deletangRuns([])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROTOCOL_NO_RUNS  the best of several runs was asked for, and there is no run
      expected at least one score
      found    none]
  `)
})
