import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeEnvironment, type Environment } from './environment.ts'
import { createRun, openRun, readRun, readRunJson, writeRunJson } from './run-folder.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-runs-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const now = new Date(2026, 1, 3, 14, 15, 2)
const environment: Environment = describeEnvironment(
  { name: 'reference', version: '1', threads: 1, device: 'cpu' },
  { now },
)

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went well',
    error =>
      error.message
        .replaceAll(root, 'ROOT')
        .replaceAll('\\', '/')
        .replaceAll(hostname(), 'HOST')
        .replace(/process \d+/, 'process N')
        .replace(/since .*/, 'since TIME'),
  )

test('a new run has its config and environment, and nothing is left of the making', async () => {
  const run = await createRun(join(root, 'deep', 'runs'), {
    name: 'first',
    config: { rate: 1e-3, layers: [1, 2] },
    environment,
  })
  await writeRunJson(run, 'data.json', { name: 'tiny' })
  run.close()
  expect(readdirSync(run.path).sort()).toEqual(['config.json', 'data.json', 'environment.json'])
  expect(readFileSync(join(run.path, 'config.json'), 'utf8')).toBe(`{
  "rate": 0.001,
  "layers": [
    1,
    2
  ]
}
`)
  expect(await readRun(run.path)).toEqual({
    name: 'first',
    path: run.path,
    config: { rate: 1e-3, layers: [1, 2] },
    environment,
  })
  expect(await readRunJson(run, 'data.json')).toEqual({ name: 'tiny' })
  expect(await readRunJson(run, 'nothing.json')).toBeUndefined()
})

test('runs made in one second have names of their own that can be read', async () => {
  const names: string[] = []
  for (let i = 0; i < 3; i++) {
    const run = await createRun(root, { stem: 'recurrent lm', config: {}, environment })
    names.push(run.name)
    run.close()
  }
  const first = 'recurrent-lm-2026-02-03-141502'
  expect(names).toEqual([first, `${first}-2`, `${first}-3`])
})

test('a run is not overwritten', async () => {
  const run = await createRun(root, { name: 'mine', config: {}, environment })
  run.close()
  expect(await messageOf(createRun(root, { name: 'mine', config: {}, environment }))).toMatchInlineSnapshot(`
    "RUN_EXISTS  there is a run named "mine" already
      in ROOT/mine
      choose another name, or leave the name out to get a new one
      to go on with that run, resume it"
  `)
})

test('a name that leaves the folder or that a platform cannot hold is refused', async () => {
  expect(await messageOf(createRun(root, { name: '../x', config: {}, environment }))).toMatchInlineSnapshot(`
    "RUN_NAME_INVALID  "../x" cannot name a run
      expected up to 100 letters, digits, dots, underscores and dashes, a letter or digit first"
  `)
  for (const name of ['', '.hidden', 'a/b', 'a b', 'con', 'LPT1.txt', 'dot.', 'é']) {
    expect(await messageOf(createRun(root, { name, config: {}, environment }))).toContain('RUN_NAME_INVALID')
  }
  expect(readdirSync(root)).toEqual([])
})

test('a config that JSON would change is refused before anything is made', async () => {
  const config = { rate: Number.NaN }
  expect(await messageOf(createRun(root, { name: 'a', config, environment }))).toContain(
    'JSON_NOT_PLAIN  config.rate',
  )
  expect(readdirSync(root)).toEqual([])
})

test('a folder that is no run, and a damaged one, are told apart', async () => {
  expect(await messageOf(readRun(join(root, 'none')))).toMatchInlineSnapshot(`
    "RUN_NOT_FOUND  there is no run at ROOT/none
      expected a folder with config.json and environment.json"
  `)
  const run = await createRun(root, { name: 'a', config: {}, environment })
  run.close()
  writeFileSync(join(run.path, 'config.json'), '')
  expect(await messageOf(readRun(run.path))).toMatchInlineSnapshot(`
    "RUN_FILE_INVALID  config.json is not JSON
      found    Unexpected end of JSON input
      in ROOT/a/config.json"
  `)
})

test('a run that is being written cannot be opened to write, but read', async () => {
  const run = await createRun(root, { name: 'busy', config: {}, environment })
  expect(await messageOf(openRun(run.path))).toMatchInlineSnapshot(`
    "RUN_LOCKED  another process writes this run
      found    process N on HOST, since TIME
      in ROOT/busy/run.lock
      wait for it to end, or stop it
      if it does not work on this run any more, delete the lock file"
  `)
  expect((await readRun(run.path)).name).toBe('busy')
  run.close()
  const again = await openRun(run.path)
  again.close()
})

test('the environment names versions of what is installed and the commit', () => {
  const described = describeEnvironment(environment.backend, {
    packages: ['zod', '@elman/none'],
    folder: root,
    now,
  })
  expect(Object.keys(described.packages)).toEqual(['zod'])
  expect(described.elman).toMatch(/^\d+\.\d+\.\d+/)
  expect(described.git).toBeUndefined()
  expect(described).toMatchObject({
    node: process.version,
    platform: process.platform,
    startedAt: now.toISOString(),
  })
  expect(described.cores).toBeGreaterThan(0)
})
