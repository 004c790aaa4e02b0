import { type StreamOptions, streamWords } from '../corpus/stream-words.ts'
import { invalidOption, resolveTextOptions } from '../corpus/text-options.ts'
import { createPairCounter, type PairCounts } from './count-pairs.ts'
import { type Phrase, PhraseModel } from './phrase-model.ts'

/** What makes two neighbours a phrase, and which text they are sought in. */
export interface PhraseOptions extends StreamOptions {
  /**
   * Score above which a pair is joined, one for each pass over the text; lower thresholds join more. `[100]`, a single
   * pass, unless given. Later passes are best given lower ones (word2vec's own example: 200, 100).
   */
  readonly thresholds?: readonly number[] | undefined
  /** Rarer words and pairs are never joined, and it is taken off each pair's count; 5 unless given. */
  readonly minimumCount?: number | undefined
  /** What stands between the joined words; `_` unless given. */
  readonly delimiter?: string | undefined
  /**
   * Count the last word of a sentence and the first of the next as a pair too, as word2phrase does (it never joins
   * them); off unless given.
   */
  readonly acrossSentences?: boolean | undefined
  /** Distinct pairs held in memory; when there are more, the rarest are forgotten. 20 million unless given. */
  readonly maximumPairs?: number | undefined
}

/**
 * Finds words that stand together more often than by chance, as word2phrase does:
 *
 * score(a b) = (count(a b) − minimumCount) / (count(a) · count(b)) · tokens
 *
 * in float32 and in this order, so that the same pairs come out. Two counts are kept apart that word2phrase adds up,
 * because it keeps words and pairs in one table of strings: the pair `new york` and a word spelt `new_york`.
 *
 * @param options - Text options as for counting and encoding; `phrases` are applied first and belong to the result.
 * @returns A model whose passes are sorted by score, highest first.
 * @throws `EMBEDDING_OPTION_INVALID` and what `countWords` throws
 */
export async function findPhrases(
  paths: readonly string[],
  options: PhraseOptions = {},
): Promise<PhraseModel> {
  const { thresholds = [100], minimumCount = 5, maximumPairs = 20_000_000, acrossSentences = false } = options
  const delimiter = options.delimiter ?? options.phrases?.delimiter ?? '_'
  checkOptions(thresholds, minimumCount, maximumPairs, delimiter)
  if (options.phrases !== undefined && options.phrases.delimiter !== delimiter)
    throw invalidOption('delimiter', `${JSON.stringify(options.phrases.delimiter)}, as in phrases`, delimiter)
  let model = options.phrases ?? new PhraseModel([], delimiter)
  resolveTextOptions(options)
  for (const [pass, threshold] of thresholds.entries()) {
    const counter = createPairCounter({ acrossSentences, maximumPairs })
    const phase = thresholds.length === 1 ? 'find phrases' : `find phrases, pass ${pass + 1}`
    const stream = streamWords(paths, { ...options, phrases: model }, counter, phase)
    for (let next = await stream.next(); !next.done; ) next = await stream.next()
    model = new PhraseModel(
      [...model.passes, phrasesOf(counter.result(), minimumCount, threshold)],
      delimiter,
    )
  }
  return model
}

function phrasesOf(counted: PairCounts, minimumCount: number, threshold: number): Phrase[] {
  const { words, counts, pairs, pairCounts, tokens } = counted
  const { fround } = Math
  const found: Phrase[] = []
  for (let pair = 0; pair < pairs.count; pair++) {
    const together = pairCounts[pair]!
    const left = counts[pairs.leftAt(pair)]!
    const right = counts[pairs.rightAt(pair)]!
    if (together < minimumCount || left < minimumCount || right < minimumCount) continue
    const excess = fround(together - minimumCount)
    const score = fround(fround(fround(excess / fround(left)) / fround(right)) * fround(tokens))
    if (!(score > fround(threshold))) continue
    found.push({
      left: words.bytesAt(pairs.leftAt(pair)).slice(),
      right: words.bytesAt(pairs.rightAt(pair)).slice(),
      score,
    })
  }
  return found.sort((a, b) => b.score - a.score)
}

function checkOptions(
  thresholds: readonly number[],
  minimumCount: number,
  maximumPairs: number,
  delimiter: string,
): void {
  if (thresholds.length === 0 || !thresholds.every(threshold => threshold >= 0))
    throw invalidOption('thresholds', 'numbers of at least 0, one a pass', JSON.stringify(thresholds))
  if (!(Number.isInteger(minimumCount) && minimumCount >= 1))
    throw invalidOption('minimumCount', 'an integer of at least 1', String(minimumCount))
  if (!(Number.isInteger(maximumPairs) && maximumPairs >= 1))
    throw invalidOption('maximumPairs', 'an integer of at least 1', String(maximumPairs))
  if (/[\0\t\n\v\f\r ]/.test(delimiter))
    throw invalidOption('delimiter', 'text without white space', JSON.stringify(delimiter))
}
