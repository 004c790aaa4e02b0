/** The trainings whose vectors are compared: who, on which corpus, with which seeds. */
import { ours, peer } from '../embed-speed/contenders.ts'
import type { PeerPrograms } from '../embed-speed/peer-builds.ts'

/** Name of a corpus of tools/make-embedding-corpus.ts. */
export type Corpus = 'a' | 'b'

/** One training. */
export interface Row {
  /** Who and how, the same on each corpus and for each seed. */
  readonly method: string
  readonly corpus: Corpus
  readonly seed: number
  /** Program and parameters that write the vectors to `out` with the ending that `extension` says. */
  command(out: string): readonly string[]
  readonly extension: '.bin' | '.vec' | '.txt'
}

/** Where things are. */
export interface Places {
  readonly corpora: { readonly [name in Corpus]?: string }
  readonly python: string
  readonly programs: PeerPrograms
  /** Folder for GloVe's counts. */
  readonly folder: string
  /** Threads of ours; the peers take two. */
  readonly workers: number
}

/** Passes of the methods that learn from sub-words on corpus B; five take too long for what they add. */
const SUBWORD_EPOCHS = { a: 5, b: 3 }
/** What all that predict words are told; as the reference figures were made. */
const SHARED = { learningRate: 0.025, sample: 1e-3 }
/** word2vec.c's rate for CBOW; at 0.025 both tools learn too slowly (gensim on A: WS353 24 in place of 37). */
const CBOW_RATE = 0.05

/** Name under which a row's files and results are kept. */
export const nameOf = ({ method, corpus, seed }: Row) => `${method}-${corpus}-${seed}`

/** All trainings that can run here. */
export function rowsOf({ corpora, python, programs, folder, workers }: Places): readonly Row[] {
  return (['a', 'b'] as const).flatMap(corpus => {
    const path = corpora[corpus]
    if (path === undefined) return []
    const text = ['--corpus', path]
    const elman = (
      method: string,
      options: { readonly type: string; readonly [name: string]: unknown },
      seed = 1,
    ): Row => ({
      ...{ method: `elman-${method}`, corpus, seed, extension: '.bin' },
      command: out => [
        ...ours('train.ts', ...text, '--workers', `${workers}`, '--seed', `${seed}`),
        ...['--method', JSON.stringify(options), '--out', out],
      ],
    })
    const other = (method: string, extension: Row['extension'], command: Row['command'], seed = 1): Row[] => [
      { method, corpus, seed, extension, command },
    ]
    const gensim = (method: string, seed: number, ...args: string[]) =>
      other(
        `gensim-${method}`,
        '.bin',
        out => [
          ...peer(
            python,
            'gensim_vectors.py',
            ...text,
            '--threads',
            corpus === 'a' ? '1' : '2',
            '--seed',
            `${seed}`,
          ),
          ...['--out', out, ...args],
        ],
        seed,
      )
    const fastText = (method: string, epochs: number, ...args: string[]) => {
      const program = programs.fastText
      if (program === undefined) return []
      return other(method, '.vec', out => [
        ...peer(python, 'fasttext_cli.py', '--binary', program.path, '--version', program.version, ...text),
        // With fewer than ten threads it leaves most rows of sub-words at zero.
        ...['--threads', '12', '--epochs', `${epochs}`, '--out', out.replace(/\.vec$/, ''), ...args],
      ])
    }
    const word2vec = { type: 'word2vec', ...SHARED, epochs: 5 }
    const twenty = { ...word2vec, epochs: 20 }
    return [
      ...[1, 2, 3].map(seed => elman('sg', word2vec, seed)),
      ...[1, 2, 3].map(seed => elman('shared', { ...word2vec, negativeSharing: 'window' }, seed)),
      elman('cbow', { ...word2vec, architecture: 'cbow', learningRate: CBOW_RATE }),
      elman('hs', { ...word2vec, objective: 'hierarchical-softmax' }),
      elman('subwords', { ...{ type: 'fasttext', ...SHARED }, epochs: SUBWORD_EPOCHS[corpus] }),
      elman('glove', { type: 'glove', dimensions: 100, iterations: 15, window: 10, xMax: 10 }),
      elman('ppmi-svd', { type: 'ppmi-svd', dimensions: 100 }),
      ...(corpus === 'a'
        ? [elman('sg-20', twenty), elman('shared-20', { ...twenty, negativeSharing: 'window' })]
        : []),
      ...[1, 2, 3].flatMap(seed => gensim('sg', seed)),
      ...gensim('cbow', 1, '--architecture', 'cbow', '--rate', `${CBOW_RATE}`),
      ...gensim('hs', 1, '--loss', 'hierarchical-softmax'),
      ...(corpus === 'a' ? gensim('sg-20', 1, '--epochs', '20') : []),
      ...(programs.word2vec === undefined
        ? []
        : other('word2vec-c', '.bin', out => [
            ...peer(python, 'word2vec_c.py', '--binary', programs.word2vec!, ...text, '--threads', '2'),
            ...['--out', out],
          ])),
      ...fastText('fasttext-subwords', SUBWORD_EPOCHS[corpus], '--subwords'),
      ...(programs.glove === undefined
        ? []
        : other('glove-c', '.txt', out => [
            ...peer(python, 'glove_c.py', '--folder', folder, '--steps', programs.glove!, ...text),
            ...['--threads', '2', '--epochs', '15', '--out', out.replace(/\.txt$/, '')],
          ])),
    ]
  })
}
