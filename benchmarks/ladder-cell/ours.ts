/**
 * Our side of benchmarks/ladder-cell/run.ts: a whole cell in a fresh process. Prints `{"event": "ready"}`, waits for a
 * line `run`, trains and tests with graphs compiled on the way, prints one JSON line and ends.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { evaluateProbe, testSet, testSizes, trainProbe } from '@elman/eval'
import { BATCH, TASKS, TEST_STRINGS, TRAIN_SIZE } from './tasks.ts'

const { values } = parseArgs({
  options: {
    task: { type: 'string', default: 'parity' },
    steps: { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' },
  },
})
const backend = onnxRuntimeBackend({ threads: 1 })
const { encoding, learner } = TASKS[values.task]!()

console.log(JSON.stringify({ event: 'ready' }))
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'run') {
    console.log(JSON.stringify(await cell()))
    break
  }
}
process.stdin.destroy()

async function cell() {
  const start = performance.now()
  const recipe = { steps: Number(values.steps), batch: BATCH, trainSize: TRAIN_SIZE, validateEvery: 0 }
  const [trained] = await trainProbe({ backend, encoding, learner, seeds: [Number(values.seed)], recipe })
  const trainedAt = performance.now()
  const tests = testSizes(encoding.language, TRAIN_SIZE).map(size => testSet(encoding, size, TEST_STRINGS))
  const { parameters, losses } = trained!
  // The peers test soft memories only.
  const { soft } = await evaluateProbe({
    ...{ backend, encoding, parameters, tests },
    learner: { ...learner, hasMemory: false },
  })
  const end = performance.now()
  return {
    event: 'cell',
    train: (trainedAt - start) / 1000,
    evaluate: (end - trainedAt) / 1000,
    loss: losses.at(-1),
    sizes: soft.map(({ size }) => size),
    exact: soft.map(({ strings }) => strings.right / strings.total),
    tokens: soft.map(({ tokens }) => tokens.right / tokens.total),
  }
}
