import { expect, test } from 'vitest'
import { languages } from '../../languages/index.ts'
import { claimsPage, judgeClaims } from '../claims.ts'
import { judgeGates } from '../judge-gates.ts'
import { madeUpRecord } from '../made-up-record.ts'
import { findProfile } from '../profiles/index.ts'
import { planOf } from '../profiles/profile.ts'
import { type LadderPage, renderLadder } from './page.ts'

const plan = planOf(
  findProfile('smoke'),
  languages.map(language => ({ language, config: language.id })),
)
const records = [
  madeUpRecord({ certificate: { level: 'K4', summary: 'parity, all lengths' } }),
  madeUpRecord({ learner: 'window-8', right: [0, 0, 0], tokens: 0.5 }),
  madeUpRecord({
    language: 'reverse',
    view: 'transduce',
    learner: 'stack-rnn-32',
    right: [512, 512, 90],
    hard: [512, 512, 512],
  }),
  madeUpRecord({ language: 'of-a-plugin', learner: 'mgu-16', right: [512, 400, 3] }),
]
const page = (changes: Partial<LadderPage> = {}) =>
  renderLadder({ plan, records, languages, gates: judgeGates(records, { smoke: true }), ...changes })

const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

test('the page asks for nothing and runs nothing', () => {
  expect(page().replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
    /<script|<link|<img|\ssrc=|\shref=|@import|https?:/,
  )
})

test('a square shows frontier, solved seeds and certificate, and the counts under it', () => {
  const text = textOf(page())
  expect(text).toContain('4N K4 1/1')
  expect(text).toContain('4N 1/1 hard')
  expect(text).toContain('1 of 1 seeds right up to 2N (2.5 % to 100.0 %, exact 95 %)')
  expect(text).toContain('size 80 512 of 512')
})

test('languages and learners of plugins have a row and a column', () => {
  const text = textOf(page())
  expect(text).toContain('level not known of-a-plugin dense')
  expect(text).toContain('stack-rnn mgu')
})

test('curves have soft and hard lines, the best baseline, and one panel a task and view', () => {
  const html = page()
  expect(html.match(/<svg [^>]*class="chart"/g)).toHaveLength(3)
  expect(html).toContain('stack-rnn-32, hard: 100.0 % at 4N')
  expect(html).toContain('<title>baseline majority</title>')
})

test('a trace has a row of squares for each unit and marks wrong answers', () => {
  const trace = {
    ...{ probe: 'parity/dense/lstm-16/seed-1', hard: false, symbols: ['begin', '1', '0'] },
    ...{ answers: ['0', '1', '<b'], right: [true, true, false] },
    parts: [{ name: 'h', size: 2, values: Float32Array.of(1, -1, 0.5, 0, 0.2, 0.4) }],
  }
  const html = page({ traces: [trace], automata: [{ probe: 'p', text: '2 states', svg: '<svg></svg>' }] })
  expect(textOf(html)).toContain('parity/dense/lstm-16/seed-1: 2 of 3 answers right.')
  expect(html).toContain('fill="var(--low)" opacity="1.00"')
  expect(html).toMatch(/fill="var\(--alarm\)">&lt;b</)
})

test('a page without records says so', () => {
  const text = textOf(page({ records: [], gates: judgeGates([], { smoke: true }) }))
  expect(text).toContain('There are no records yet.')
  expect(text).toContain('0 of 26 planned probes')
})

test('the page of claims has the command, verdicts and counts with intervals', () => {
  const text = claimsPage(judgeClaims(records), 'elman ladder claims ladder/smoke --write claims.md', 4)
  expect(text).toContain('elman ladder claims ladder/smoke --write claims.md\n```')
  expect(text).toContain(
    '| LSTM | parity, dense | lstm-16 | exact at 4N | 1 of 1 (0.03 to 1.00) | 4N | yes |',
  )
  expect(text).toContain(
    '| with a stack (Stack-RNN) | reverse, transduce | stack-rnn-32 | exact at 4N | 1 of 1 (0.03 to 1.00) | 4N (hard) | yes |',
  )
})
