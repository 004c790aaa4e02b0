import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Check, requireData } from './check.ts'
import { PEERS_PYTHON, peersPython } from './peers-python.ts'
import { runProgram } from './run-program.ts'

/** Least ratio of the peer's time to ours, by configuration and peer: 95 % of what a hand-made graph reached. */
const LEAST = {
  small: { torch: 1.71, 'torch-fast': 1.33, jax: 1.43 },
  medium: { torch: 1.43, 'torch-fast': 1.02, jax: 1.33 },
} as const

const LOSS_TOLERANCE = 1e-3

/** Our training step beside PyTorch's and JAX's, taking turns in one run. */
export const stepSpeed: Check = {
  name: 'step-speed',
  claim: `the training step of PTB small and medium at one thread is faster than the peers', by at least ${Object.entries(
    LEAST,
  )
    .map(
      ([config, peers]) =>
        `${config}: ${Object.entries(peers)
          .map(([peer, ratio]) => `${ratio} × ${peer}`)
          .join(', ')}`,
    )
    .join('; ')}, with PyTorch's losses`,
  tolerance: `the ratios are lower bounds, taken on a 2-core AMD Zen 5; losses within ${LOSS_TOLERANCE}`,
  duration: '10 min',
  needs: `ptb/; ${PEERS_PYTHON}`,
  async run(options) {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const python = peersPython()
    const folder = mkdtempSync(join(tmpdir(), 'elman-step-speed-'))
    try {
      const out = join(folder, 'table.md')
      const parameters = ['--data', requireData(options), '--python', python, '--out', out]
      const which = ['--config', 'small,medium', '--threads', '1', '--engines', 'elman,torch,torch-fast,jax']
      const script = join(root, 'benchmarks/lm-step/run.ts')
      await runProgram(
        process.execPath,
        ['--conditions=elman-source', '--import', 'tsx', script, ...parameters, ...which],
        join(root, 'benchmarks'),
      )
      const table = readFileSync(out, 'utf8')
      for (const line of table.split('\n')) options.note(line)
      return judge(table)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Reads the ratios and the loss differences of the benchmark's tables. */
function judge(table: string) {
  const measured: Record<string, number> = {}
  let pass = true
  for (const [config, peers] of Object.entries(LEAST)) {
    const section = table.split(`### ${config}, 1 thread`)[1]?.split('###')[0] ?? ''
    const rows = section
      .split('\n')
      .filter(line => line.startsWith('| '))
      .map(line => line.split('|').map(text => text.trim()))
    const rowOf = (engine: string) => rows.find(row => row[1] === engine)
    for (const [peer, least] of Object.entries(peers)) {
      const ratio = Number(rowOf(peer)?.[4])
      measured[`${config} ${peer}`] = ratio
      pass &&= ratio >= least
    }
    const difference = Number(rowOf('elman')?.[7])
    measured[`${config} loss difference`] = difference
    pass &&= difference <= LOSS_TOLERANCE
  }
  return { measured, pass }
}
