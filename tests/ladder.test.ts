/** The ladder end to end, as a person calls it: sweeps in processes, stops and kills, the page, certificates. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elman, startElman } from './run-elman.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-ladder-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TINY = ['--profile', 'smoke', '--tasks', 'parity', '--strings', '16', '--workers', '2']

interface Line {
  readonly probe: string
  readonly timing?: unknown
}

/** Records of a folder without their times, by name. */
function records(name: string): Map<string, string> {
  const lines = readFileSync(join(folder, name, 'probes.jsonl'), 'utf8')
    .trim()
    .split('\n')
  return new Map(
    lines.map(line => {
      const { timing: _, ...record } = JSON.parse(line) as Line
      return [record.probe, JSON.stringify(record)]
    }),
  )
}

test('a sweep leaves records and weights, and its page, gates and claims are made of them', async () => {
  const { code, stdout, stderr } = await elman(['ladder', ...TINY, '--steps', '20', '-d', 'tiny'], folder)
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('4 probes of 1 seed')
  expect(stdout).toContain('4 records in tiny after')
  expect([...records('tiny').keys()].sort()).toEqual([
    'parity/dense/diagonal-01-16/seed-1',
    'parity/dense/elman-tanh-16/seed-1',
    'parity/dense/lstm-16/seed-1',
    'parity/dense/window-8/seed-1',
  ])
  expect(readdirSync(join(folder, 'tiny/parameters'))).toHaveLength(4)

  const report = await elman(['ladder', 'report', 'tiny'], folder)
  expect(report.code, report.stderr).toBe(0)
  const page = readFileSync(join(folder, 'tiny/report.html'), 'utf8')
  expect(page).toContain('elman-tanh-16')
  expect(page).toContain('parity/dense/')
  expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/<script|<link|<img|https?:/)

  const gates = await elman(['ladder', 'gates', 'tiny'], folder)
  expect(gates.code).toBe(1) // twenty steps teach nothing
  expect(gates.stdout).toMatch(/^G1 {3}fails {2}parity, dense$/m)
  expect(gates.stdout).toMatch(/^G14 {2}holds {2}negatives balanced$/m)

  await elman(['ladder', 'claims', 'tiny', '--write', 'claims.md'], folder)
  expect(readFileSync(join(folder, 'claims.md'), 'utf8')).toContain('**supported so far**')
}, 120_000)

test('a second call runs nothing, and one with other options is refused with both sides', async () => {
  const before = readFileSync(join(folder, 'tiny/probes.jsonl'), 'utf8')
  const again = await elman(['ladder', ...TINY, '--steps', '20', '-d', 'tiny'], folder)
  expect(again.stderr).toContain('4 probes of 1 seed, 4 of them done before')
  expect(readFileSync(join(folder, 'tiny/probes.jsonl'), 'utf8')).toBe(before)
  const other = await elman(['ladder', ...TINY, '--steps', '30', '-d', 'tiny'], folder)
  expect(other.code).toBe(2)
  expect(other.stderr).toContain('expected 20, as the folder has it\n  found    30, as this call asks for')
}, 60_000)

test('a sweep that is killed, then stopped by Ctrl-C, ends with the records of one that was not', async () => {
  const sweep = ['ladder', ...TINY, '--steps', '150']
  const whole = await elman([...sweep, '-d', 'whole'], folder)
  expect(whole.code, whole.stderr).toBe(0)

  const killed = startElman([...sweep, '-d', 'broken'], folder)
  await killed.said('1/4')
  killed.kill('SIGKILL')
  await killed.ended
  const file = join(folder, 'broken/probes.jsonl')
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"probe":"parity/dense/ls`)

  const stopped = startElman([...sweep, '-d', 'broken'], folder)
  await Promise.race([stopped.said('/4  '), stopped.ended])
  stopped.kill('SIGINT')
  const { code, stderr, stdout } = await stopped.ended
  expect(stderr).toContain('dropped a record that was cut short (25 bytes)')
  expect([0, 130]).toContain(code)
  if (code === 130) expect(stdout).toContain('stopped; the same command goes on from there')

  const last = await elman([...sweep, '-d', 'broken'], folder)
  expect(last.code, last.stderr).toBe(0)
  expect([...records('broken')].sort()).toEqual([...records('whole')].sort())
}, 180_000)

test('one probe is printed, its network certified, and a certificate that was changed is refused', async () => {
  const probe = [
    'ladder',
    'probe',
    '--task',
    'parity',
    '--cell',
    'elman-tanh-16',
    '--steps',
    '600',
    '-d',
    'one',
  ]
  const { code, stdout, stderr } = await elman(probe, folder)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^parity\/dense\/elman-tanh-16\/seed-1 {2}\(354 parameters, 600 steps, /)
  expect(stdout).toMatch(/^80 \(4N\) +81 +512\/512 +100\.0 %/m)
  const issued = await elman(['certify', 'one', '--out', 'parity.json', '--json'], folder)
  expect(JSON.parse(issued.stdout)).toMatchObject({ level: 'K4' })
  const checked = await elman(['certify', '--check', 'parity.json'], folder)
  expect(checked.code).toBe(0)
  expect(checked.stdout.trim().split('\n').at(-1)).toBe('accepted')
  const text = readFileSync(join(folder, 'parity.json'), 'utf8')
  writeFileSync(join(folder, 'changed.json'), text.replace('"seed": 1', '"seed": 2'))
  const refused = await elman(['certify', '--check', 'changed.json'], folder)
  expect(refused.code).toBe(1)
  expect(refused.stdout).toContain('wrong  sha256: the content was changed after it was issued')
}, 120_000)

test('the list names languages with level and need, and mistakes are told before anything runs', async () => {
  const { stdout } = await elman(['ladder', 'list', '--json'], folder)
  const { languages, learners } = JSON.parse(stdout) as {
    languages: { id: string; level: string }[]
    learners: { cells: string[] }
  }
  expect(languages.find(({ id }) => id === 'parity')).toMatchObject({ level: 'regular', need: { states: 2 } })
  expect(learners.cells).toContain('queue-rnn')
  const wrong = await elman(['ladder', '--profile', 'smoke', '--tasks', 'paritty', '-d', 'no'], folder)
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('did you mean parity?')
  expect(existsSync(join(folder, 'no'))).toBe(false)
}, 60_000)
