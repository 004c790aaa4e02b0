/**
 * The distributional hypothesis as a number: how far the overlap of two words' contexts agrees with the cosine of their
 * vectors, over 3,000 random pairs of words of ranks 100 to 5,000.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildEmbeddingVocabulary,
  correlate,
  countCooccurrences,
  countWords,
  encodeCorpus,
  openCooccurrences,
  randomPairs,
  readContextRows,
  readWordVectors,
  simContext,
  simVector,
} from '@elman/embeddings'

/**
 * Spearman × 100 between the weighted Jaccard similarity of two words' PPMI (window 5, no sub-sampling) and their cosine.
 *
 * @param folder - Where the counts of the corpus are kept.
 */
export async function contextAgreement(
  corpusPath: string,
  vectorPath: string,
  folder: string,
): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const { words, ...vocabulary } = buildEmbeddingVocabulary(await countWords([corpusPath], {}), {})
  const records = join(folder, 'cooccurrences.bin')
  if (!existsSync(`${records}.json`)) {
    const corpus = await encodeCorpus([corpusPath], { words, ...vocabulary }, join(folder, 'corpus.ids'), {})
    await countCooccurrences(corpus, words.count, { folder, window: 5, weighting: 'linear' })
  }
  const counted = await openCooccurrences(records)
  const { vectors } = await readWordVectors(vectorPath)
  const contexts = await readContextRows(counted)
  const overlap = simContext(contexts, { set: 'ppmi', weight: 'value' })
  const { spearman } = correlate(randomPairs(words.count), overlap, simVector(vectors, words))
  return 100 * spearman
}
