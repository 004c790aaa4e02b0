/**
 * Several seeds in one graph against one after another, at small and at usual batches; prints a table. It backs the rule
 * of `seedsTogether` in @elman/eval.
 *
 *   pnpm --filter @elman/benchmarks run ladder-seeds [--tasks parity,s3,reverse] [--steps N] [--rounds N] [--seeds N]
 *
 * Times are those of training, drawing of strings included, per seed and step.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { seedGroups, seedsTogether, trainProbe } from '@elman/eval'
import { TASKS, type Task } from './tasks.ts'

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: 'parity,s3,reverse' },
    steps: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '8' },
  },
})
const backend = onnxRuntimeBackend({ threads: 1 })
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed)
const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!

/** Milliseconds of one update of one seed, over the second half of the steps: by then every length is compiled. */
async function stepTime(
  { encoding, learner }: Task,
  { batch, trainSize, together }: { batch: number; trainSize: number; together: number },
): Promise<number> {
  const groups = seedGroups(seeds, together)
  const steps = Number(values.steps)
  const half = Math.floor(steps / 2)
  let [from, total] = [0, 0]
  await trainProbe({
    ...{ backend, encoding, learner, seeds, groups },
    recipe: { steps, batch, trainSize, validateEvery: 0 },
    onStep(step) {
      if (step === half - 1) from = performance.now()
      if (step === steps - 1) total += performance.now() - from
    },
  })
  return total / (steps - half) / seeds.length
}

console.log(
  `Processor: ${cpus()[0]!.model.trim()}, ${cpus().length} logical cores; Node ${process.version}. One thread, ${seeds.length} seeds. Milliseconds of a step and seed, medians of ${values.rounds} rounds; ratios above 1: faster than one after another. The rule says how many train together.`,
)
console.log('')
console.log(
  '| network | sizes to | batch | one after another | all together | ratio | rule | by the rule | ratio |',
)
console.log('|---|---|---|---|---|---|---|---|---|')
for (const name of values.tasks!.split(',')) {
  const task = TASKS[name]!()
  for (const trainSize of [20, 40]) {
    for (const batch of [4, 32]) {
      const time = task.encoding.lengthOf(trainSize)
      const rule = seedsTogether({ learner: task.learner, batch, time })
      const ways = [1, seeds.length, rule]
      const times = ways.map((): number[] => [])
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const [i, together] of ways.entries()) {
          times[i]!.push(await stepTime(task, { batch, trainSize, together }))
        }
      }
      const [apart, all, ruled] = times.map(median) as [number, number, number]
      const ratio = (other: number) => (apart / other).toFixed(2)
      console.log(
        `| ${task.network} | ${trainSize} | ${batch} | ${apart.toFixed(3)} | ${all.toFixed(3)} | ${ratio(all)} | ${rule} | ${ruled.toFixed(3)} | ${ratio(ruled)} |`,
      )
    }
  }
}
