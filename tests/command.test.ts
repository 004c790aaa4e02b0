/** The command end to end, as a person or a machine calls it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elman, startElman } from './run-elman.ts'
import { smallExperimentFolder } from './small-experiment.ts'

const plugin = fileURLToPath(new URL('../examples/plugin-cell/src/index.ts', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = smallExperimentFolder()
  const { code, stderr } = await elman(['run', '--name', 'first'], folder)
  expect(code, stderr).toBe(0)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lastJson = (text: string) => JSON.parse(text.trim().split('\n').at(-1)!) as Record<string, unknown>

test('a run leaves a folder with everything, and its report', () => {
  const files = readdirSync(join(folder, 'runs/first'))
  expect(files.filter(name => !name.startsWith('events.')).sort()).toEqual([
    'checkpoints',
    'config.json',
    'data.json',
    'environment.json',
    'metrics.jsonl',
    'plugins.json',
    'report.html',
    'vocabulary.json',
  ])
  const report = readFileSync(join(folder, 'runs/first/report.html'), 'utf8')
  expect(report).toContain('Kneser-Ney, order 4')
  expect(report).not.toContain('has not finished')
})

test('evaluate gives the test perplexity that the run ended with', async () => {
  const { code, stdout } = await elman(['evaluate', 'runs/first', '--json'], folder)
  expect(code).toBe(0)
  const metrics = readFileSync(join(folder, 'runs/first/metrics.jsonl'), 'utf8').trim().split('\n')
  const tested = metrics
    .map(line => JSON.parse(line))
    .find(record => record.split === 'test' && record.kind === 'evaluate')
  expect(lastJson(stdout).perplexity).toBe(tested.perplexity)
})

test('generate goes on from a prompt, and writes the same text for the same seed', async () => {
  const command = ['generate', 'runs/first', '--prompt', 'First', '--tokens', '30', '--seed', '4']
  const [first, second] = [await elman(command, folder), await elman(command, folder)]
  expect(first.stdout).toMatch(/^First[\s\S]{30}\n$/)
  expect(second.stdout).toBe(first.stdout)
})

test('quantize writes a smaller file and says what it costs', async () => {
  const { code, stdout, stderr } = await elman(
    [
      'quantize',
      'runs/first',
      '--tokens',
      '200',
      '--minimum-elements',
      '64',
      '--json',
      '--out',
      'small.onnx',
    ],
    folder,
  )
  expect(code, stderr).toBe(0)
  const { before, after, perplexityChange, file } = lastJson(stdout) as unknown as {
    readonly file: string
    readonly before: { readonly tokens: number }
    readonly after: { readonly bytes: number }
    readonly perplexityChange: number
  }
  expect(file).toBe('small.onnx')
  expect(readFileSync(join(folder, 'small.onnx')).length).toBe(after.bytes)
  expect(before.tokens).toBe(200)
  expect(Math.abs(perplexityChange)).toBeLessThan(0.05)
})

test('continual tells what each strategy learns and forgets', async () => {
  writeFileSync(join(folder, 'other.txt'), 'abba baab '.repeat(300))
  const command = ['continual', 'runs/first', '--on', 'other.txt', '--steps', '20', '--out', 'scores.jsonl']
  const strategies = ['--strategy', 'fine-tuning', 'replay=0.5']
  const { code, stdout, stderr } = await elman([...command, ...strategies], folder)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/\| fine-tuning \| [\d.]+ \|[^\n]+\n\| replay 0\.5 \|/)
  const lines = readFileSync(join(folder, 'scores.jsonl'), 'utf8').trim().split('\n')
  expect(lines.length).toBe(2 + 2 * 2 * 10) // both texts before, then ten times with each strategy
  const wrong = await elman([...command, '--strategy', 'replay=2'], folder)
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('CLI_STRATEGY_INVALID')])
})

test('report compares two runs on one page', async () => {
  const { code, stdout } = await elman(['report', 'runs/first', 'runs/first', '--out', 'both.html'], folder)
  expect([code, stdout]).toEqual([0, 'report  both.html\n'])
  expect(readFileSync(join(folder, 'both.html'), 'utf8')).toContain('Comparison of 2 runs')
})

test('Ctrl-C stops with a checkpoint and status 130, and resume goes on from it', async () => {
  const running = startElman(['run', '--name', 'long', '--set', 'train.epochs=100000'], folder)
  await running.said('valid  loss')
  running.kill('SIGINT')
  const stopped = await running.ended
  expect(stopped.code).toBe(130)
  const step = Number(
    /^stopped at step (\d+); go on with: elman resume runs\/long\n$/.exec(stopped.stdout)?.[1],
  )
  expect(step).toBeGreaterThan(0)
  const again = startElman(['resume', 'runs/long'], folder)
  await again.said(`going on at step ${step} of`)
  again.kill('SIGINT')
  expect((await again.ended).code).toBe(130)
}, 60_000)

test('a cell of a plugin trains, and the run remembers its plugin', async () => {
  const config = { ...JSON.parse(readFileSync(join(folder, 'elman.config.json'), 'utf8')), plugins: [plugin] }
  config.model.cell = { type: 'mgu', hidden: 8 }
  config.train.epochs = 1
  writeFileSync(join(folder, 'plugin.config.json'), JSON.stringify(config))
  const { code, stderr } = await elman(['run', 'plugin.config.json', '--name', 'mgu'], folder)
  expect(code, stderr).toBe(0)
  expect((await elman(['evaluate', 'runs/mgu'], folder)).stdout).toMatch(/^test {2}loss \d/)
})

test('--plugin loads a plugin and --set changes the config', async () => {
  const changes = ['--set', 'model.cell.type=lstm-equations', 'train.steps=3']
  const { code, stdout, stderr } = await elman(['run', '--json', '--plugin', plugin, ...changes], folder)
  expect(code, stderr).toBe(0)
  expect(stderr).toBe('')
  const { path, ...result } = lastJson(stdout)
  expect(result).toMatchObject({ kind: 'result', outcome: 'finished', step: 3 })
  const stored = JSON.parse(readFileSync(join(String(path), 'config.json'), 'utf8'))
  expect(stored.model.cell).toEqual({ type: 'lstm-equations', hidden: 12 })
})

test('a wrong option names its path, the nearest right one and the file, with status 2', async () => {
  const { code, stdout, stderr } = await elman(['run', '--set', 'model.cell.hiden=3'], folder)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatchInlineSnapshot(`
    "CONFIG_UNKNOWN_KEY  model.cell.hiden is not an option of cell "lstm"
      did you mean hidden?   (options: hidden, initialScale, forgetBias, capInputGate, recurrentBias)
      in elman.config.json
    "
  `)
})

test('every kind of wrong call has status 2, and --json gives the error as JSON', async () => {
  expect((await elman(['ru'], folder)).code).toBe(2)
  expect((await elman(['run', 'no.json'], folder)).code).toBe(2)
  expect((await elman(['generate', 'runs/first', '--tokens', 'many'], folder)).code).toBe(2)
  const { code, stdout, stderr } = await elman(['resume', 'runs/none', '--json'], folder)
  expect([code, stdout]).toEqual([2, ''])
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'RUN_NOT_FOUND' }, exitCode: 2 })
})

test('a text that is added by name is trained on, verified, and told apart when it changes', async () => {
  writeFileSync(join(folder, 'letters.txt'), readFileSync(join(folder, 'play.txt')))
  expect((await elman(['data', 'add', 'letters', 'letters.txt'], folder)).code).toBe(0)
  const named = ['--set', 'corpus={"type":"letters","unit":"character"}', 'train.steps=2', 'baseline=false']
  const { code, stderr } = await elman(['run', '--name', 'letters', ...named], folder)
  expect(code, stderr).toBe(0)
  expect((await elman(['data', 'verify', 'letters'], folder)).code).toBe(0)
  writeFileSync(join(folder, 'letters.txt'), 'changed')
  const changed = await elman(['data', 'verify', 'letters'], folder)
  expect([changed.code, changed.stdout.slice(0, 9)]).toEqual([1, 'different'])
})

test('init writes an experiment that the schema takes, and overwrites nothing', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'elman-init-'))
  try {
    const { code, stdout } = await elman(['init', 'my-model'], fresh)
    expect([code, existsSync(join(fresh, 'my-model/package.json'))]).toEqual([0, true])
    expect(stdout).toContain('cd my-model && npm install && npx elman run')
    expect((await elman(['init', 'my-model'], fresh)).stderr).toContain('CLI_FILE_EXISTS')
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
})

test('help starts without loading any package of elman', async () => {
  const { code, stdout } = await elman(['--help'], folder)
  expect(code).toBe(0)
  expect(stdout).toContain('Exit status:')
  const eager = new Set<string>()
  const sources = new URL('../packages/cli/src/', import.meta.url)
  const visit = (file: URL) => {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/^import (?!type )[^']*from '([^']+)'/gm)) {
      const isOwn = name!.startsWith('.')
      const key = isOwn ? new URL(name!, file).href : name!
      if (eager.has(key)) continue
      eager.add(key)
      if (isOwn) visit(new URL(key))
    }
  }
  visit(new URL('program.ts', sources))
  const packages = [...eager].filter(name => !name.startsWith('file:')).sort()
  expect(packages).toEqual(['commander', 'node:fs', 'picocolors'])
})
