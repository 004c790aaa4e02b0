import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { zarembaSmall } from '@elman/pretrain'
import { type Check, requireData } from './check.ts'
import { root, runElman } from './run-elman.ts'

const PUBLISHED = 114.5
const [LEAST, MOST] = [110, 118]
const THREADS = 2

/** Zaremba's small model on Penn Treebank, from the start or from where an earlier call stopped. */
export const lmSmallPtb: Check = {
  name: 'lm-small-ptb',
  claim: `the small LSTM of Zaremba et al. 2014 on Penn Treebank, 13 epochs: test perplexity ${LEAST} to ${MOST} (published ${PUBLISHED})`,
  tolerance: `${LEAST} to ${MOST}; a seed changes it by about 0.5`,
  duration: '40 min',
  needs: 'ptb/',
  async run(options) {
    const folder = join(root, 'runs')
    const name = 'verify-lm-small-ptb'
    const run = join(folder, name)
    await mkdir(folder, { recursive: true })
    const config = {
      ...zarembaSmall,
      corpus: { type: 'ptb', directory: resolve(requireData(options), 'ptb') },
      sample: false,
      baseline: { order: 5 },
      seed: 1,
      backend: { type: 'onnxruntime', threads: THREADS },
    }
    const file = join(folder, `${name}.json`)
    await writeFile(file, JSON.stringify(config, null, 2))
    const resumes = existsSync(join(run, 'vocabulary.json'))
    options.note(resumes ? `going on with runs/${name}; delete it to start anew` : `starting runs/${name}`)
    const command = resumes ? ['resume', run] : ['run', file, '--name', name, '--directory', folder]
    const { code } = await runElman(command)
    if (code !== 0)
      throw new Error(`elman ${command[0]} ended with ${code}; the same command goes on from here`)
    const records = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    const test = records.find(({ kind, split }) => kind === 'evaluate' && split === 'test')
    const valid = records.filter(({ kind, split }) => kind === 'evaluate' && split === 'valid').at(-1)
    const measured = {
      ...{ test: test.perplexity, valid: valid.perplexity, tokens: test.tokens },
      ...{ seed: 1, threads: THREADS, resumed: resumes },
    }
    return { measured, pass: test.perplexity >= LEAST && test.perplexity <= MOST }
  },
}
