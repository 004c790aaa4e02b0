/**
 * What an hour of two cores makes of a language model of 8.9 million parameters, ours and the same in PyTorch: both
 * plan as many epochs as fit by the speed of their first seconds, and train them. Prints one Markdown page.
 *
 *   pnpm --filter @elman/benchmarks run lm-hour --data DIR [--python PATH] [--preload FILE] [--minutes 60] [--threads 2]
 *        [--seed 1] [--directory runs/lm-hour] [--peer-log FILE] [--peer-speed TOKENS_A_SECOND]
 *
 * Both go on from where a stop left them; what is finished is read again. `--preload` is a library for the peer's
 * LD_PRELOAD (../lm-step/peers/mkl_fast_path.c gives its BLAS AVX-512 on AMD). `--peer-log` keeps the peer's lines;
 * `--peer-speed` is its speed as measured before, for a machine that is not idle now.
 */
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    preload: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    directory: { type: 'string', default: 'runs/lm-hour' },
    'peer-log': { type: 'string' },
    'peer-speed': { type: 'string' },
  },
})
if (values.data === undefined) {
  console.error('give the folder of the Penn Treebank files: --data DIR')
  process.exit(2)
}
const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const data = resolve(values.data)
const directory = resolve(values.directory!)
const peerLog = resolve(values['peer-log'] ?? join(directory, 'torch.jsonl'))
mkdirSync(directory, { recursive: true })

interface Hour {
  readonly engine: string
  readonly parameters: number
  readonly tokensPerSecond: number
  readonly epochs: number
  readonly valid: number
  readonly test: number
  readonly seconds: number
  /** Perplexity of valid after each epoch. */
  readonly curve: readonly number[]
}

type Line = { readonly kind: string; readonly [field: string]: unknown }
const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as Line)

/** Runs a program with its errors on this terminal; `take` gets its standard output in pieces. */
function start(program: string, parameters: readonly string[], env: object, take: (text: string) => void) {
  return new Promise<void>((done, fail) => {
    const child = spawn(program, parameters, {
      ...{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] as const, env: { ...process.env, ...env } },
    })
    child.stdout!.setEncoding('utf8').on('data', take)
    child.on('error', fail)
    child.on('close', code => (code === 0 ? done() : fail(new Error(`${program} ended with ${code}`))))
  })
}

async function ours(): Promise<Hour> {
  const command = ['--conditions=elman-source', '--import', 'tsx', 'packages/cli/src/bin.ts']
  const budget = ['--row', 'one-hour', '--budget', `${values.minutes}m`, '--seed', values.seed!]
  const place = ['--data', data, '--directory', directory, '--threads', values.threads!]
  await start(process.execPath, [...command, 'reproduce', 'ptb', ...budget, ...place], {}, text =>
    process.stderr.write(text),
  )
  const folder = join(directory, `one-hour.${values.minutes}m.seed-${values.seed}`)
  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const [card, result, environment] = [json('row.json'), json('result.json'), json('environment.json')]
  const curve = linesOf(join(folder, 'metrics.jsonl')).filter(
    ({ kind, split }) => kind === 'evaluate' && split === 'valid',
  )
  return {
    engine: `elman ${environment.elman}, ${environment.backend.name} ${environment.backend.version}`,
    ...{ parameters: result.parameters, tokensPerSecond: card.tokensPerSecond, epochs: result.epochs },
    ...{ valid: result.valid.perplexity, test: result.test.perplexity },
    seconds: result.trainSeconds + result.scoreSeconds,
    curve: curve.map(({ perplexity }) => Number(perplexity)),
  }
}

async function torch(): Promise<Hour> {
  const finished = () => existsSync(peerLog) && linesOf(peerLog).some(({ kind }) => kind === 'scores')
  if (!finished()) {
    const parameters = ['--data', data, '--minutes', values.minutes!, '--threads', values.threads!]
    const speed = values['peer-speed'] === undefined ? [] : ['--tokens-per-second', values['peer-speed']]
    const more = ['--seed', values.seed!, '--checkpoint', join(directory, 'torch.pt'), ...speed]
    const script = join(here, 'peers/torch_lm_hour.py')
    const env = values.preload === undefined ? {} : { LD_PRELOAD: resolve(values.preload) }
    await start(values.python!, [script, ...parameters, ...more], env, text => appendFileSync(peerLog, text))
  }
  const lines = linesOf(peerLog)
  const [plan, scores] = ['plan', 'scores'].map(wanted => lines.find(({ kind }) => kind === wanted)!)
  const curve = lines.filter(({ kind }) => kind === 'epoch').map(({ valid }) => Number(valid))
  return { engine: `torch ${plan!.torch}`, curve, ...plan!, ...scores! } as unknown as Hour
}

const hours = [await ours(), await torch()]
const row = (cells: readonly unknown[]) => console.log(`| ${cells.join(' | ')} |`)
console.log(`${cpus()[0]!.model}, ${values.threads} threads, Node ${process.versions.node}\n`)
row([
  'engine',
  'parameters',
  'tokens/s',
  `epochs in ${values.minutes} min`,
  'valid',
  '**test**',
  'minutes taken',
])
row(Array.from({ length: 7 }, () => '---'))
for (const { engine, parameters, tokensPerSecond, epochs, valid, test, seconds } of hours) {
  const figures = [valid.toFixed(2), `**${test.toFixed(2)}**`, (seconds / 60).toFixed(0)]
  row([engine, parameters, Math.round(tokensPerSecond), Math.round(epochs), ...figures])
}
console.log('\nPerplexity of valid after each epoch:\n')
row(['epoch', ...hours.map(({ engine }) => engine.split(' ')[0])])
row(['---', '---', '---'])
for (let epoch = 0; epoch < Math.max(...hours.map(({ curve }) => curve.length)); epoch++)
  row([epoch + 1, ...hours.map(({ curve }) => curve[epoch]?.toFixed(1) ?? '')])
