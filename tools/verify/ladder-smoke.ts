import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { elman } from '../../tests/run-elman.ts'
import type { Check } from './check.ts'

const SECONDS = 90
const AGAIN = ['--tasks', 'parity', '--cells', 'elman-tanh-16']

/** The quick gates, in the time that is promised, and one probe again. */
export const ladderSmoke: Check = {
  name: 'ladder-smoke',
  claim: `\`elman ladder --profile smoke\` ends in under ${SECONDS} s on two cores, and its nine gates hold: what finite memory, counters, stacks and queues learn and what they do not, balanced negatives, and a certificate for all lengths; a probe that is run again gives the same record but for its times, and the same weights`,
  tolerance: `${SECONDS} s with two processes; every gate must hold; equal bytes`,
  duration: '100 s',
  async run({ note }) {
    const folder = mkdtempSync(join(tmpdir(), 'elman-ladder-smoke-'))
    try {
      const began = performance.now()
      const sweep = await elman(['ladder', '--profile', 'smoke', '-d', 'smoke', '--workers', '2'], folder)
      const seconds = Math.round((performance.now() - began) / 1000)
      if (sweep.code !== 0) throw new Error(sweep.stderr)
      const judged = await elman(['ladder', 'gates', 'smoke', '--json'], folder)
      const { gates } = JSON.parse(judged.stdout) as { gates: { id: string; verdict: string }[] }
      for (const { id, verdict } of gates) note(`${id} ${verdict}`)
      const again = await elman(['ladder', '--profile', 'smoke', '-d', 'again', ...AGAIN], folder)
      if (again.code !== 0) throw new Error(again.stderr)
      const same =
        recordOf(join(folder, 'smoke')) === recordOf(join(folder, 'again')) &&
        weightsOf(join(folder, 'smoke')).equals(weightsOf(join(folder, 'again')))
      const hold = gates.filter(({ verdict }) => verdict === 'holds').length
      return {
        measured: { seconds, cores: availableParallelism(), gates: gates.length, hold, same },
        pass: seconds < SECONDS && hold === gates.length && gates.length === 9 && same,
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** The record of the parity probe without its times, as text. */
function recordOf(folder: string): string {
  const lines = readFileSync(join(folder, 'probes.jsonl'), 'utf8').trim().split('\n')
  const records = lines.map(line => JSON.parse(line) as { probe: string; timing?: unknown })
  const { timing: _, ...record } = records.find(({ probe }) => probe === 'parity/dense/elman-tanh-16/seed-1')!
  return JSON.stringify(record)
}

function weightsOf(folder: string): Buffer {
  return readFileSync(join(folder, 'parameters', 'parity--dense--elman-tanh-16--seed-1.safetensors'))
}
