import { expect, test } from 'vitest'
import { namedLearner } from '../../ladder/learner-names.ts'
import { madeUpRecord } from '../../ladder/made-up-record.ts'
import type { ProbeRecord, SizeResult } from '../../probe/record.ts'
import { publishedScore } from './published-score.ts'
import { DELETANG_NETWORKS, DELETANG_TABLE } from './published-table.ts'
import { deletangLines } from './result-lines.ts'
import { deletangPlan } from './sweep-plan.ts'

const sizes = (right: number): SizeResult[] => [
  { size: 100, length: 200, strings: { right: 0, total: 4 }, tokens: { right, total: 400 } },
]

function record(seed: number, right: number): ProbeRecord {
  const made = madeUpRecord({
    language: 'deletang-reverse-string',
    view: 'transduce',
    learner: 'lstm-256',
    seed,
  })
  const soft = sizes(right)
  return { ...made, learnerConfig: namedLearner('lstm-256').config, soft, baselines: [] }
}

test('the best seed stands first, median and worst beside it, with the published number', () => {
  const [line, ...others] = deletangLines([record(1, 240), record(2, 380), record(3, 200), record(4, 260)])
  expect(others).toEqual([])
  expect(line!.score).toEqual({ maximum: 0.95, median: 0.625, worst: 0.5 })
  expect(line!.exact.maximum).toBe(0)
  expect(line!.solved).toEqual({ right: 1, total: 4 })
  expect([line!.lengths, line!.ofLengths]).toEqual([1, 460])
  expect(line!.published).toEqual({
    network: 'lstm',
    score: 60.9,
    source: 'reprinted',
    confidence: 0.99,
    sameSize: true,
  })
})

test('published numbers are those of the table, of the network with the same equations', () => {
  const names = {
    rnn: 'elman-relu-256',
    'stack-rnn': 'stack-rnn-256',
    'tape-rnn': 'tape-rnn-256',
    lstm: 'lstm-256',
  }
  for (const { task, scores } of DELETANG_TABLE) {
    for (const network of DELETANG_NETWORKS) {
      if (network === 'transformer') continue
      const found = publishedScore(task, namedLearner(names[network]).config)
      expect(found).toMatchObject({ network, score: scores[network], sameSize: true })
    }
    expect(publishedScore(task, namedLearner('lstm-16').config)?.sameSize).toBe(false)
    expect(publishedScore(task, namedLearner('elman-tanh-256').config)).toBeUndefined()
    expect(publishedScore(task, namedLearner('transformer-64').config)).toBeUndefined()
  }
})

test('a plan that changes nothing is the published one', () => {
  const plan = deletangPlan({ learners: [namedLearner('lstm-256')] })
  expect(plan.probes).toHaveLength(15)
  expect(plan.seeds).toHaveLength(10)
  expect(plan.test.multiples.map(multiple => Math.round(40 * multiple))).toEqual(
    Array.from({ length: 460 }, (_, i) => 41 + i),
  )
  expect(plan.probes[5]).toMatchObject({
    language: 'deletang-reverse-string',
    languageConfig: { type: 'deletang', task: 'reverse-string', original: false },
    training: { trainSize: 40, steps: 1_000_000, batch: 128, clip: 1 },
  })
})
