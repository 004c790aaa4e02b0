import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import {
  buildEmbeddingVocabulary,
  countCooccurrences,
  countNgrams,
  countWords,
  encodeCorpus,
  type OnProgress,
  pairsTsv,
  parameterSharing,
  randomPairs,
  readContextRows,
  readPairs,
  renderHypothesis,
  testHypothesis,
  type WordTable,
} from '@elman/embeddings'
import { listenForInterrupt } from '../../interrupt.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import { readVectors } from '../../vectors-argument.ts'

/** Options of `elman embed hypothesis`. */
export interface EmbedHypothesisOptions {
  readonly out: string
  readonly pairs?: string
  readonly lowercase?: boolean
  readonly wordsOnly?: boolean
  readonly window?: number
  readonly count?: number
  readonly seed?: number
}

/** Tests whether words of similar contexts have similar vectors, and writes a page, the figures and the pairs. */
export async function embedHypothesis(
  path: string,
  files: readonly string[],
  options: EmbedHypothesisOptions,
  terminal: Terminal,
): Promise<void> {
  const { out, seed = 1, count = 3000 } = options
  const { vectors } = await readVectors(path, terminal)
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() => phases.line('stopping'))
  const folder = await mkdtemp(join(tmpdir(), 'elman-hypothesis-'))
  const hooks = { onProgress: phases.progress, signal: interrupt.signal }
  try {
    const text = await countText(files, folder, vectors.dimensions, options, hooks)
    const { pairs, source } =
      options.pairs === undefined
        ? {
            pairs: randomPairs(text.words.count, { count, seed }),
            source: `${count} random pairs of words of ranks 100 to 5000, seed ${seed}`,
          }
        : await givenPairs(options.pairs, text.words)
    const { report, table } = await testHypothesis({
      ...{ ...text, ...hooks },
      ...{ models: [{ name: basename(path), vectors }], pairs, pairSource: source, seed },
      corpus: files.map(file => basename(file)).join(', '),
    })
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
    await writeFile(join(out, 'pairs.tsv'), pairsTsv(table))
    await writeFile(join(out, 'report.html'), renderHypothesis(report, table))
    phases.finish()
    const { verdict } = report
    terminal.result(report, `${verdict.level}: ${verdict.text}\nreport     ${join(out, 'report.html')}`)
  } finally {
    phases.finish()
    interrupt.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function givenPairs(file: string, words: WordTable) {
  const { pairs, unknown } = await readPairs(file, words)
  return {
    pairs,
    source: `${pairs.length} pairs of ${basename(file)} (${unknown} with unknown words left out)`,
  }
}

/** Counts the contexts and n-grams of the text, with files in a folder that goes away. */
async function countText(
  files: readonly string[],
  folder: string,
  dimensions: number,
  { lowercase, wordsOnly, window = 5 }: EmbedHypothesisOptions,
  hooks: { readonly onProgress: OnProgress; readonly signal: AbortSignal },
) {
  const reading = { lowercase, wordsOnly, ...hooks }
  const { words, counts } = buildEmbeddingVocabulary(await countWords(files, reading))
  const corpus = await encodeCorpus(files, { words }, join(folder, 'corpus.ids'), reading)
  const counted = await countCooccurrences(corpus, words.count, {
    ...{ ...hooks, folder, window, weighting: 'linear' },
  })
  const contexts = await readContextRows(counted, hooks)
  const ngrams = await countNgrams(corpus, hooks)
  const sharing = parameterSharing(ngrams, { words: words.count, dimensions })
  return { words, counts, contexts, sharing }
}
