import { findLadder, type Ladder, type LadderRow, ladderCorpus, parseBudget, runRow } from '@elman/pretrain'
import { createBackend } from './src/backend.ts'
import { commandContainer } from './src/command-container.ts'

const [rate, batch, names, tag, e1, e2, size] = process.argv.slice(2)
const full = findLadder('ptb-reduced')
const rows = full.rows.map((row): LadderRow => {
  if (row.work.kind !== 'experiment') return row
  const { experiment } = row.work
  const regular = (experiment.train.epochs as number) <= 10
  const epochs = Number(regular ? e1 : e2)
  const train = {
    ...experiment.train,
    batch: Number(batch),
    epochs,
    optimizer: { type: 'adam', rate: Number(rate), clip: 1 },
  }
  return { ...row, work: { ...row.work, experiment: { ...experiment, train } } }
})
const n = Number(size ?? 20000)
const ladder: Ladder = {
  ...full,
  rows,
  name: 'ptb-tiny',
  text: { kind: 'penn-treebank-head', train: n, valid: 8_000, test: 8_000 },
}
const directory = '/tmp/elman/repro/tune-' + tag
const container = await commandContainer([])
const backendReference = { type: 'onnxruntime', threads: 1 } as const
const backend = await createBackend(backendReference, container)
const text = await ladderCorpus(ladder, { data: '/work/shared/data', otherText: false, directory })
for (const name of names!.split(',')) {
  const start = performance.now(),
    cpu = process.cpuUsage()
  const done = await runRow(name, {
    ladder,
    directory,
    ...text,
    baseDirectory: directory,
    container,
    backend,
    backendReference,
    budget: parseBudget('full'),
    seed: 1,
  })
  const used = process.cpuUsage(cpu)
  if (done.outcome === 'finished')
    console.log(
      tag,
      name.padEnd(18),
      done.result.valid.perplexity.toFixed(1),
      done.result.test.perplexity.toFixed(1),
      'epochs',
      done.result.epochs,
      'wall',
      ((performance.now() - start) / 1000).toFixed(0),
      'cpu',
      (used.user / 1e6).toFixed(0),
    )
}
