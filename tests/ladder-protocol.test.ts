/** The published protocols end to end, as a person calls them, at a tiny scale. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DELETANG_TABLE } from '@elman/eval'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elman } from './run-elman.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-protocol-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DELETANG = ['ladder', 'protocol', 'deletang', '--tasks', 'reverse-string,parity-check']
const TINY = ['--cells', 'lstm-4,elman-tanh-4', '--steps', '3', '--seeds', '2', '--strings', '4', '-d', 'out']

test('a sweep prints the published numbers of its tasks, says what is reduced, and runs nothing twice', async () => {
  const call = [...DELETANG, ...TINY, '--test-lengths', '42..60:18']
  const { code, stdout, stderr } = await elman(call, folder)
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('reduced: 3 of 1,000,000 steps of 128 strings')
  expect(stdout).toContain('reduced: 2 of 460 lengths, 4 strings of each')
  expect(stdout).toContain('reduced: 2 of 10;')
  for (const task of ['reverse-string', 'parity-check']) {
    const row = DELETANG_TABLE.find(own => own.task === task)!
    const line = stdout.split('\n').find(own => own.startsWith(task) && own.includes('lstm-4'))
    expect(line).toContain(` ${row.scores.lstm.toFixed(1)} `)
    expect(line).toContain(`${row.confidence} reprinted`)
    const tanh = stdout.split('\n').find(own => own.startsWith(task) && own.includes('elman-tanh-4'))
    expect(tanh?.endsWith('–')).toBe(true) // theirs has ReLU
  }
  const before = readFileSync(join(folder, 'out/probes.jsonl'), 'utf8')
  const again = await elman(call, folder)
  expect(again.stderr).toContain('4 of them done before')
  expect(readFileSync(join(folder, 'out/probes.jsonl'), 'utf8')).toBe(before)
}, 120_000)

test('lengths that the score does not count are refused before a training', async () => {
  const { code, stderr } = await elman([...DELETANG, '--original', '--test-lengths', '41'], folder)
  expect(code).toBe(2)
  expect(stderr).toContain('USAGE_PROTOCOL_LENGTHS')
  expect(stderr).toContain('expected lengths from 42 to 500')
}, 60_000)

test('publications are not among the languages that a list shows', async () => {
  const { stdout } = await elman(['ladder', 'list', '--json'], folder)
  const { languages } = JSON.parse(stdout) as { languages: { id: string }[] }
  expect(languages.length).toBeGreaterThan(20)
  expect(languages.filter(({ id }) => /^(deletang|flare)/.test(id))).toEqual([])
}, 60_000)

test('FLaRe is drawn, audited and learned from', async () => {
  const flare = ['ladder', 'protocol', 'flare', '--languages', 'parity,compute-sqrt']
  const drawn = await elman([...flare, '--write', 'flare', '--strings', '80', '--original'], folder)
  expect(drawn.code, drawn.stderr).toBe(0)
  const audit = await elman([...flare, '--data', 'flare', '--json'], folder)
  const { audits } = JSON.parse(audit.stdout) as {
    audits: { language: string; labels: { split: string; wrong: unknown[] }[]; shortcuts: object }[]
  }
  expect(audits.map(({ language }) => language)).toEqual(['parity', 'compute-sqrt'])
  const wrong = (name: string) =>
    audits.find(({ language }) => language === name)!.labels.find(({ split }) => split === 'test')!.wrong
      .length
  expect(wrong('parity')).toBe(0)
  expect(wrong('compute-sqrt')).toBeGreaterThan(0)

  appendFileSync(join(folder, 'flare/parity/datasets/validation-long/labels.txt'), '1\n')
  const train = [
    ...flare,
    '--data',
    'flare',
    '--cells',
    'elman-tanh-4',
    '--steps',
    '4',
    '-d',
    'runs',
    '--json',
  ]
  const first = await elman(train, folder)
  expect(first.code, first.stderr).toBe(0)
  const { runs } = JSON.parse(first.stdout) as {
    runs: { language: string; bins: { released: { right: number; total: number } }[] }[]
  }
  expect(runs.map(({ bins }) => bins.reduce((sum, { released }) => sum + released.total, 0))).toEqual([
    80, 80,
  ])
  const again = await elman(train, folder)
  expect(JSON.parse(again.stdout)).toEqual(JSON.parse(first.stdout))
  expect(readFileSync(join(folder, 'runs/flare.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2)

  const damaged = await elman(
    ['ladder', 'protocol', 'flare', '--languages', 'parity', '--data', 'flare'],
    folder,
  )
  expect(damaged.stdout).toContain('parity, validation-long: not read. FLARE_COUNT_MISMATCH')
}, 120_000)
