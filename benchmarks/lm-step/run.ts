/**
 * The training step of an LSTM language model, ours and the peers', taking turns in one run; prints a table.
 *
 *   pnpm --filter @elman/benchmarks run lm-step --data DIR [--python PATH] [--config small,medium] [--threads 1,2]
 *        [--steps N] [--rounds N] [--engines elman,elman-four-lines,torch,torch-fast,torch-bf16,jax] [--out FILE]
 *
 * DIR holds ptb.train.txt (or ptb/ptb.train.txt); PATH is a Python with benchmarks/requirements.txt installed. All
 * engines stay alive and idle while another works; the first step of each block is dropped.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    config: { type: 'string', default: 'small,medium' },
    threads: { type: 'string', default: '1,2' },
    steps: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    engines: { type: 'string', default: 'elman,elman-four-lines,torch,torch-fast,torch-bf16,jax' },
    out: { type: 'string' },
  },
})
if (values.data === undefined) {
  console.error('give the folder of the Penn Treebank files: --data DIR')
  process.exit(2)
}

interface Engine {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Record<string, string>
}

interface Answer {
  readonly event: string
  readonly times: number[]
  readonly losses: number[]
  readonly gemm: { readonly square: number; readonly logits: number }
}

/** A running engine: one question, one answer. */
class Player {
  readonly name: string
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly times: number[] = []
  readonly losses: number[] = []
  gemm = { square: 0, logits: 0 }

  constructor(engine: Engine) {
    this.name = engine.name
    this.#child = spawn(engine.command, engine.args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...engine.environment },
    })
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  async answer(): Promise<Answer> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`${this.name} ended`)
    return JSON.parse(value) as Answer
  }

  async ask(line: string): Promise<Answer> {
    this.#child.stdin!.write(`${line}\n`)
    return this.answer()
  }

  quit(): void {
    this.#child.stdin!.end('quit\n')
  }
}

const folder = mkdtempSync(join(tmpdir(), 'elman-lm-step-'))
const python = (script: string, ...args: string[]) => [
  join(here, 'peers', script),
  '--data',
  values.data!,
  ...args,
]
const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!

/** PyTorch's BLAS takes its AVX-512 path on this processor only when told so; see mkl_fast_path.c. */
function fastPathLibrary(): string | undefined {
  const library = join(folder, 'libmkl_fast_path.so')
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, join(here, 'peers', 'mkl_fast_path.c')])
    return library
  } catch {
    console.error('no C compiler: torch-fast is left out')
    return undefined
  }
}

const fastPath = fastPathLibrary()

function engineFor(name: string, config: string, threads: string, dump: string): Engine | undefined {
  const shared = ['--config', config, '--threads', threads, '--interleave', '--no-gemm']
  const ours = (cell: string): Engine => ({
    name,
    command: process.execPath,
    args: [
      '--conditions=elman-source',
      '--import',
      'tsx',
      join(here, 'ours.ts'),
      '--dump',
      dump,
      '--config',
      config,
      '--threads',
      threads,
      '--cell',
      cell,
    ],
  })
  switch (name) {
    case 'elman':
      return ours('lstm')
    case 'elman-four-lines':
      return ours('four-lines')
    case 'torch':
      return { name, command: values.python!, args: python('torch_lm.py', ...shared) }
    case 'torch-fast':
      return fastPath === undefined
        ? undefined
        : {
            name,
            command: values.python!,
            args: python('torch_lm.py', ...shared),
            environment: { LD_PRELOAD: fastPath },
          }
    case 'torch-bf16':
      return { name, command: values.python!, args: python('torch_lm.py', ...shared, '--bf16') }
    case 'jax':
      return config === 'awd-like'
        ? undefined
        : { name, command: values.python!, args: python('jax_lm.py', ...shared) }
    default:
      throw new Error(`no engine is called ${name}`)
  }
}

const rows: string[] = []
const say = (line: string) => {
  console.log(line)
  rows.push(line)
}
say(
  `Processor: ${cpus()[0]!.model.trim()}, ${cpus().length} logical cores; Node ${process.version}. Medians of ${values.rounds} × ${values.steps} steps; ratios above 1: elman is faster.`,
)
for (const config of values.config!.split(',')) {
  const dump = join(folder, config)
  execFileSync(
    values.python!,
    python(
      'torch_lm.py',
      '--config',
      config,
      '--threads',
      '1',
      '--steps',
      '1',
      '--warmup',
      '1',
      '--no-gemm',
      '--dump',
      dump,
    ),
  )
  for (const threads of values.threads!.split(',')) {
    const players = values.engines!.split(',').flatMap(name => {
      const engine = engineFor(name, config, threads, dump)
      return engine === undefined ? [] : [new Player(engine)]
    })
    for (const player of players) player.losses.push(...(await player.answer()).losses)
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const player of players) {
        const { times, losses } = await player.ask(`run ${Number(values.steps) + 1}`)
        player.times.push(...times.slice(1))
        player.losses.push(...losses)
      }
    }
    for (const player of players) player.gemm = (await player.ask('gemm')).gemm
    for (const player of players) player.quit()
    const [own] = players
    const reference = players.find(({ name }) => name === 'torch')
    say('')
    say(`### ${config}, ${threads} thread${threads === '1' ? '' : 's'}`)
    say('')
    say(
      '| engine | ms/step | fastest | ratio | GEMM 1024³ GFLOP/s | GEMM logits | largest loss difference to torch |',
    )
    say('|---|---|---|---|---|---|---|')
    for (const player of players) {
      const ms = median(player.times)
      const difference =
        reference === undefined
          ? Number.NaN
          : Math.max(...player.losses.map((loss, i) => Math.abs(loss - reference.losses[i]!)))
      say(
        `| ${player.name} | ${ms.toFixed(1)} | ${Math.min(...player.times).toFixed(1)} | ${(ms / median(own!.times)).toFixed(2)} | ${player.gemm.square.toFixed(0)} | ${player.gemm.logits.toFixed(0)} | ${difference.toExponential(1)} |`,
      )
    }
  }
}
if (values.out !== undefined) writeFileSync(values.out, `${rows.join('\n')}\n`)
rmSync(folder, { recursive: true })
