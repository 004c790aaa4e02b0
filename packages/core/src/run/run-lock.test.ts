import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeLock } from './run-lock.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-lock-'))
  path = join(folder, 'run.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'taken',
    error => error.code,
  )

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid
}

const holder = (parts: object) =>
  JSON.stringify({ token: 'x', host: hostname(), process: '', since: '', ...parts })

test('a lock that is given back leaves nothing behind and can be taken again', async () => {
  for (let i = 0; i < 2; i++) {
    const lock = await takeLock(path)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() })
    expect(await codeOf(takeLock(path))).toBe('RUN_LOCKED')
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  }
})

test('the lock of a process that is gone is taken over', async () => {
  writeFileSync(path, holder({ pid: deadProcess() }))
  const lock = await takeLock(path)
  expect(readdirSync(folder)).toEqual(['run.lock'])
  lock.release()
})

test('a lock file without sense is taken over', async () => {
  for (const text of ['', '{"pid":', 'null', '{}', '{"pid":-5}']) {
    writeFileSync(path, text)
    const lock = await takeLock(path)
    lock.release()
  }
})

test('the lock of another machine is respected', async () => {
  writeFileSync(path, holder({ pid: deadProcess(), host: 'elsewhere.invalid' }))
  expect(await codeOf(takeLock(path))).toBe('RUN_LOCKED')
})

test.runIf(process.platform === 'linux')(
  'a new process with the number of the old holder does not count as it',
  async () => {
    writeFileSync(path, holder({ pid: process.pid, process: 'another boot:123' }))
    const lock = await takeLock(path)
    lock.release()
  },
)

test('a lock that was taken away is not removed by its former holder', async () => {
  const lock = await takeLock(path)
  writeFileSync(path, holder({ pid: process.pid, token: 'other' }))
  lock.release()
  expect(readdirSync(folder)).toEqual(['run.lock'])
})

const RACER = `
import { takeLock } from ${JSON.stringify(new URL('./run-lock.ts', import.meta.url).href)}
process.stdout.write('ready\\n')
await new Promise(resolve => process.stdin.once('data', resolve))
const result = await takeLock(process.env.LOCK).then(() => 'taken', error => error.code)
process.stdout.write(result + '\\n')
await new Promise(resolve => process.stdin.once('end', resolve))
`

function race(): ChildProcess {
  const options = ['--import', 'tsx', '--conditions=elman-source', '--input-type=module', '-e', RACER]
  return spawn(process.execPath, options, {
    env: { ...process.env, LOCK: path },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

test('of four processes that find a stale lock at once, one gets it', { timeout: 60_000 }, async () => {
  const children = Array.from({ length: 4 }, race)
  const ends = children.map(child => once(child, 'exit'))
  await Promise.all(children.map(child => once(child.stdout!, 'data')))
  writeFileSync(path, holder({ pid: deadProcess() }))
  const answers = children.map(child => once(child.stdout!, 'data'))
  for (const child of children) child.stdin!.write('go\n')
  const results = (await Promise.all(answers)).map(([data]) => String(data).trim())
  for (const child of children) child.stdin!.end()
  await Promise.all(ends)
  expect(results.sort()).toEqual(['RUN_LOCKED', 'RUN_LOCKED', 'RUN_LOCKED', 'taken'])
})
