/**
 * Whole cells of the ladder, ours and the peers', taking turns in one run; prints a table. A cell is data, compilation,
 * training over sizes 1 to 40 and tests of 256 strings at 1, 1.5, 2, 4 and 8 times 40.
 *
 *   pnpm --filter @elman/benchmarks run ladder-cell [--python PATH] [--tasks parity,s3,reverse] [--steps N]
 *        [--rounds N] [--engines elman,torch,jax-per-length,jax-padded] [--out FILE]
 *
 * PATH is a Python with benchmarks/requirements.txt installed. Every cell runs in a fresh process of its own, with one
 * thread, while no other works; the table counts from when its libraries are loaded, and shows the loading beside it.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    tasks: { type: 'string', default: 'parity,s3,reverse' },
    steps: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '3' },
    engines: { type: 'string', default: 'elman,torch,jax-per-length,jax-padded' },
    out: { type: 'string' },
  },
})

const NETWORKS: { readonly [task: string]: string } = {
  parity: 'Elman-16 on parity, the class after every prefix',
  s3: 'LSTM-32 on products in S₃, the class after every prefix',
  reverse: 'Stack-RNN-32 on reversal, the output after the input',
}

/** What a cell tells; times in seconds. */
interface Cell {
  readonly load: number
  readonly train: number
  readonly evaluate: number
  readonly sizes: readonly number[]
  readonly exact: readonly number[]
  readonly tokens: readonly number[]
}

function commandOf(engine: string, task: string, seed: number): readonly [string, readonly string[]] {
  const shared = ['--task', task, '--steps', values.steps!, '--seed', String(seed)]
  const python = (script: string, ...rest: string[]) =>
    [values.python!, [join(here, 'peers', script), ...shared, ...rest]] as const
  switch (engine) {
    case 'elman':
      return [
        process.execPath,
        ['--conditions=elman-source', '--import', 'tsx', join(here, 'ours.ts'), ...shared],
      ]
    case 'torch':
      return python('torch_ladder.py')
    case 'jax-per-length':
      return python('jax_ladder.py')
    case 'jax-padded':
      return python('jax_ladder.py', '--padded')
    default:
      throw new Error(`no engine is called ${engine}`)
  }
}

/** Runs one cell in a process of its own. */
async function runCell(engine: string, task: string, seed: number): Promise<Cell> {
  const [command, args] = commandOf(engine, task, seed)
  const started = performance.now()
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${engine} ended without a result`)
    return JSON.parse(value) as Record<string, never>
  }
  await next()
  const load = (performance.now() - started) / 1000
  child.stdin.write('run\n')
  const cell = await next()
  child.stdin.end()
  await new Promise(resolve => child.once('close', resolve))
  return { ...(cell as unknown as Cell), load }
}

const rows: string[] = []
const say = (line: string) => {
  console.log(line)
  rows.push(line)
}
const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
const percent = (share: number) => `${(100 * share).toFixed(1)}`

say(
  `Processor: ${cpus()[0]!.model.trim()}, ${cpus().length} logical cores; Node ${process.version}. One thread. Medians of ${values.rounds} rounds, ${values.steps} steps of 32 strings; ratios above 1: elman is faster.`,
)
for (const task of values.tasks!.split(',')) {
  const engines = values.engines!.split(',')
  const cells = new Map<string, Cell[]>(engines.map(engine => [engine, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const engine of engines) cells.get(engine)!.push(await runCell(engine, task, round + 1))
  }
  const wholeOf = (engine: string) =>
    median(cells.get(engine)!.map(({ train, evaluate }) => train + evaluate))
  say('')
  say(`### ${NETWORKS[task] ?? task}`)
  say('')
  say(
    '| engine | whole s | fastest | ratio | train s | test s | load s | tokens right % at 1, 1.5, 2, 4, 8 × 40 |',
  )
  say('|---|---|---|---|---|---|---|---|')
  for (const engine of engines) {
    const own = cells.get(engine)!
    const part = (name: 'train' | 'evaluate' | 'load') => median(own.map(cell => cell[name])).toFixed(2)
    const whole = wholeOf(engine)
    const fastest = Math.min(...own.map(({ train, evaluate }) => train + evaluate))
    const tokens = own[0]!.sizes.map((_, i) => percent(median(own.map(cell => cell.tokens[i]!))))
    const ratio = engines.includes('elman') ? (whole / wholeOf('elman')).toFixed(2) : '-'
    say(
      `| ${engine} | ${whole.toFixed(2)} | ${fastest.toFixed(2)} | ${ratio} | ${part('train')} | ${part('evaluate')} | ${part('load')} | ${tokens.join(', ')} |`,
    )
  }
}
if (values.out !== undefined) writeFileSync(values.out, `${rows.join('\n')}\n`)
