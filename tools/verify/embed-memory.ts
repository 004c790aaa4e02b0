import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Check } from './check.ts'
import { runProgram } from './run-program.ts'

/** Loading a million words of 300 numbers. */
export const embedMemory: Check = {
  name: 'embed-memory',
  claim:
    'a file of a million words of 300 numbers (word2vec text, GloVe, word2vec binary) loads in at most 1.3 times the memory of its matrix, heap limited to 128 MiB, in at most 40 s',
  tolerance: 'upper bounds; 5 GB of disk and 2 GB of memory are needed',
  duration: '3 min',
  async run({ note }) {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const script = join(root, 'benchmarks/embed-memory/run.ts')
    const output = await runProgram(
      process.execPath,
      ['--conditions=elman-source', '--import', 'tsx', script],
      join(root, 'benchmarks'),
    )
    const lines = output.trim().split('\n')
    for (const line of lines) note(line)
    const ratios = Object.fromEntries(
      lines.slice(2).map(line => {
        const cells = line.trim().split(/\s+/)
        return [cells[0]!, Number(cells.at(-1))]
      }),
    )
    return { measured: ratios, pass: Object.values(ratios).every(ratio => ratio <= 1.3) }
  },
}
