import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Check, type CheckOptions, requireData } from './check.ts'
import { PEERS_PYTHON, peersPython } from './peers-python.ts'
import { runProgram } from './run-program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const needs = `wikitext-2/ (and for quality ptb/, embeddings/ and the other corpora); npm for the rest of the text; a C compiler; ${PEERS_PYTHON}`

/** Training and queries beside the C tools and gensim. */
export const embedSpeed: Check = {
  name: 'embed-speed',
  claim:
    'with the same number of threads, word vectors are trained faster than by gensim, word2vec.c, fastText and GloVe, by the ratios of docs/results/embed-speed.md',
  tolerance: 'lower bounds, medians of 5 rounds in which all take turns',
  duration: '30 min',
  needs,
  run: options =>
    withCorpora(options, ['a'], (corpora, folder) =>
      benchmark(options, 'embed-speed', [
        ...['--corpus', join(corpora, 'a.txt'), '--python', peersPython(), '--cache', join(folder, 'peers')],
      ]),
    ),
}

/** How good the vectors are, beside the peers'. */
export const embedQuality: Check = {
  name: 'embed-quality',
  claim:
    "on 10.7 million words, vectors score on word similarity and analogies as docs/results/embed-quality.md says, and within 3 to 4 points of gensim's",
  tolerance: 'the bounds of that page; means of 3 seeds',
  duration: '90 min',
  needs,
  run: options =>
    withCorpora(options, ['a', 'b'], (corpora, folder) =>
      benchmark(options, 'embed-quality', [
        ...['--a', join(corpora, 'a.txt'), '--b', join(corpora, 'b.txt'), '--data', requireData(options)],
        ...['--folder', join(folder, 'quality'), '--python', peersPython(), '--cache', join(folder, 'peers')],
      ]),
    ),
}

/** Runs a benchmark, which ends with an error when a bound is missed; its last table of bounds is shown. */
async function benchmark({ note }: CheckOptions, name: string, parameters: readonly string[]) {
  const script = join(root, 'benchmarks', name, 'run.ts')
  const command = ['--conditions=elman-source', '--import', 'tsx', script, ...parameters]
  const { output, pass } = await runProgram(process.execPath, command, join(root, 'benchmarks')).then(
    text => ({ output: text, pass: true }),
    (error: Error) => ({ output: error.message, pass: false }),
  )
  const lines = output.split('\n').filter(line => line.startsWith('|'))
  for (const line of lines) note(line)
  return { measured: { bounds: pass ? 'all met' : 'one missed, see above' }, pass: pass && lines.length > 0 }
}

/** Puts the corpora together in a folder that goes away. */
async function withCorpora<T>(
  options: CheckOptions,
  names: readonly string[],
  work: (corpora: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'elman-embed-'))
  try {
    const script = join(root, 'tools/make-embedding-corpus.ts')
    const parameters = [folder, '--data', requireData(options), '--only', names.join(',')]
    await runProgram(
      process.execPath,
      ['--conditions=elman-source', '--import', 'tsx', script, ...parameters],
      root,
    )
    return await work(folder, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
