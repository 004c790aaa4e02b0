/** Windows of several lengths, averaging that an evaluation starts, and the stop that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backend } from '../backend/backend.ts'
import type { Tensor } from '../ir/scope.ts'
import type { Parameters } from '../nn/layer.ts'
import { add, square, sub } from '../ops/elementwise.ts'
import { mean } from '../ops/reduction.ts'
import { averagedOptimizer } from '../optim/averaging.ts'
import { sgd } from '../optim/rules/sgd.ts'
import { foldIn, key } from '../random/keys.ts'
import { uniform } from '../random/uniform.ts'
import { referenceBackend } from '../reference/interpreter.ts'
import { loadCheckpoint } from '../run/checkpoint.ts'
import { describeEnvironment } from '../run/environment.ts'
import { openMetrics, readMetrics } from '../run/metrics.ts'
import { createRun } from '../run/run-folder.ts'
import { arrayOf, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { type BatchSource, batchesOf, passesOf } from './batch-source.ts'
import type { Objective } from './objective.ts'
import { rewindRun } from './train-checkpoint.ts'
import type { TrainEvent } from './train-events.ts'
import type { TrainOptions } from './train-options.ts'
import { train } from './trainer.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-averaged-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** mean((w − x)²) over batches of any length; the carried number counts batches of a pass. */
const objective = (length = 3): Objective => ({
  batch: { x: { dtype: 'float32', shape: [length] } },
  withBatch: ({ x }) => objective(x!.shape[0]!),
  init: () => ({ w: arrayOf([1], 'float32') }),
  initialState: () => ({ seen: arrayOf([0], 'float32') }),
  loss: ({ w }, { seen }, { x }) => ({
    loss: mean(square(sub(x!, w as Tensor))),
    carried: { seen: add(seen as Tensor, 1) },
  }),
})

/** Lengths of the batches by pass. */
const PASSES = [
  [3, 2, 3, 1],
  [2, 3, 3],
  [1, 1, 1, 3, 3],
]
const lengthsOf = (pass: number) => PASSES[pass % PASSES.length]!

function source(): BatchSource {
  let at = { pass: 0, batch: 0 }
  const batchesBefore = (pass: number) =>
    Array.from({ length: pass }, (_, i) => lengthsOf(i).length).reduce((sum, count) => sum + count, 0)
  return {
    batchesPerEpoch: 4,
    batchesBefore,
    next() {
      const length = lengthsOf(at.pass)[at.batch]!
      const x = uniform(foldIn(foldIn(key(3), at.pass), at.batch), length).map(u => u * 4)
      const startsEpoch = at.batch === 0
      const isLast = at.batch === lengthsOf(at.pass).length - 1
      at = isLast ? { pass: at.pass + 1, batch: 0 } : { ...at, batch: at.batch + 1 }
      const arrays = { x: ndArray('float32', [length], x) }
      return { arrays, tokens: length, startsEpoch, rateFactor: length / 3 }
    },
    position: () => ({ ...at }),
    restore: position => {
      at = position as typeof at
    },
  }
}

/** Falls, turns up at the sixth check, and goes on. */
const SCORES = [5, 4, 3, 3.5, 3.2, 3.6, 2, 1.9, 1.8, 1.7, 1.6, 1.5]

function options(seen: number[] = [], steps = 40): TrainOptions {
  return {
    backend: referenceBackend(),
    objective: objective(),
    optimizer: averagedOptimizer(sgd({ rate: 0.1 }), { trigger: 'non-monotonic', patience: 2 }),
    source: source(),
    key: key(1),
    steps,
    async evaluate(parameters, { epoch }) {
      seen.push(toNumbers(parameters.w as NdArray)[0]!)
      return { score: SCORES[Math.round(epoch) - 1] ?? 1, records: [] }
    },
  }
}

async function steps(given: TrainOptions) {
  const events: TrainEvent[] = []
  const result = await train({ ...given, listeners: [event => void events.push(event)] })
  return { result, events, steps: events.flatMap(event => (event.kind === 'step' ? [event] : [])) }
}

test('passes are counted where they differ in their number of batches', () => {
  const batches = source()
  expect([0, 1, 2, 3, 4].map(passes => batchesOf(batches, passes))).toEqual([0, 4, 7, 12, 16])
  expect([0, 1, 4, 6, 7, 11, 12, 16].map(count => passesOf(batches, count))).toEqual([
    ...[0, 0.25, 1, 1 + 2 / 3, 2, 2.8, 3, 4],
  ])
  const even = { ...source(), batchesBefore: undefined } as unknown as BatchSource
  expect([batchesOf(even, 3), passesOf(even, 6)]).toEqual([12, 1.5])
})

test('each shape is compiled once, an evaluation ends each pass, and the rate follows the length', async () => {
  let compiled = 0
  const backend: Backend = {
    ...referenceBackend(),
    compile(graph, how) {
      compiled += 1
      return referenceBackend().compile(graph, how)
    },
  }
  const { events, steps: updates } = await steps({ ...options([], 12), backend })
  expect(compiled).toBe(3)
  expect(updates.map(({ rate }) => rate)).toEqual(PASSES.flat().map(length => 0.1 * (length / 3)))
  const evaluations = events.flatMap(event => (event.kind === 'evaluate' ? [event.step] : []))
  expect(evaluations).toEqual([4, 7, 12])
  expect(updates.map(({ epoch }) => epoch).filter(Number.isInteger)).toEqual([1, 2, 3])
})

test('accumulated batches of several shapes update by the mean of their rates', async () => {
  const { steps: updates } = await steps({ ...options([], 6), accumulate: 2 })
  const factors = PASSES.flat().map(length => length / 3)
  expect(updates.map(({ rate }) => rate)).toEqual(
    updates.map((_, i) => 0.1 * ((factors[2 * i]! + factors[2 * i + 1]!) / 2)),
  )
})

test('averaging starts at the check that turns up; weights are trained on, and only evaluation sees the mean', async () => {
  const seen: number[] = []
  const plainSeen: number[] = []
  const { events, result } = await steps(options(seen))
  const plain = await steps({ ...options(plainSeen), optimizer: sgd({ rate: 0.1 }) })
  expect(result.parameters).toEqual(plain.result.parameters)
  // Checks: 5 4 3 3.5 3.2 3.6 – the sixth is above 3, the lowest of all but the last two. It ends pass 6.
  const starts = events.flatMap(event => (event.kind === 'averaging' ? [event] : []))
  expect(starts).toEqual([
    {
      kind: 'averaging',
      step: 24,
      message:
        'the weights are averaged from step 24 on: the score is above the lowest of all but the last 2',
    },
  ])
  expect(seen.slice(0, 6)).toEqual(plainSeen.slice(0, 6))
  for (let check = 6; check < 10; check++) expect(seen[check]).not.toBe(plainSeen[check])
})

test('the start says how the loss is scaled, clipped and averaged', async () => {
  const { events } = await steps({
    ...options(),
    optimizer: averagedOptimizer(sgd({ rate: 0.001, clip: 5 }), { trigger: 'non-monotonic', patience: 2 }),
    lossScale: 35,
  })
  expect(events.find(event => event.kind === 'start')).toMatchObject({
    text: '40 updates, about 4 in a pass over the data; gradient of the mean loss times 35 (summed over time, mean over rows), clip 5; weights averaged once a score is above the lowest of all but the last 2',
  })
})

test('the non-monotonic stop ends a run at the check that turns up', async () => {
  const averaged = averagedOptimizer(sgd({ rate: 0.1 }), { trigger: 'start' })
  const { result, events } = await steps({
    ...options(),
    optimizer: averaged,
    earlyStopping: { rule: 'non-monotonic', patience: 2 },
  })
  expect([result.outcome, result.step]).toEqual(['stopped-early', 24])
  expect(events.at(-2)).toEqual({
    kind: 'early-stop',
    step: 24,
    message: 'score above all but the last 2; best 3 at step 12',
  })
})

test('parameters scored before the first update may stay the best, and do not count in the rules', async () => {
  const first = { ...options([], 12), evaluateFirst: true }
  const { result, events } = await steps({
    ...first,
    evaluate: async (_, { step }) => ({ score: step === 0 ? 1 : 2, records: [] }),
    earlyStopping: { rule: 'non-monotonic', patience: 0 },
  })
  expect([result.outcome, result.step, result.best]).toEqual(['finished', 12, { score: 1, step: 0 }])
  expect(events.filter(event => event.kind === 'evaluate')).toHaveLength(4)
})

test('a run stopped before and after averaging starts and resumed ends with the bits of one that was not', async () => {
  const make = async (name: string, stops: readonly number[]) => {
    const environment = describeEnvironment({ name: 'reference', version: '1', threads: 1, device: 'cpu' })
    const run = await createRun(root, { name, config: {}, environment })
    let outcome = 'interrupted'
    for (let part = 0; outcome === 'interrupted'; part++) {
      const controller = new AbortController()
      const checkpoint = part === 0 ? undefined : await rewindRun(run)
      const metrics = openMetrics(run)
      const listeners = [
        ({ kind, step }: { kind: string; step?: number }) => {
          if (kind === 'step' && step === stops[part]) controller.abort()
        },
      ]
      const more = {
        run,
        metrics,
        listeners: listeners as never,
        signal: controller.signal,
        checkpoint,
        logEvery: 3,
      }
      ;({ outcome } = await train({ ...options(), ...more }))
      metrics.close()
    }
    const { arrays, state } = await loadCheckpoint(run)
    const { progress, ...rest } = state as unknown as { progress: { trail: object; step: number } }
    const starts = readMetrics(run).flatMap(record =>
      record.kind === 'event' && record.message.startsWith('the weights are averaged') ? [record.step] : [],
    )
    run.close()
    return { arrays, rest, trail: progress.trail, step: progress.step, starts }
  }
  const whole = await make('whole', [])
  expect(whole.starts).toEqual([24])
  expect(await make('stopped', [3, 11, 23, 25, 33])).toEqual(whole)
})

test('the mean of a run is the mean of its weights', async () => {
  const path: number[] = []
  const weights = (parameters: Parameters) => toNumbers(parameters.w as NdArray)[0]!
  // Evaluated after every update with plain descent, the weights are those that the averaged run goes through.
  await train({
    ...options(),
    optimizer: sgd({ rate: 0.1 }),
    evaluateEvery: 1,
    evaluate: async parameters => {
      path.push(weights(parameters))
      return { score: 1, records: [] }
    },
  })
  const seen: number[] = []
  await train(options(seen))
  const mean = path.slice(25, 40).reduce((sum, w) => sum + w, 0) / 15
  expect(Math.abs(seen.at(-1)! - mean)).toBeLessThan(1e-5)
})
