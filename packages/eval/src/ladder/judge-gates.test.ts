import { expect, test } from 'vitest'
import type { View } from '../languages/language.ts'
import { exactInterval, lowerBound } from './binomial.ts'
import { judgeClaims } from './claims.ts'
import { anyGateFails, type JudgedGate, judgeGates, seedsNeeded } from './judge-gates.ts'
import { madeUpRecord, madeUpSizes } from './made-up-record.ts'

const seeds = [1, 2, 3, 4, 5]
const chance = { right: [0, 0, 0], tokens: 0.5 }
const baselines = [{ baseline: 'sl-6', sizes: madeUpSizes([0, 0, 0], 0.51) }]

/** Records that hold G1 but for what the test changes. */
const parity = (learner: string, facts: object = {}) =>
  seeds.map(seed => madeUpRecord({ learner, seed, baselines, ...facts }))
const weak = [...parity('window-8', chance), ...parity('diagonal-01-16', chance)]

function gate(id: string, gates: readonly JudgedGate[]): JudgedGate {
  return gates.find(judged => judged.gate.id === id)!
}

test('a gate holds when enough seeds pass and none of those that must fail does', () => {
  const records = [...parity('elman-tanh-16'), ...parity('lstm-16'), ...weak]
  const judged = gate('G1', judgeGates(records))
  expect(judged.verdict).toBe('holds')
  expect(judged.learners.map(({ learner, reached }) => [learner, reached.right, reached.total])).toEqual([
    ['elman-tanh-16', 5, 5],
    ['lstm-16', 5, 5],
    ['window-8', 0, 5],
    ['diagonal-01-16', 0, 5],
    ['baseline:sl-6', 0, 1],
  ])
})

test('one seed of five may fail, two may not, and what they did is told', () => {
  const failed = { right: [512, 512, 509] }
  const of = (count: number) =>
    gate(
      'G1',
      judgeGates([
        ...seeds.map(seed => madeUpRecord({ seed, baselines, ...(seed <= count ? failed : {}) })),
        ...parity('elman-tanh-16'),
        ...weak,
      ]),
    )
  expect(of(1).verdict).toBe('holds')
  const judged = of(2)
  expect(judged.verdict).toBe('fails')
  expect(anyGateFails([judged])).toBe(true)
  expect(judged.learners.find(({ holds }) => !holds)?.explanations).toEqual([
    'seed 1: 509 of 512 strings and 99.4 % of tokens right at size 80; frontier 2N; validation at 2N all right from step 500',
    'seed 2: 509 of 512 strings and 99.4 % of tokens right at size 80; frontier 2N; validation at 2N all right from step 500',
  ])
})

test('a learner that must fail fails the gate when one seed gets through, or when it is better than chance', () => {
  const good = [...parity('elman-tanh-16'), ...parity('lstm-16'), ...parity('diagonal-01-16', chance)]
  const window = (facts: object) => [
    ...good,
    ...parity('window-8', chance).slice(1),
    madeUpRecord({ learner: 'window-8', baselines, ...facts }),
  ]
  expect(gate('G1', judgeGates(window({}))).verdict).toBe('fails')
  expect(gate('G1', judgeGates(window({ right: [0, 0, 0], tokens: 0.6 }))).verdict).toBe('fails')
  expect(gate('G1', judgeGates(window(chance))).verdict).toBe('holds')
})

test('without records a gate is open, and open gates do not fail', () => {
  const judged = judgeGates([])
  expect(judged.map(({ verdict }) => verdict)).not.toContain('holds')
  expect(gate('G1', judged).missing).toContain('parity/dense/lstm-16')
  expect(anyGateFails(judged)).toBe(false)
})

test('memories are judged by their likeliest actions, others by the baseline that remembers as much', () => {
  const task = { language: 'reverse', view: 'transduce' as View }
  const buffer = [{ baseline: 'finite-buffer', sizes: madeUpSizes([512, 0, 0], 0.7) }]
  const of = (tokens: number) => [
    madeUpRecord({ ...task, learner: 'stack-rnn-32', right: [512, 512, 90], hard: [512, 512, 512] }),
    ...['lstm-32', 'gru-32', 'elman-tanh-32'].map(learner =>
      madeUpRecord({ ...task, learner, right: [10, 0, 0], tokens, baselines: buffer }),
    ),
  ]
  expect(gate('G8', judgeGates(of(0.72))).verdict).toBe('holds')
  expect(gate('G8', judgeGates(of(0.75))).verdict).toBe('fails')
})

test('a certificate of the level holds its gate', () => {
  const certificate = { level: 'K4', summary: 'all lengths' }
  expect(gate('G15', judgeGates(parity('elman-tanh-16', { certificate }))).verdict).toBe('holds')
  const lower = gate(
    'G15',
    judgeGates(parity('elman-tanh-16', { certificate: { ...certificate, level: 'K2' } })),
  )
  expect(lower.verdict).toBe('fails')
})

test('negatives are balanced when no baseline but the learned automaton tells them', () => {
  const audit = (right: number) => [
    {
      ...{ language: 'dyck-1', baseline: 'bag', right: { right, total: 1000 } },
      automaton: { right: 900, total: 1000 },
    },
  ]
  const held = gate('G14', judgeGates([], { negatives: audit(540) }))
  expect(held.verdict).toBe('holds')
  expect(held.learners[0]!.explanations).toEqual([
    'the learned automaton has 90.0 %: its states count as far as short strings go; not judged',
  ])
  expect(gate('G14', judgeGates([], { negatives: audit(560) })).verdict).toBe('fails')
})

test('how many seeds must pass, and exact intervals', () => {
  expect([1, 2, 3, 4, 5, 10].map(count => seedsNeeded(count))).toEqual([1, 2, 2, 4, 4, 8])
  expect(seedsNeeded(5, 0.4)).toBe(2)
  expect(exactInterval({ right: 5, total: 5 }).lower).toBeCloseTo(0.478, 3)
  expect(lowerBound({ right: 5, total: 5 })).toBeCloseTo(0.549, 3)
  expect(lowerBound({ right: 14, total: 14 })).toBeCloseTo(0.807, 3)
  expect(exactInterval({ right: 0, total: 0 })).toEqual({ lower: 0, upper: 1 })
})

test('claims follow from counts', () => {
  const network = (name: string, records: Parameters<typeof judgeClaims>[0]) =>
    judgeClaims(records).find(({ claim }) => claim.network.startsWith(name))!.verdict
  expect(network('LSTM', [])).toBe('no records')
  expect(network('LSTM', parity('lstm-16'))).toBe('supported so far')
  expect(network('feed-forward', parity('window-8', chance))).toBe('supported so far')
  const copied = parity('queue-rnn-32', { language: 'copy', view: 'transduce' })
  expect(network('with a queue', copied)).toBe('supported')
  expect(network('feed-forward', parity('window-8'))).toBe('contradicted')
  const mixed = [...parity('lstm-16'), ...parity('lstm-32', { language: 'reverse', view: 'transduce' })]
  expect(network('LSTM', mixed)).toBe('in part')
})
