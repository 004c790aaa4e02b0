import { checkCount } from '../query/request.ts'
import { type VectorSource, WordVectors } from '../words/word-vectors.ts'

/** How words of a test set are looked up. */
export interface LookupOptions {
  /**
   * Whether case is disregarded: both sides are compared in upper case, and of several words that differ in case
   * alone the first one, the most frequent, counts; as gensim does. Default true.
   */
  readonly caseInsensitive?: boolean
  /** Only the first so many words, the most frequent ones, are known. Default 300,000, as gensim's. */
  readonly restrictVocabulary?: number
}

/** Default number of words that are known to an evaluation. */
export const EVALUATED_WORDS = 300_000

/** The table of vectors of a source: itself, or what a model keeps as `vectors`; undefined if there is none. */
export function tableOf(source: VectorSource): WordVectors | undefined {
  if (source instanceof WordVectors) return source
  const { vectors } = source as VectorSource & { readonly vectors?: unknown }
  return vectors instanceof WordVectors ? vectors : undefined
}

/** The form in which words are compared. */
export function comparedForm(word: string, { caseInsensitive = true }: LookupOptions): string {
  return caseInsensitive ? word.toUpperCase() : word
}

/** Rows of those of the wanted words that are known, by their compared form. @throws `EMBEDDING_QUERY_INVALID` */
export function findRows(
  vectors: WordVectors,
  wanted: Iterable<string>,
  options: LookupOptions,
): Map<string, number> {
  const rows = new Map<string, number>()
  const restricted = checkCount('restrictVocabulary', options.restrictVocabulary ?? EVALUATED_WORDS)
  const limit = Math.min(vectors.count, restricted)
  const forms = new Set<string>()
  for (const word of wanted) forms.add(comparedForm(word, options))
  if (options.caseInsensitive === false) {
    for (const form of forms) {
      const row = vectors.indexOf(form)
      if (row >= 0 && row < limit) rows.set(form, row)
    }
    return rows
  }
  for (let row = 0; row < limit && rows.size < forms.size; row++) {
    const form = vectors.wordAt(row).toUpperCase()
    if (forms.has(form) && !rows.has(form)) rows.set(form, row)
  }
  return rows
}
