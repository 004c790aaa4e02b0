import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@elman/core'
import { elman, startElman } from '../../tests/run-elman.ts'
import type { Check } from './check.ts'

const SEED = 2026
const KILLS = 4

/** Trainings of one thread and of two, killed and not. */
export const embedDeterminism: Check = {
  name: 'embed-determinism',
  claim: `skip-gram, CBOW, fastText, GloVe and PPMI with SVD on one thread, and skip-gram and GloVe on two, give vectors of the same bits three times, and skip-gram also when it is killed (SIGKILL) ${KILLS} times at random moments and resumed`,
  tolerance: 'none: equal SHA-256 of the files of vectors',
  duration: '2 min',
  async run({ note }) {
    const folder = mkdtempSync(join(tmpdir(), 'elman-embed-determinism-'))
    const hashOf = (name: string) =>
      JSON.parse(readFileSync(join(folder, 'embeddings', name, 'result.json'), 'utf8'))
        .vectorsSha256 as string
    const train = async (name: string, options: readonly string[]) => {
      const ended = await elman([...COMMAND, '--name', name, ...options], folder)
      if (ended.code !== 0) throw new Error(ended.stderr)
      return hashOf(name)
    }
    try {
      const measured: Record<string, unknown> = {}
      for (const [method, options] of Object.entries(METHODS)) {
        const hashes: string[] = []
        for (const number of [1, 2, 3])
          hashes.push(await train(`${method.replace(/\W+/g, '-')}-${number}`, options))
        note(`${method}: ${hashes[0]!.slice(0, 16)}…`)
        measured[method] = new Set(hashes).size === 1
      }
      const long = ['--set', 'embedding.epochs=60', 'checkpointSeconds=0.3']
      const whole = await train('whole', long)
      let command = [...COMMAND, '--name', 'killed', ...long]
      let kills = 0
      for (let number = 0; number < KILLS; number++) {
        const running = startElman(command, folder)
        // the first run must live until it has a folder to resume
        await Promise.race([running.said('text: '), running.ended])
        const [wait] = random.uniform(random.foldIn(random.key(SEED), number), 1, 'float64')
        await new Promise(resolve => setTimeout(resolve, 300 + 1200 * wait!))
        running.kill('SIGKILL')
        if ((await running.ended).code === 0) break
        kills++
        command = ['embed', 'resume', 'embeddings/killed']
      }
      const last = await elman(['embed', 'resume', 'embeddings/killed'], folder)
      if (last.code !== 0) throw new Error(last.stderr)
      measured.kills = kills
      measured['killed and resumed'] = hashOf('killed') === whole
      const { kills: _, ...same } = measured
      return { measured, pass: kills >= 2 && Object.values(same).every(Boolean) }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

const COMMAND = ['embed', 'train', '--dataset', 'wiki-sample', '--lowercase', '--words-only']
const METHODS = {
  'skip-gram': [],
  cbow: ['--set', 'embedding.architecture=cbow'],
  fasttext: ['--method', 'fasttext', '--set', 'embedding.buckets=20000', 'embedding.epochs=2'],
  glove: ['--method', 'glove', '--set', 'embedding.iterations=3'],
  'ppmi-svd': ['--method', 'ppmi-svd'],
  'skip-gram, two threads': ['--workers', '2'],
  'glove, two threads': ['--method', 'glove', '--set', 'embedding.iterations=3', '--workers', '2'],
}
