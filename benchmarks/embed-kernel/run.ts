/**
 * Speed of the training kernel for word vectors, variant by variant; prints a table of words per second.
 *
 *   node --conditions=elman-source --import tsx benchmarks/embed-kernel/run.ts [--text FILE] [--variant sg,cbow,…]
 *        [--workers 1,2] [--hot 0,64] [--interval 256] [--parts 1,2] [--rounds 5] [--dimensions 100] [--buckets 200000]
 *        [--twin]
 *
 * FILE has one sentence a line, words divided by spaces; without it the training part of WikiText-2 is taken, or the
 * sample that elman comes with. Words are counted before subsampling. Each round trains every combination once over the
 * text, so a slow minute of the machine hits all; the first round is not counted.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { argv, cpuUsage, env } from 'node:process'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { WordTable } from '@elman/embeddings'
import { bundledFolder, findDataFolder } from '@elman/text'
import {
  createTrainingMemory,
  referenceTrain,
  type TrainingSpec,
} from '../../packages/embeddings/src/kernels/training/index.ts'
import { readJob } from '../../packages/embeddings/src/kernels/training/job.ts'
import { trainingModule } from '../../packages/embeddings/src/kernels/training/kernel.ts'
import { buildSubwordTable } from '../../packages/embeddings/src/subwords/subword-table.ts'
import { readIds } from './corpus.ts'

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    text: { type: 'string' },
    variant: {
      type: 'string',
      default: 'sg,sg-shared,sg-hs,sg-10,sg-context,sg-subwords,cbow,cbow-hs,cbow-subwords',
    },
    workers: { type: 'string', default: '1,2' },
    hot: { type: 'string', default: '' },
    interval: { type: 'string', default: '' },
    parts: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    dimensions: { type: 'string', default: '100' },
    buckets: { type: 'string', default: '200000' },
    twin: { type: 'boolean', default: false },
  },
})

const BATCH = 16_384
const text = values.text ?? defaultText()
const { ids, counts, words } = readIds(text)
const tokens = ids.length - ids.filter(id => id < 0).length
const subwords = () => {
  const buckets = Number(values.buckets)
  const table = buildSubwordTable(WordTable.of(words), { minimum: 3, maximum: 6, buckets })
  return { subwords: table, inputRows: counts.length + buckets, predicts: 'context' as const }
}
const hierarchical = { loss: 'hierarchical-softmax' } as const
const variants: Record<string, () => Partial<TrainingSpec>> = {
  sg: () => ({}),
  'sg-shared': () => ({ negativeSharing: 'window' }),
  'sg-hs': () => hierarchical,
  'sg-10': () => ({ negative: 10 }),
  'sg-context': () => ({ predicts: 'context' }),
  'sg-subwords': () => subwords(),
  cbow: () => ({ architecture: 'cbow' }),
  'cbow-hs': () => ({ architecture: 'cbow', ...hierarchical }),
  'cbow-subwords': () => ({ architecture: 'cbow', ...subwords() }),
}

function defaultText(): string {
  const folder = findDataFolder(env)
  const wikitext = folder && join(folder, 'wikitext-2', 'wiki.train.tokens')
  return wikitext && existsSync(wikitext) ? wikitext : join(bundledFolder('wiki-sample'), 'wiki.train.tokens')
}

/** A combination to be timed: `run` trains once over the text. */
interface Entry {
  readonly name: string
  readonly run: () => Promise<void>
  readonly end: () => void
  readonly seconds: number[]
  /** Processor time of all threads together. */
  readonly cpu: number[]
  readonly loss: () => number
}

function specOf(options: Partial<TrainingSpec>): TrainingSpec {
  const dimensions = Number(values.dimensions)
  return {
    ...{
      counts,
      dimensions,
      inputRows: counts.length,
      outputRows: counts.length,
      workers: 1,
      batchIds: BATCH,
    },
    ...{ architecture: 'skip-gram', loss: 'negative-sampling', window: 5, shrinkWindow: true, negative: 5 },
    ...{ negativeExponent: 0.75, negativeSharing: 'none', sample: 1e-3, cbowMean: true, predicts: 'centre' },
    ...options,
  }
}

function memoryOf(spec: TrainingSpec) {
  const memory = createTrainingMemory(spec)
  let state = 1
  for (let at = 0; at < memory.input.length; at++) {
    state = (state * 48_271) % 2_147_483_647
    if (at % memory.stride < spec.dimensions)
      memory.input[at] = (state / 2_147_483_647 - 0.5) / spec.dimensions
  }
  return memory
}

/** Parts of the text on sentence boundaries. */
function shardsOf(count: number): Int32Array[] {
  const cuts = Array.from({ length: count }, (_, i) =>
    i === 0 ? 0 : ids.indexOf(-1, (ids.length / count) * i) + 1,
  )
  return cuts.map((cut, i) => ids.subarray(cut, cuts[i + 1]))
}

function kernelEntry(name: string, spec: TrainingSpec): Entry {
  const memory = memoryOf(spec)
  const control = new Int32Array(new SharedArrayBuffer(4))
  const module = trainingModule()
  const shards = shardsOf(spec.workers)
  const threads = memory.workers.map(({ job, idsAddress }, index) => {
    const workerData = {
      module,
      memory: memory.memory,
      job,
      idsAddress,
      shard: shards[index],
      batch: BATCH,
      control,
    }
    return new Worker(new URL('./worker.js', import.meta.url), { workerData })
  })
  const seconds: number[] = []
  const cpu: number[] = []
  return {
    name,
    seconds,
    cpu,
    async run() {
      const done = threads.map(thread => new Promise<number>(resolve => thread.once('message', resolve)))
      const before = cpuUsage()
      Atomics.add(control, 0, 1)
      Atomics.notify(control, 0)
      seconds.push(Math.max(...(await Promise.all(done))) / 1000)
      cpu.push(cpuUsage(before).user / 1e6)
    },
    end() {
      Atomics.store(control, 0, -1)
      Atomics.notify(control, 0)
    },
    loss() {
      const states = memory.workers.map(({ job }) => readJob(memory.memory, job))
      const sum = (of: (state: { loss: number; pairs: number }) => number) =>
        states.reduce((total, state) => total + of(state), 0)
      return sum(state => state.loss) / sum(state => state.pairs)
    },
  }
}

/** The twin is slow: it gets one batch. */
function twinEntry(name: string, spec: TrainingSpec): Entry {
  const memory = memoryOf(spec)
  const worker = memory.workers[0]!
  const seconds: number[] = []
  const cpu: number[] = []
  const part = ids.subarray(0, ids.lastIndexOf(-1, Math.min(BATCH, ids.length) - 1) + 1)
  worker.ids.set(part)
  const share = part.filter(id => id >= 0).length / tokens
  return {
    ...{ name, seconds, cpu, end() {} },
    async run() {
      const begin = performance.now()
      const before = cpuUsage()
      referenceTrain(memory, worker, part.length, 0.02)
      seconds.push((performance.now() - begin) / 1000 / share)
      cpu.push(cpuUsage(before).user / 1e6 / share)
    },
    loss: () => readJob(memory.memory, worker.job).loss / readJob(memory.memory, worker.job).pairs,
  }
}

const entries: Entry[] = []
const numbers = (list: string) => (list === '' ? [undefined] : list.split(',').map(Number))
for (const name of values.variant.split(',')) {
  const options = variants[name]?.()
  if (options === undefined)
    throw new Error(`there is no variant ${name}: ${Object.keys(variants).join(', ')}`)
  for (const workers of values.workers.split(',').map(Number)) {
    const several = workers > 1
    for (const hotRows of several ? numbers(values.hot) : [undefined]) {
      for (const exchangeInterval of several ? numbers(values.interval) : [undefined]) {
        for (const negativeParts of several ? numbers(values.parts) : [undefined]) {
          const chosen = Object.entries({ hotRows, exchangeInterval, negativeParts }).filter(
            ([, value]) => value !== undefined,
          )
          const label = [name, workers, ...chosen.map(([key, value]) => `${key} ${value}`)].join(' ')
          entries.push(kernelEntry(label, specOf({ ...options, ...Object.fromEntries(chosen), workers })))
        }
      }
    }
  }
  if (values.twin) entries.push(twinEntry(`${name} twin`, specOf(options)))
}

console.log(`${text.split('/').at(-1)}: ${tokens} words, ${counts.length} types; ${values.rounds} rounds`)
for (let round = 0; round <= Number(values.rounds); round++) for (const entry of entries) await entry.run()
for (const entry of entries) entry.end()
console.log(
  '| variant, workers | k words/s: median | best | worst | per processor second: median | best | loss a pair |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- |')
const speedsOf = (times: readonly number[]) =>
  times
    .slice(1)
    .map(time => Math.round(tokens / time / 1000))
    .sort((a, b) => a - b)
for (const { name, seconds, cpu, loss } of entries) {
  const speeds = speedsOf(seconds)
  const each = speedsOf(cpu)
  const middle = Math.floor(speeds.length / 2)
  const figures = [speeds[middle], speeds.at(-1), speeds[0], each[middle], each.at(-1)]
  console.log(`| ${name} | ${figures.join(' | ')} | ${loss().toFixed(4)} |`)
}
