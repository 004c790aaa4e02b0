/**
 * What each part of the count-based models costs on one corpus: counting, shuffling, the GloVe kernel against its plain
 * TypeScript twin, whole iterations by number of workers, and PPMI with its decomposition; wall time and processor time.
 *
 *   pnpm --filter @elman/benchmarks run embed-glove --corpus FILE [--folder DIR] [--iterations 3] [--workers 1,2]
 *
 * FILE: a corpus of tools/make-embedding-corpus.ts. Figures of the C tool on such corpora (window 10, dimensions 100,
 * x_max 10; another day, so not a ratio of one run): A 2.1 s cooccur, 1.9 s shuffle, 0.81 M records/s with one thread;
 * B 8.7 s, 7.2 s, 0.70 M records/s. benchmarks/embed-speed compares both tools in one run.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  buildEmbeddingVocabulary,
  type CooccurrenceFile,
  countCooccurrences,
  countWords,
  encodeCorpus,
  trainGlove,
  trainPpmiSvd,
} from '@elman/embeddings'
import { kernelRates } from './kernel-rates.ts'

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    iterations: { type: 'string', default: '3' },
    workers: { type: 'string', default: '1,2' },
  },
})
if (values.corpus === undefined) {
  console.error('give the text: --corpus FILE')
  process.exit(2)
}
const folder = mkdtempSync(join(values.folder, 'embed-glove-'))
const rows: [part: string, wall: number, processor: number, note: string][] = []

async function timed<T>(part: string, work: () => Promise<T>, note: (result: T, seconds: number) => string) {
  const before = process.cpuUsage()
  const begin = performance.now()
  const result = await work()
  const seconds = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  const processor = (user + system) / 1e6
  rows.push([part, seconds, processor, note(result, processor)])
  return result
}
const millions = (count: number) => `${(count / 1e6).toFixed(2)} M`

try {
  const counts = await countWords([values.corpus], {})
  const vocabulary = buildEmbeddingVocabulary(counts, {})
  const corpus = await encodeCorpus([values.corpus], vocabulary, join(folder, 'corpus.ids'), {})
  const words = vocabulary.words.count
  const pairs: CooccurrenceFile = await timed(
    'count, window 10',
    () => countCooccurrences(corpus, words, { folder }),
    file => `${millions(file.records)} pairs`,
  )
  const spilled = await timed(
    'count with 64 MiB of memory',
    () => countCooccurrences(corpus, words, { folder, name: 'spilled.bin', memoryBytes: 2 ** 26 }),
    file => (file.sha256 === pairs.sha256 ? 'the same bytes' : 'OTHER BYTES'),
  )
  for (const [name, rate] of Object.entries(await kernelRates(pairs, folder)))
    rows.push([name, Number.NaN, Number.NaN, `${millions(rate)} records per second of processor`])
  const iterations = Number(values.iterations)
  for (const workers of values.workers.split(',').map(Number))
    await timed(
      `GloVe, ${iterations} iterations, ${workers} worker${workers === 1 ? '' : 's'}`,
      () => trainGlove(pairs, vocabulary, { iterations, xMax: 10, workers }),
      ({ report }) => `${millions(report.recordsPerSecond)} records/s`,
    )
  await timed(
    'PPMI and SVD, dimensions 100',
    () => trainPpmiSvd(corpus, vocabulary),
    ({ report: { seconds, entries, iterations } }) =>
      `${millions(entries)} entries, ${iterations} iterations; ` +
      `${seconds.count.toFixed(1)} + ${seconds.weigh.toFixed(1)} + ${seconds.decompose.toFixed(1)} s`,
  )
  console.log(`${words} words, ${millions(corpus.tokens)} tokens; load ${loadAverage()}\n`)
  console.log('| part | wall s | processor s | |\n|---|---|---|---|')
  for (const [part, wall, processor, note] of rows)
    console.log(`| ${part} | ${figure(wall)} | ${figure(processor)} | ${note} |`)
  if (spilled.sha256 !== pairs.sha256) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

function figure(seconds: number): string {
  return Number.isNaN(seconds) ? '' : seconds.toFixed(1)
}

/** How busy the machine was, where the system tells. */
function loadAverage(): string {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ')[0]!
  } catch {
    return 'unknown'
  }
}
