import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { foldIn, key, uniform } from '../random/index.ts'
import { arrayOf, filled, ndArray } from '../tensor/nd-array.ts'
import { type CheckpointOptions, checkpointSteps, loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { describeEnvironment } from './environment.ts'
import { openMetrics, readMetrics, truncateRun } from './metrics.ts'
import { createRun, openRun, type Run } from './run-folder.ts'

let root = ''
let run: Run
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'elman-checkpoints-'))
  const environment = describeEnvironment({ name: 'reference', version: '1', threads: 1, device: 'cpu' })
  run = await createRun(root, { name: 'a', config: {}, environment })
})
afterEach(() => {
  run.close()
  rmSync(root, { recursive: true })
})

const at = (...names: string[]) => join(run.path, 'checkpoints', ...names)
const listed = () => readdirSync(at()).sort()
const pointer = (file: string) => JSON.parse(readFileSync(at(file), 'utf8'))
const save = (step: number, options?: CheckpointOptions) =>
  saveCheckpoint(run, step, { arrays: { parameters: { w: filled([2], step) } }, state: { step } }, options)
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went well',
    error =>
      error.message
        .replaceAll(run.path, 'RUN')
        .replaceAll('\\', '/')
        .replace(/[0-9a-f]{64}/g, 'HASH'),
  )

test('a checkpoint is loaded as it was saved, to the last bit', async () => {
  const parameters = new Map([
    ['rnn.0.recurrent', ndArray('float32', [2, 2], Float32Array.of(0.1, -0, Number.NaN, Infinity))],
    ['scale', ndArray('float64', [], Float64Array.of(1 / 3))],
  ])
  const optimizer = { 'moment.w': arrayOf([1, 2]), count: ndArray('int64', [1], BigInt64Array.of(2n ** 60n)) }
  const state = {
    schedule: { step: 7 },
    keys: [1, -2],
    position: { 1: 'b', 0: 'a' },
    text: 'é\n',
    missing: null,
  }
  await saveCheckpoint(run, 7, { arrays: { parameters, optimizer }, state }, { score: 4.5 })
  expect(await loadCheckpoint(run)).toEqual({
    step: 7,
    path: at('7'),
    arrays: { parameters, optimizer: new Map(Object.entries(optimizer)) },
    state,
    score: 4.5,
    skipped: [],
  })
  expect(readdirSync(at('7')).sort()).toEqual([
    'optimizer.safetensors',
    'parameters.safetensors',
    'state.json',
  ])
})

test('the last three and the best are kept, and the pointers name them', async () => {
  const scores = [5, 3, 4, Number.NaN, 3, 6, 7]
  for (const [index, score] of scores.entries()) await save(10 * (index + 1), { score })
  expect(listed()).toEqual(['20', '50', '60', '70', 'best.json', 'latest.json'])
  expect(pointer('latest.json')).toEqual({ step: 70, folder: '70' })
  expect(pointer('best.json')).toEqual({ step: 20, folder: '20', score: 3 })
  expect((await loadCheckpoint(run, 'best')).step).toBe(20)
  expect((await loadCheckpoint(run, 60)).state).toEqual({ step: 60 })
  expect(await checkpointSteps(run)).toEqual([20, 50, 60, 70])
})

test('a checkpoint saved again at its step replaces the old one, and is no longer the best if it is worse', async () => {
  await save(1, { score: 1 })
  await save(2, { score: 2 })
  await saveCheckpoint(run, 1, { arrays: {}, state: 'new' }, { score: 9 })
  expect((await loadCheckpoint(run, 1)).state).toBe('new')
  expect(pointer('best.json').step).toBe(2)
})

test('a run taken back to a step forgets the checkpoints after it, and its best is among the rest', async () => {
  for (const [step, score] of [
    [1, 5],
    [2, 4],
    [3, 3],
  ] as const)
    await save(step, { score })
  await truncateRun(run, 2)
  expect(listed()).toEqual(['1', '2', 'best.json', 'latest.json'])
  expect(pointer('latest.json').step).toBe(2)
  expect(pointer('best.json').step).toBe(2)
  await truncateRun(run, 0)
  expect(listed()).toEqual([])
})

const damages: Record<string, (step: number) => void> = {
  'a flipped bit in the arrays': step => {
    const file = at(String(step), 'parameters.safetensors')
    const bytes = readFileSync(file)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(file, bytes)
  },
  'a cut file of arrays': step => truncateSync(at(String(step), 'parameters.safetensors'), 20),
  'a missing file of arrays': step => rmSync(at(String(step), 'parameters.safetensors')),
  'a changed number in the state': step => {
    const file = at(String(step), 'state.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"step": \d+\n/, '"step": 999\n'))
  },
  'an empty state': step => writeFileSync(at(String(step), 'state.json'), ''),
  'a missing state': step => rmSync(at(String(step), 'state.json')),
  'an empty folder': step => {
    rmSync(at(String(step)), { recursive: true })
    mkdirSync(at(String(step)))
  },
}

test.each(Object.keys(damages))(
  '%s of the newest checkpoint: the one before is loaded, and the reason told',
  async kind => {
    await save(1)
    await save(2)
    damages[kind]!(2)
    const { step, skipped, arrays } = await loadCheckpoint(run)
    expect(step).toBe(1)
    expect(arrays.parameters?.get('w')).toEqual(filled([2], 1))
    expect(skipped.map(({ step }) => step)).toEqual([2])
    expect(skipped[0]!.reason).toMatch(/^(CHECKPOINT_FILE_DAMAGED|FILE_UNREADABLE) /)
    expect(await messageOf(loadCheckpoint(run, 2))).toMatch(/^CHECKPOINT_DAMAGED {2}checkpoint 2 is damaged/)
  },
)

test('pointers that are missing or without sense do not matter', async () => {
  await save(1, { score: 1 })
  await save(2, { score: 2 })
  rmSync(at('latest.json'))
  writeFileSync(at('best.json'), '{')
  expect((await loadCheckpoint(run)).step).toBe(2)
  expect((await loadCheckpoint(run, 'best')).step).toBe(1)
  await save(3, { score: 3 })
  expect(pointer('best.json')).toEqual({ step: 1, folder: '1', score: 1 })
})

test('the texts of what cannot be loaded', async () => {
  expect(await messageOf(loadCheckpoint(run))).toMatchInlineSnapshot(`
    "CHECKPOINT_NONE  the run has no checkpoint
      found    none
      in RUN/checkpoints"
  `)
  await save(1)
  await save(2)
  expect(await messageOf(loadCheckpoint(run, 'best'))).toMatchInlineSnapshot(`
    "CHECKPOINT_NONE  no checkpoint of the run has a score to be the best by
      found    checkpoints of steps 2, 1
      in RUN/checkpoints"
  `)
  expect(await messageOf(loadCheckpoint(run, 5))).toMatchInlineSnapshot(`
    "CHECKPOINT_NONE  the run has no checkpoint of step 5
      found    checkpoints of steps 2, 1
      in RUN/checkpoints"
  `)
  damages['a flipped bit in the arrays']!(1)
  damages['an empty state']!(2)
  expect(await messageOf(loadCheckpoint(run))).toMatchInlineSnapshot(`
    "CHECKPOINT_DAMAGED  all checkpoints are damaged
      found    2: CHECKPOINT_FILE_DAMAGED  it is not JSON
      expected the JSON that was saved
      found    Unexpected end of JSON input
      in RUN/checkpoints/2/state.json
    1: CHECKPOINT_FILE_DAMAGED  parameters.safetensors is not what was saved
      expected 72 bytes, HASH
      found    72 bytes, HASH
      in RUN/checkpoints/1/parameters.safetensors
      in RUN/checkpoints
      load another checkpoint, or start the run anew"
  `)
})

test('what cannot be saved is refused and leaves nothing', async () => {
  const arrays = { parameters: { w: arrayOf(1) } }
  expect(await messageOf(saveCheckpoint(run, 1, { arrays, state: { best: Infinity } }))).toContain(
    'JSON_NOT_PLAIN  state.best',
  )
  expect(await messageOf(saveCheckpoint(run, 1.5, { arrays, state: null }))).toMatchInlineSnapshot(`
    "CHECKPOINT_STEP_INVALID  the step of a checkpoint must be a whole number, not negative
      found    1.5"
  `)
  expect(
    await messageOf(saveCheckpoint(run, 1, { arrays: { '../x': {} }, state: null })),
  ).toMatchInlineSnapshot(`
    "CHECKPOINT_NAME_INVALID  "../x" cannot name a set of arrays, which is a file of the checkpoint
      expected letters, digits and dashes, a letter first"
  `)
  const broken = { parameters: { w: { ...arrayOf(1), shape: [2] } } }
  expect(await messageOf(saveCheckpoint(run, 1, { arrays: broken, state: null }))).toContain('SHAPE_MISMATCH')
  expect(listed()).toEqual([])
})

test('what a crash left half made or half replaced is mended when the run is opened', async () => {
  await save(1)
  await save(2)
  renameSync(at('2'), at('2.old-x'))
  mkdirSync(at('2.tmp-y'))
  mkdirSync(at('1.old-z'))
  writeFileSync(at('.latest.json.tmp-q'), '')
  writeFileSync(join(run.path, '.metrics.jsonl.tmp-q'), '')
  expect((await loadCheckpoint(run)).step).toBe(2)
  run.close()
  run = await openRun(run.path)
  expect(listed()).toEqual(['1', '2', 'latest.json'])
  expect(readdirSync(run.path).sort()).toEqual(['checkpoints', 'config.json', 'environment.json', 'run.lock'])
  expect((await loadCheckpoint(run)).path).toBe(at('2'))
})

const WRITER = `
import { loadCheckpoint, openMetrics, openRun, saveCheckpoint, truncateRun } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
import { filled } from ${JSON.stringify(new URL('../tensor/nd-array.ts', import.meta.url).href)}
const run = await openRun(process.env.RUN)
let { step } = await loadCheckpoint(run)
await truncateRun(run, step)
const metrics = openMetrics(run)
for (;;) {
  step++
  metrics.write({ kind: 'event', step, name: 'checkpoint', message: 'x'.repeat(step % 50) })
  const arrays = { parameters: { a: filled([20000], step), b: filled([100], -step) }, optimizer: { m: filled([20000], step / 2) } }
  await saveCheckpoint(run, step, { arrays, state: { step } }, { keep: 2, score: (step * 7) % 11 })
  if (step % 5 === 0) await saveCheckpoint(run, step, { arrays, state: { step } }, { keep: 2, score: (step * 7) % 11 })
  process.stdout.write(step + '\\n')
}
`

test('a process killed at any moment leaves a run that opens with its newest complete checkpoint', {
  timeout: 120_000,
}, async () => {
  await saveCheckpoint(run, 0, { arrays: { parameters: {}, optimizer: {} }, state: { step: 0 } })
  run.close()
  const options = ['--import', 'tsx', '--conditions=elman-source', '--input-type=module', '-e', WRITER]
  for (let round = 0; round < 12; round++) {
    const child = spawn(process.execPath, options, {
      env: { ...process.env, RUN: run.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let reported = 0
    child.stdout.on('data', text => {
      reported = Number(String(text).trim().split('\n').at(-1))
    })
    await once(child.stdout, 'data')
    await wait(uniform(foldIn(key(20), round), 1)[0]! * 60)
    child.kill('SIGKILL')
    await once(child, 'close')

    run = await openRun(run.path)
    const { step, arrays, state, skipped } = await loadCheckpoint(run)
    expect(skipped).toEqual([])
    expect(step).toBeGreaterThanOrEqual(reported)
    expect(state).toEqual({ step })
    expect(arrays.parameters?.get('a')).toEqual(filled([20000], step))
    expect(arrays.parameters?.get('b')).toEqual(filled([100], -step))
    expect(arrays.optimizer?.get('m')).toEqual(filled([20000], step / 2))
    await loadCheckpoint(run, 'best')
    await truncateRun(run, step)
    openMetrics(run).close()
    const steps = readMetrics(run).map(record => (record.kind === 'event' ? record.step : -1))
    expect(steps).toEqual(Array.from({ length: step }, (_, index) => index + 1))
    expect(listed().filter(name => !/^(\d+|latest\.json|best\.json)$/.test(name))).toEqual([])
    run.close()
  }
})
