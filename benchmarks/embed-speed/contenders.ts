/** Everyone who is timed: a name, what is counted, and the command of a process that prints one JSON line. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PeerPrograms } from './peer-builds.ts'

const here = dirname(fileURLToPath(import.meta.url))

/** What a contender's rate counts. */
export type Unit = 'words/s' | 'records/s' | 'queries/s' | 'corpora/s'

/** One that is timed. */
export interface Contender {
  readonly name: string
  readonly threads: number
  readonly unit: Unit
  /** Program and parameters; `epochs` passes over the corpus where there are passes. */
  command(epochs: number): readonly string[]
}

/** Where things are. */
export interface Places {
  readonly corpus: string
  readonly python: string
  /** Folder for counts that need not be made in each round. */
  readonly folder: string
  readonly programs: PeerPrograms
}

/** Command of one of our scripts, run from the sources. */
export const ours = (script: string, ...args: string[]): string[] => [
  ...[process.execPath, '--conditions=elman-source', '--import', 'tsx'],
  ...[join(here, 'ours', script), ...args],
]

/** Command of one of the peers' scripts. */
export const peer = (python: string, script: string, ...args: string[]): string[] => [
  python,
  join(here, 'peers', script),
  ...args,
]

const CBOW = ['--architecture', 'cbow']
const SOFTMAX = ['--loss', 'hierarchical-softmax']
/** Window and x_max that GloVe's figures were recorded with. */
const GLOVE = { window: 10, xMax: 10 }

/** All that can run here; what a missing program would do is left out. */
export function contendersOf({ corpus, python, folder, programs }: Places): readonly Contender[] {
  const { word2vec, fastText, glove } = programs
  /** Trains one of our methods; all options but those given are word2vec's. */
  const method = (
    name: string,
    threads: number,
    options: { readonly [option: string]: unknown },
  ): Contender => ({
    ...{ name, threads, unit: 'words/s' },
    command: epochs => {
      const task = JSON.stringify({ learningRate: 0.025, sample: 1e-3, epochs, ...options })
      return ours('train.ts', '--corpus', corpus, '--workers', `${threads}`, '--method', task)
    },
  })
  const script = (name: string, threads: number, file: string, ...args: string[]): Contender => ({
    ...{ name, threads, unit: 'words/s' },
    command: epochs => [
      ...peer(python, file, '--corpus', corpus, '--threads', `${threads}`, '--epochs', `${epochs}`),
      ...args,
    ],
  })
  const fast = (name: string, threads: number, ...args: string[]) =>
    fastText === undefined
      ? []
      : [
          script(
            ...([name, threads, 'fasttext_cli.py', '--binary', fastText.path] as const),
            ...['--version', fastText.version, ...args],
          ),
        ]
  const cTool = (name: string, threads: number, ...args: string[]) =>
    word2vec === undefined ? [] : [script(name, threads, 'word2vec_c.py', '--binary', word2vec, ...args)]
  const cGlove = (threads: number): Contender[] =>
    glove === undefined
      ? []
      : [
          {
            ...script(
              ...(['glove c', threads, 'glove_c.py', '--folder', folder, '--steps', glove] as const),
              ...['--window', `${GLOVE.window}`, '--x-max', `${GLOVE.xMax}`],
            ),
            unit: 'records/s',
          },
        ]
  const both = [1, 2].flatMap(threads => [
    method('elman', threads, { type: 'word2vec' }),
    script('gensim', threads, 'gensim_vectors.py'),
    ...cTool('word2vec.c', threads),
    ...fast('fasttext', threads),
    method('elman shared negatives', threads, { type: 'word2vec', negativeSharing: 'window' }),
    method('elman sub-words', threads, { type: 'fasttext', negativeExponent: 0.5 }),
    ...fast('fasttext sub-words', threads, '--subwords'),
    method('elman cbow', threads, { type: 'word2vec', architecture: 'cbow' }),
    script('gensim cbow', threads, 'gensim_vectors.py', ...CBOW),
    method('elman softmax', threads, { type: 'word2vec', objective: 'hierarchical-softmax' }),
    script('gensim softmax', threads, 'gensim_vectors.py', ...SOFTMAX),
    {
      ...({ name: 'elman glove', threads, unit: 'records/s' } as const),
      command: (epochs: number) =>
        ours(
          ...(['glove.ts', '--corpus', corpus, '--folder', folder, '--workers', `${threads}`] as const),
          ...['--iterations', `${epochs}`, '--window', `${GLOVE.window}`, '--x-max', `${GLOVE.xMax}`],
        ),
    },
    ...cGlove(threads),
  ])
  return [
    ...both,
    {
      ...{ name: 'elman plain typescript', threads: 1, unit: 'words/s' },
      // A part of the corpus in any case: it is the slowest by far, and only its rate counts.
      command: () => ours('plain-twin.ts', '--corpus', corpus),
    },
    {
      ...{ name: 'elman vocabulary and ids', threads: 1, unit: 'words/s' },
      command: () => ours('vocabulary.ts', '--corpus', corpus),
    },
    {
      ...{ name: 'elman nearest', threads: 1, unit: 'queries/s' },
      command: () => ours('nearest.ts'),
    },
    {
      ...{ name: 'gensim nearest', threads: 1, unit: 'queries/s' },
      command: () => peer(python, 'gensim_nearest.py'),
    },
    {
      ...{ name: 'elman ppmi svd', threads: 1, unit: 'corpora/s' },
      command: () => ours('ppmi-svd.ts', '--corpus', corpus),
    },
  ]
}
