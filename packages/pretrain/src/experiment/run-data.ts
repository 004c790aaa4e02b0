/** `data.json` and `vocabulary.json` of a run: what it was trained on, and whether that is still there. */
import { ElmanError, readRunJson, writeRunJson } from '@elman/core'
import {
  type Corpus,
  type CorpusOptions,
  type EncodedText,
  planCorpus,
  SPLIT_NAMES,
  vocabularyToJson,
} from '@elman/text'
import type { VectorsCard } from './initial-vectors.ts'

/** Writes what a corpus is made of into a run's folder, and the word vectors that the model begins with. */
export async function writeRunData(
  run: { readonly path: string },
  corpus: Corpus,
  options: CorpusOptions,
  vectors?: VectorsCard,
): Promise<void> {
  const { plan } = planCorpus(corpus.config, options)
  const hashes = new Map(corpus.files.map(({ path, sha256 }) => [path, sha256]))
  const texts = SPLIT_NAMES.flatMap((split): { split: string; path: string; text: EncodedText }[] => {
    const text = corpus.splits[split]
    return text === undefined ? [] : [{ split, path: plan.splits[split]!.path, text }]
  })
  await writeRunJson(run, 'data.json', {
    name: corpus.type,
    license: corpus.license,
    baseDirectory: options.baseDirectory,
    fingerprint: corpus.fingerprint,
    files: texts.map(({ split, path, text: { bytes, characters, lines, ids } }) => ({
      split,
      path,
      sha256: hashes.get(path)!,
      ...{ bytes, characters, lines, tokens: ids.length },
    })),
    vocabulary: { kind: corpus.unit, size: corpus.vocabulary.size },
    ...(vectors === undefined ? {} : { vectors }),
    outOfVocabularyRate: Object.fromEntries(
      texts.map(({ split, text }) => [split, text.outOfVocabulary / text.ids.length]),
    ),
  })
  await writeRunJson(run, 'vocabulary.json', vocabularyToJson(corpus.vocabulary))
}

/** What `data.json` of a run says. */
export interface RunData {
  readonly baseDirectory?: string
  readonly fingerprint?: string
  readonly vectors?: VectorsCard
}

/** Reads `data.json` of a run; empty where there is none. */
export async function readRunData(run: { readonly path: string }): Promise<RunData> {
  return ((await readRunJson(run, 'data.json')) ?? {}) as RunData
}

/**
 * Refuses to go on with a run whose text has changed.
 *
 * @throws `CORPUS_CHANGED`
 */
export async function checkRunData(run: { readonly path: string }, corpus: Corpus): Promise<void> {
  const { fingerprint } = await readRunData(run)
  if (fingerprint === undefined || fingerprint === corpus.fingerprint) return
  throw new ElmanError('CORPUS_CHANGED', {
    message: 'the text is not the one that the run began with',
    expected: `fingerprint ${fingerprint}`,
    found: `fingerprint ${corpus.fingerprint}`,
    where: run.path,
    hint: 'put the original files back, or start a new run',
  })
}
