/** What tags can be guessed from words alone, and tags that only a memory of words can know. */
import { random } from '@elman/core'

/** Words with the classes of their tags. */
export interface TaggedWords {
  readonly words: readonly string[]
  /** Class of each word's tag. */
  readonly tags: Int32Array
}

/** How often each class occurs. */
export function tagCounts(tags: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (const tag of tags) counts[tag]! += 1
  return counts
}

/** The class with the highest count, the lowest among equals. */
export function mostFrequent(counts: Float64Array): number {
  let best = 0
  for (let kind = 1; kind < counts.length; kind++) if (counts[kind]! > counts[best]!) best = kind
  return best
}

/** Each word's most frequent tag in training; for unknown words the most frequent tag of all. */
export function mostFrequentTags(train: TaggedWords, words: readonly string[], classes: number): Int32Array {
  const byWord = new Map<string, Float64Array>()
  for (const [index, word] of train.words.entries()) {
    const counts = byWord.get(word) ?? new Float64Array(classes)
    counts[train.tags[index]!]! += 1
    byWord.set(word, counts)
  }
  const fallback = mostFrequent(tagCounts(train.tags, classes))
  return Int32Array.from(words, word => {
    const counts = byWord.get(word)
    return counts === undefined ? fallback : mostFrequent(counts)
  })
}

/**
 * The control task of Hewitt & Liang (2019): each word type, wherever it stands, has one tag, drawn by how often tags
 * occur. A probe that does well on it memorises words; what it scores above that on real tags is its selectivity.
 *
 * @param counts - Occurrences of each class in training.
 * @returns The control class of a word, also of one that training never showed.
 */
export function controlTask(counts: Float64Array, seed: number): (word: string) => number {
  const key = random.foldIn(random.key(seed), 'control task')
  const known = new Map<string, number>()
  return word => {
    const before = known.get(word)
    if (before !== undefined) return before
    const drawn = random.choice(random.foldIn(key, word), 1, counts.length, { weights: counts })[0]!
    known.set(word, drawn)
    return drawn
  }
}
