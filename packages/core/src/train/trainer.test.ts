import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backend } from '../backend/backend.ts'
import { flattenParameters } from '../io/parameter-paths.ts'
import { momentum } from '../optim/rules/momentum.ts'
import { sgd } from '../optim/rules/sgd.ts'
import { foldIn, key } from '../random/keys.ts'
import { uniform } from '../random/uniform.ts'
import { referenceBackend } from '../reference/interpreter.ts'
import { loadCheckpoint } from '../run/checkpoint.ts'
import { describeEnvironment } from '../run/environment.ts'
import type { MetricRecord } from '../run/metric-record.ts'
import { openMetrics, readMetrics } from '../run/metrics.ts'
import { createRun, type Run } from '../run/run-folder.ts'
import { filled, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { expectClose } from '../testing/expect-close.ts'
import { createAccumulatingStep } from './accumulating-step.ts'
import { tinyObjective, tinySource, tinyTraining } from './fixtures/tiny-task.ts'
import type { Objective } from './objective.ts'
import { rewindRun } from './train-checkpoint.ts'
import type { TrainEvent } from './train-events.ts'
import { createTrainStep } from './train-step.ts'
import { train } from './trainer.ts'

const STEPS = 60
let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-train-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const newRun = (name: string): Promise<Run> => {
  const environment = describeEnvironment({ name: 'reference', version: '1', threads: 1, device: 'cpu' })
  return createRun(root, { name, config: {}, environment })
}

/** A whole run in this process. */
async function uninterrupted(): Promise<Run> {
  const run = await newRun('whole')
  const metrics = openMetrics(run)
  await train({ ...tinyTraining(STEPS), run, metrics })
  metrics.close()
  run.close()
  return run
}

/** What was recorded, without times and without the lines that only a resumed or stopped run has. */
function recorded(run: Run): unknown[] {
  const timeless = (record: MetricRecord) => {
    const { seconds: _, tokensPerSecond: __, ...rest } = { ...record } as { [name: string]: unknown }
    return rest
  }
  return readMetrics(run)
    .filter(record => record.kind !== 'time')
    .filter(record => record.kind !== 'event' || !['resume', 'interrupt'].includes(record.name))
    .map(timeless)
}

/** Hash of each file of the last checkpoint, state.json apart, which holds times. */
async function savedArrays(run: Run) {
  const { step, arrays, state } = await loadCheckpoint(run)
  const { progress, ...rest } = state as { progress: object }
  const { parts: _, interval: __, ...counters } = progress as { [name: string]: unknown }
  const files = Object.fromEntries(
    readdirSync(join(run.path, 'checkpoints', String(step)))
      .filter(name => name.endsWith('.safetensors'))
      .map(name => [name, readFileSync(join(run.path, 'checkpoints', String(step), name)).toString('hex')]),
  )
  return { step, names: Object.keys(arrays), files, rest, counters }
}

const CHILD = `
import { tinyTraining } from ${JSON.stringify(new URL('./fixtures/tiny-task.ts', import.meta.url).href)}
import { openMetrics, openRun } from ${JSON.stringify(new URL('../run/index.ts', import.meta.url).href)}
import { rewindRun } from ${JSON.stringify(new URL('./train-checkpoint.ts', import.meta.url).href)}
import { train } from ${JSON.stringify(new URL('./trainer.ts', import.meta.url).href)}
const run = await openRun(process.env.RUN)
const checkpoint = await rewindRun(run)
const metrics = openMetrics(run)
const listeners = [({ kind, step }) => { if (kind === 'step') process.stdout.write(step + '\\n') }]
await train({ ...tinyTraining(${STEPS}), run, metrics, checkpoint, listeners })
metrics.close()
run.close()
`

test('a run that is killed at random steps and resumed leaves the files of one that was not', {
  timeout: 120_000,
}, async () => {
  const whole = await uninterrupted()
  const killed = await newRun('killed')
  killed.close()
  const options = ['--import', 'tsx', '--conditions=elman-source', '--input-type=module', '-e', CHILD]
  let kills = 0
  for (let round = 0; ; round++) {
    const child = spawn(process.execPath, options, {
      env: { ...process.env, RUN: killed.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let target =
      round < 6 ? 1 + Math.floor(uniform(foldIn(key(11), round), 1)[0]! * 18) : Number.POSITIVE_INFINITY
    child.stdout.on('data', text => {
      target -= String(text).split('\n').length - 1
      if (target <= 0) child.kill('SIGKILL')
    })
    const [code] = await once(child, 'close')
    if (code === 0) break
    kills += 1
  }
  expect(kills).toBeGreaterThan(2)
  expect(await savedArrays(killed)).toEqual(await savedArrays(whole))
  expect(recorded(killed)).toEqual(recorded(whole))
})

test('a run that is asked to stop finishes its step, says so, and goes on as if it had not stopped', async () => {
  const whole = await uninterrupted()
  const run = await newRun('stopped')
  const controller = new AbortController()
  const events: TrainEvent[] = []
  const first = openMetrics(run)
  const result = await train({
    ...tinyTraining(STEPS),
    run,
    metrics: first,
    signal: controller.signal,
    listeners: [
      event => {
        if (event.kind === 'step' && event.step === 25) controller.abort()
        if (event.kind === 'interrupt') events.push(event)
      },
    ],
  })
  first.close()
  expect([result.outcome, result.step, events.length]).toEqual(['interrupted', 25, 1])
  const checkpoint = await rewindRun(run)
  expect(checkpoint?.step).toBe(25)
  const second = openMetrics(run)
  const finished = await train({ ...tinyTraining(STEPS), run, metrics: second, checkpoint })
  second.close()
  run.close()
  expect(finished.outcome).toBe('finished')
  expect((await savedArrays(run)).files).toEqual((await savedArrays(whole)).files)
})

test('training tells its steps, evaluations and checkpoints in order, and lowers the loss', async () => {
  const run = await newRun('events')
  const kinds: string[] = []
  const losses: number[] = []
  await train({
    ...tinyTraining(200),
    logEvery: 50,
    checkpointEvery: undefined,
    optimizer: sgd({ rate: 0.3 }),
    schedule: undefined,
    evaluateEvery: 100,
    run,
    listeners: [
      event => {
        if (event.kind === 'step') losses.push(event.loss)
        else kinds.push(`${event.kind} ${event.kind === 'log' ? event.record.step : event.step}`)
      },
    ],
  })
  run.close()
  expect(kinds).toEqual([
    ...['checkpoint 0', 'start 0', 'log 50', 'log 100', 'evaluate 100', 'checkpoint 100'],
    ...['log 150', 'log 200', 'evaluate 200', 'checkpoint 200', 'finish 200'],
  ])
  const average = (part: number[]) => part.reduce((sum, x) => sum + x, 0) / part.length
  expect(average(losses.slice(-40))).toBeLessThan(average(losses.slice(0, 40)) - 0.02)
})

test('a loss that is not a number stops the run with the step, the cause and the way back', async () => {
  const run = await newRun('diverged')
  const metrics = openMetrics(run)
  const options = {
    ...tinyTraining(STEPS),
    optimizer: sgd({ rate: 1e38 }),
    schedule: undefined,
    run,
    metrics,
  }
  const message = await train(options).then(
    () => 'went well',
    error => String(error.message).replace(run.path, 'RUN'),
  )
  metrics.close()
  run.close()
  expect(message).toMatchInlineSnapshot(`
    "TRAINING_DIVERGED  the gradient is no longer a finite number at step 2
      found    loss 2.35540478391362e+36, gradient norm Infinity, rate 1e+38
               gradient not finite: recurrent
               largest gradient of the step before: input, norm 0.2112
      in RUN
      the last good checkpoint is that of step 0
      set a clip on the global gradient norm, or lower the rate"
  `)
  const last = readMetrics(run).at(-1)
  expect(last).toMatchObject({ kind: 'event', name: 'diverged' })
})

test('a run stops early when evaluations bring no gain for as long as patience lasts', async () => {
  let call = 0
  const scores = [5, 4, 4.5, 3.9, 4, 4, 4]
  const result = await train({
    ...tinyTraining(STEPS),
    evaluateEvery: 2,
    earlyStopping: { patience: 3, minimumGain: 0.5 },
    evaluate: async () => ({ score: scores[call++]!, records: [] }),
  })
  expect([result.outcome, result.step, result.best]).toEqual(['stopped-early', 10, { score: 4, step: 4 }])
})

/** The reference backend, writing results where it may, as a fast backend does; refuses buffers that are also read. */
function writingBackend(buffers: Set<unknown>): Backend {
  const reference = referenceBackend()
  return {
    ...reference,
    async compile(graph, options) {
      const executable = await reference.compile(graph, options)
      return {
        dispose: () => executable.dispose(),
        async run(inputs, { into = [] } = {}) {
          const read = new Set(inputs.map(({ data }) => data.buffer))
          const results = await executable.run(inputs)
          return results.map((result, i) => {
            const target = into[i]
            if (target === undefined) return result
            if (read.has(target.data.buffer)) throw new Error('a buffer is read and written at once')
            ;(target.data as Float32Array).set(result.data as Float32Array)
            buffers.add(target.data.buffer)
            return target
          })
        },
      }
    },
  }
}

test('two sets of buffers change roles, never read and written at once, with the same numbers', async () => {
  const buffers = new Set<unknown>()
  const options = { ...tinyTraining(STEPS), evaluate: undefined }
  const plain = await train(options)
  const swapped = await train({ ...options, source: tinySource(), backend: writingBackend(buffers) })
  const arrays = (parameters: typeof plain.parameters) => [...flattenParameters(parameters).values()]
  expect(arrays(swapped.parameters)).toEqual(arrays(plain.parameters))
  expect(buffers.size).toBe(2 * (4 + 4 + 1)) // parameters, velocities, carried state
})

test('a loss summed over time has the gradient of the mean times the length', async () => {
  const optimizer = sgd({ rate: 0.1, clip: 1 })
  const parameters = tinyObjective.init(key(1))
  const initial = { parameters, optimizer: {}, carried: tinyObjective.initialState() }
  const norms: number[] = []
  for (const lossScale of [1, 8]) {
    const step = await createTrainStep(referenceBackend(), tinyObjective, optimizer, initial, { lossScale })
    const { loss, gradientNorm } = await step.run([tinySource().next()], {
      key: key(2),
      step: 0,
      rate: 1,
    })
    norms.push(gradientNorm, loss)
  }
  expect(norms[2]! / norms[0]!).toBeCloseTo(8, 5)
  expect(norms[3]).toBe(norms[1])
})

test('batches whose gradients are accumulated update like one batch of their rows', async () => {
  const optimizer = momentum({ rate: 0.1, clip: 0.05 })
  const parameters = tinyObjective.init(key(1))
  const initial = { parameters, optimizer: optimizer.init(parameters), carried: tinyObjective.initialState() }
  // Without dropout, so that the masks do not differ.
  const objective: Objective = {
    ...tinyObjective,
    loss: (p, carried, batch, context) =>
      tinyObjective.loss(p, carried, batch, { ...context, mode: 'evaluate' }),
  }
  const rows = (count: number): Objective => ({
    ...objective,
    batch: { input: { dtype: 'float32', shape: [count, 2] }, target: { dtype: 'int32', shape: [count] } },
    initialState: () => ({ h: filled([count, 6]) }),
  })
  const source = tinySource()
  const parts = [source.next(), source.next()].map(batch => ({ ...batch, startsEpoch: true }))
  const joined = (name: string) => parts.flatMap(({ arrays }) => toNumbers(arrays[name]!))
  const whole = {
    arrays: {
      input: ndArray('float32', [8, 2], Float32Array.from(joined('input'))),
      target: ndArray('int32', [8], Int32Array.from(joined('target'))),
    },
    tokens: 8,
    startsEpoch: true,
  }
  const call = { key: key(2), step: 0, rate: 0.1 }
  const one = await createTrainStep(referenceBackend(), rows(8), optimizer, {
    ...initial,
    carried: rows(8).initialState(),
  })
  const several = await createAccumulatingStep(referenceBackend(), objective, optimizer, initial)
  const [expected, found] = [await one.run([whole], call), await several.run(parts, call)]
  expect(found.loss).toBeCloseTo(expected.loss, 6)
  expect(found.gradientNorm).toBeCloseTo(expected.gradientNorm, 6)
  const after = flattenParameters(several.state().parameters)
  for (const [path, array] of flattenParameters(one.state().parameters))
    expectClose(after.get(path)!, array, 1e-6)
})

test('a run that accumulates gradients sees each batch once a pass and writes buffers that nobody reads', async () => {
  const options = { ...tinyTraining(20), accumulate: 5, evaluate: undefined }
  const epochs: number[] = []
  const result = await train({
    ...options,
    backend: writingBackend(new Set()),
    listeners: [
      event => {
        if (event.kind === 'step') epochs.push(event.epoch)
      },
    ],
  })
  expect([result.tokens, epochs.at(-1)]).toEqual([20 * 5 * 4, 10])
  const plain = await train({ ...options, source: tinySource() })
  expect([...flattenParameters(result.parameters).values()]).toEqual([
    ...flattenParameters(plain.parameters).values(),
  ])
})

test('a checkpoint of another model is refused', async () => {
  const run = await uninterrupted()
  const checkpoint = await loadCheckpoint(run)
  const objective = {
    ...tinyObjective,
    init: () => ({
      ...tinyObjective.init(key(1)),
      extra: checkpoint.arrays.parameters!.get('input') as NdArray,
    }),
  }
  const error = await train({ ...tinyTraining(STEPS), objective, checkpoint }).catch(e => e)
  expect(error.message.replaceAll(run.path, 'RUN').replaceAll('\\', '/')).toMatchInlineSnapshot(`
    "CHECKPOINT_OTHER_MODEL  the checkpoint is of another model or optimiser
      expected extra float32[2,6]
      found    no such array
      in RUN/checkpoints/60, parameters
      resume with the config that the run began with"
  `)
})
