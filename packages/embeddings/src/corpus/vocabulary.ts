import { createHash } from 'node:crypto'
import { WordTable } from '../words/word-table.ts'
import type { WordCounts } from './count-words.ts'
import { invalidOption } from './text-options.ts'
import { checkDivided, emptyVocabulary } from './vocabulary-errors.ts'

/** The words that get vectors. */
export interface EmbeddingVocabulary {
  /** Most frequent first; of equally frequent ones, the one that occurs first. */
  readonly words: WordTable
  /** Occurrences of each. */
  readonly counts: Float64Array
  /** Occurrences of these words together. */
  readonly tokens: number
  /** Occurrences of all words of the text, also of those that were left out. */
  readonly rawTokens: number
  /** Distinct words of the text. */
  readonly rawTypes: number
}

/** Which words of a text get vectors. */
export interface EmbeddingVocabularyRules {
  /** Rarer words are left out; 5 unless given. */
  readonly minimumCount?: number | undefined
  /** Most words; the most frequent are taken. No limit unless given. */
  readonly maximumSize?: number | undefined
  /** Words that are taken however rare they are, if they occur at all; they count for `maximumSize`. */
  readonly keep?: Iterable<string> | undefined
  /** Refuse a text that is not divided into words; on unless given. */
  readonly checkText?: boolean | undefined
}

/**
 * Chooses the words that get vectors.
 *
 * @throws `EMBEDDING_VOCABULARY_EMPTY`, `EMBEDDING_TEXT_NOT_DIVIDED`, `EMBEDDING_OPTION_INVALID`
 */
export function buildEmbeddingVocabulary(
  counted: Pick<WordCounts, 'words' | 'counts' | 'tokens'>,
  rules: EmbeddingVocabularyRules = {},
): EmbeddingVocabulary {
  const { words, counts, tokens } = counted
  if (rules.checkText ?? true) checkDivided(words, counts, tokens)
  const chosen = choose(counted, rules, 0, () => true)
  if (chosen.length === 0) throw emptyVocabulary(counted, rules.minimumCount ?? 5)
  const kept = Float64Array.from(chosen, index => counts[index]!)
  return {
    words: words.select(chosen),
    counts: kept,
    tokens: kept.reduce((sum, count) => sum + count, 0),
    rawTokens: tokens,
    rawTypes: words.count,
  }
}

/**
 * The vocabulary of a model that is to be trained on more text: its words keep their places and their counts grow,
 * new words of the new text that fulfil the rules there follow, the most frequent first. So the whole is in general
 * not in the order of counts. Words that were left out before are not remembered: in `rawTypes`, those of them that
 * come again count again.
 *
 * @throws `EMBEDDING_TEXT_NOT_DIVIDED`, `EMBEDDING_OPTION_INVALID`
 */
export function extendVocabulary(
  old: EmbeddingVocabulary,
  counted: Pick<WordCounts, 'words' | 'counts' | 'tokens'>,
  rules: EmbeddingVocabularyRules = {},
): EmbeddingVocabulary & { readonly added: number } {
  if (rules.checkText ?? true) checkDivided(counted.words, counted.counts, counted.tokens)
  const room = old.words.count
  const isNew = (index: number): boolean => indexIn(old.words, counted.words, index) < 0
  const chosen = choose(counted, rules, room, isNew)
  const words = new WordTable(room + chosen.length)
  for (let i = 0; i < room; i++) addFrom(words, old.words, i)
  for (const index of chosen) addFrom(words, counted.words, index)
  const counts = new Float64Array(words.count)
  counts.set(old.counts)
  let tokens = old.tokens
  let newTypes = 0
  for (let index = 0; index < counted.words.count; index++) {
    if (isNew(index)) newTypes++
    const at = indexIn(words, counted.words, index)
    if (at < 0) continue
    counts[at]! += counted.counts[index]!
    tokens += counted.counts[index]!
  }
  return {
    words,
    counts,
    tokens,
    rawTokens: old.rawTokens + counted.tokens,
    rawTypes: old.rawTypes + newTypes,
    added: chosen.length,
  }
}

/** Hash of the words in their order: what an encoded corpus depends on. */
export function hashWords(words: WordTable): string {
  const hash = createHash('sha256')
  for (let begin = 0; begin < words.count; begin += 4096) {
    const some: Uint8Array[] = []
    for (let i = begin; i < Math.min(words.count, begin + 4096); i++) some.push(words.bytesAt(i), LINE_END)
    hash.update(Buffer.concat(some))
  }
  return hash.digest('hex')
}

const LINE_END = Uint8Array.of(10)

/** Indices of the words to take, the most frequent first, then in order of occurrence. */
function choose(
  { words, counts }: Pick<WordCounts, 'words' | 'counts'>,
  { minimumCount = 5, maximumSize = Number.POSITIVE_INFINITY, keep = [] }: EmbeddingVocabularyRules,
  taken: number,
  eligible: (index: number) => boolean,
): number[] {
  if (!(minimumCount >= 1))
    throw invalidOption('minimumCount', 'a number of at least 1', String(minimumCount))
  if (!(maximumSize >= 1)) throw invalidOption('maximumSize', 'a number of at least 1', String(maximumSize))
  const kept = new Set<number>()
  for (const word of keep) kept.add(words.indexOf(word))
  const chosen: number[] = []
  for (let index = 0; index < words.count; index++)
    if ((counts[index]! >= minimumCount || kept.has(index)) && eligible(index)) chosen.push(index)
  const byCount = (a: number, b: number): number => counts[b]! - counts[a]! || a - b
  chosen.sort(byCount)
  const room = Math.max(0, maximumSize - taken)
  if (chosen.length <= room) return chosen
  const first = chosen.filter(index => kept.has(index)).slice(0, room)
  const others = chosen.filter(index => !kept.has(index)).slice(0, room - first.length)
  return [...first, ...others].sort(byCount)
}

function indexIn(table: WordTable, from: WordTable, index: number): number {
  const bytes = from.bytesAt(index)
  return table.indexOfBytes(bytes, 0, bytes.length)
}

function addFrom(table: WordTable, from: WordTable, index: number): void {
  const bytes = from.bytesAt(index)
  table.addBytes(bytes, 0, bytes.length)
}
