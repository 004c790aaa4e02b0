/**
 * Eight seeds in one graph against one after another, at small and at usual batches; prints a table. It backs the rule
 * of `seedGroups` in @elman/eval.
 *
 *   pnpm --filter @elman/benchmarks run ladder-seeds [--tasks parity,s3,reverse] [--steps N] [--rounds N] [--seeds N]
 *
 * Times are those of training, drawing of strings included, per seed and step.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { SMALL_STEP, trainProbe } from '@elman/eval'
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
async function stepTime({ encoding, learner }: Task, batch: number, together: boolean): Promise<number> {
  const groups = together ? [seeds] : seeds.map(seed => [seed])
  const steps = Number(values.steps)
  const half = Math.floor(steps / 2)
  let [from, total] = [0, 0]
  await trainProbe({
    ...{ backend, encoding, learner, seeds, groups },
    recipe: { steps, batch, trainSize: 20, validateEvery: 0 },
    onStep(step) {
      if (step === half - 1) from = performance.now()
      if (step === steps - 1) total += performance.now() - from
    },
  })
  return total / (steps - half) / seeds.length
}

console.log(
  `Processor: ${cpus()[0]!.model.trim()}, ${cpus().length} logical cores; Node ${process.version}. One thread, sizes 1 to 20. Milliseconds of a step and seed, medians of ${values.rounds} rounds; ratios above 1: together is faster. The rule: together up to batch × width ${SMALL_STEP}.`,
)
console.log('')
console.log('| network | batch | batch × width | one after another | together | ratio | rule |')
console.log('|---|---|---|---|---|---|---|')
for (const name of values.tasks!.split(',')) {
  const task = TASKS[name]!()
  for (const batch of [4, 8, 32]) {
    const apart: number[] = []
    const together: number[] = []
    for (let round = 0; round < Number(values.rounds); round++) {
      apart.push(await stepTime(task, batch, false))
      together.push(await stepTime(task, batch, true))
    }
    const size = batch * task.learner.width!
    const [a, b] = [median(apart), median(together)]
    console.log(
      `| ${task.network} | ${batch} | ${size} | ${a.toFixed(3)} | ${b.toFixed(3)} | ${(a / b).toFixed(2)} | ${size <= SMALL_STEP ? 'together' : 'apart'} |`,
    )
  }
}
