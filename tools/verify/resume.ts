import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { random } from '@elman/core'
import { elman, startElman } from '../../tests/run-elman.ts'
import { smallExperimentFolder } from '../../tests/small-experiment.ts'
import type { Check } from './check.ts'

const KILLS = 12
const SEED = 20_26

/** Kill -9 at random moments. */
export const resume: Check = {
  name: 'resume',
  claim: `a run that is killed (SIGKILL) ${KILLS} times at random moments and resumed ends with parameters of the same bits, the same optimiser state, and the same metrics but for times, as one that was not`,
  tolerance: 'none: equal SHA-256',
  duration: '60 s',
  async run({ note }) {
    const folder = smallExperimentFolder()
    const settings = [
      'train.epochs=40',
      'train.checkpointEvery=50',
      'backend={"type":"onnxruntime","threads":1}',
    ]
    try {
      const whole = await elman(['run', '--name', 'whole', '--set', ...settings], folder)
      if (whole.code !== 0) throw new Error(whole.stderr)
      const kills: number[] = []
      let command = ['run', '--name', 'killed', '--set', ...settings]
      for (let number = 0; number < KILLS; number++) {
        const running = startElman(command, folder)
        const ended = running.ended
        // the first run must live until it has a folder to resume
        await Promise.race([running.said('steps, '), running.said('going on at'), ended])
        const wait = Math.round(
          random.uniform(random.foldIn(random.key(SEED), number), 1, 'float64')[0]! * 400,
        )
        await new Promise(resolve => setTimeout(resolve, wait))
        running.kill('SIGKILL')
        const { code } = await ended
        command = ['resume', 'runs/killed']
        if (code === 0) break
        const step = lastStep(folder)
        kills.push(step)
        note(`killed after ${wait} ms, at step ${step}`)
      }
      const last = await elman(['resume', 'runs/killed'], folder)
      if (last.code !== 0) throw new Error(last.stderr)
      const [one, other] = [contentOf(join(folder, 'runs/whole')), contentOf(join(folder, 'runs/killed'))]
      noteDifference(one.metrics, other.metrics, note)
      const same = Object.fromEntries(
        (['parameters', 'optimizer', 'metrics'] as const).map(part => [part, one[part] === other[part]]),
      )
      return {
        measured: { kills: kills.length, ...same },
        pass: kills.length >= 3 && Object.values(same).every(Boolean),
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function lastStep(folder: string): number {
  const lines = readFileSync(join(folder, 'runs/killed/metrics.jsonl'), 'utf8').trim().split('\n')
  const steps = lines.map(line => Number(/"step":(\d+)/.exec(line)?.[1] ?? 0))
  return Math.max(...steps)
}

/** What two runs must share: hashes of the last checkpoint's arrays, and of the records without what tells times. */
function contentOf(run: string): Record<'parameters' | 'optimizer' | 'metrics', string> {
  const { folder } = JSON.parse(readFileSync(join(run, 'checkpoints/latest.json'), 'utf8')) as {
    folder: string
  }
  const file = (name: string) => hash(readFileSync(join(run, 'checkpoints', folder, `${name}.safetensors`)))
  const records = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const kept = records
    .filter(
      ({ kind, name }) =>
        kind !== 'time' && !(kind === 'event' && (name === 'resume' || name === 'interrupt')),
    )
    .map(({ seconds: _, tokensPerSecond: _rate, ...record }) => JSON.stringify(record))
  return { parameters: file('parameters'), optimizer: file('optimizer'), metrics: kept.join('\n') }
}

/** Shows the first record in which two runs differ. */
function noteDifference(one: string, other: string, note: (text: string) => void): void {
  const [a, b] = [one.split('\n'), other.split('\n')]
  const index = a.findIndex((line, place) => line !== b[place])
  if (index >= 0)
    note(`first difference: ${a[index]?.slice(0, 160)}\n    killed run has: ${b[index]?.slice(0, 160)}`)
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
