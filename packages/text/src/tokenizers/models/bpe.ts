/**
 * Byte-pair encoding (Sennrich et al. 2016): the characters of a word are merged pair by pair, the merge that was
 * learned first always first, the leftmost of equals.
 *
 * A linked list and a heap make it O(n log n) in the length of a word, so text without spaces is no trap.
 */
import { type BpeJson, invalid } from '../pipeline/tokenizer-json.ts'
import { createPairHeap } from './merge-heap.ts'
import {
  byteTokens,
  cached,
  type ModelVocabulary,
  modelVocabulary,
  type TokenModel,
  type WordTokens,
} from './model.ts'

/** Ids are below this, so that a pair of them is one exact number. */
const PAIR = 2 ** 25

/**
 * @throws `TOKENIZER_INVALID` when a merge names a token that is not there.
 */
export function bpeModel(json: BpeJson, where: string): TokenModel {
  const vocabulary = modelVocabulary(Object.entries(json.vocab), found => invalid(found, where))
  const { ids } = vocabulary
  const unknown = json.unk_token === null ? undefined : ids.get(json.unk_token)
  if (json.unk_token !== null && unknown === undefined) {
    throw invalid(`unk_token ${JSON.stringify(json.unk_token)} is not in vocab`, where)
  }
  const merges = readMerges(json, vocabulary, where)
  const split = firstSymbols(json, ids, unknown)
  const cut = (word: string): WordTokens => {
    const whole = json.ignore_merges ? ids.get(word) : undefined
    if (whole !== undefined) return { ids: [whole], spans: [0, word.length] }
    return mergePairs(split(word), merges)
  }
  return { vocabulary, unknown, cut: cached(cut) }
}

/** Rank of each pair that is merged, and the token it makes. */
interface Merges {
  readonly ranks: ReadonlyMap<number, number>
  readonly results: readonly number[]
}

function readMerges(json: BpeJson, { ids }: ModelVocabulary, where: string): Merges {
  const ranks = new Map<number, number>()
  const results: number[] = []
  const prefix = json.continuing_subword_prefix?.length ?? 0
  json.merges.forEach((merge, rank) => {
    const [left, right] = typeof merge === 'string' ? splitMerge(merge, rank, where) : merge
    const [a, b, both] = [left, right, left + right.slice(prefix)].map(token => {
      const id = ids.get(token)
      if (id === undefined)
        throw invalid(`merge ${rank} names ${JSON.stringify(token)}, which is not in vocab`, where)
      return id
    }) as [number, number, number]
    ranks.set(a * PAIR + b, rank)
    results.push(both)
  })
  return { ranks, results }
}

function splitMerge(merge: string, rank: number, where: string): [string, string] {
  const parts = merge.split(' ')
  if (parts.length !== 2) throw invalid(`merge ${rank} is not two tokens: ${JSON.stringify(merge)}`, where)
  return [parts[0]!, parts[1]!]
}

/** Tokens of a word's characters, before anything is merged. */
function firstSymbols(
  json: BpeJson,
  ids: ReadonlyMap<string, number>,
  unknown: number | undefined,
): (word: string) => WordTokens {
  const prefix = json.continuing_subword_prefix ?? ''
  const suffix = json.end_of_word_suffix ?? ''
  return word => {
    const found: number[] = []
    const spans: number[] = []
    let lastUnknown = false
    let at = 0
    for (const sign of word) {
      const begin = at
      at += sign.length
      const token = (begin === 0 ? '' : prefix) + sign + (at === word.length ? suffix : '')
      const id = ids.get(token)
      const bytes = id === undefined && json.byte_fallback ? byteTokens(token).map(name => ids.get(name)) : []
      if (id !== undefined) {
        found.push(id)
        spans.push(begin, at)
      } else if (bytes.length > 0 && bytes.every(byte => byte !== undefined)) {
        for (const byte of bytes) {
          found.push(byte)
          spans.push(begin, at)
        }
      } else if (unknown !== undefined && lastUnknown && json.fuse_unk) {
        spans[spans.length - 1] = at
      } else if (unknown !== undefined) {
        found.push(unknown)
        spans.push(begin, at)
      }
      lastUnknown = found.at(-1) === unknown && id === undefined
    }
    return { ids: found, spans }
  }
}

function mergePairs({ ids, spans }: WordTokens, { ranks, results }: Merges): WordTokens {
  const count = ids.length
  if (count < 2) return { ids, spans }
  const symbol = Int32Array.from(ids)
  const next = Int32Array.from(ids, (_, i) => (i + 1 < count ? i + 1 : -1))
  const previous = Int32Array.from(ids, (_, i) => i - 1)
  const end = Int32Array.from(ids, (_, i) => spans[2 * i + 1]!)
  const gone = new Uint8Array(count)
  const heap = createPairHeap()
  const offer = (at: number): void => {
    const right = at < 0 ? -1 : next[at]!
    if (right < 0) return
    const rank = ranks.get(symbol[at]! * PAIR + symbol[right]!)
    if (rank !== undefined) heap.push(rank, at)
  }
  for (let at = 0; at < count; at++) offer(at)
  while (heap.size > 0) {
    const [rank, at] = heap.pop()
    const right = next[at]!
    // Old entries stay in the heap; one that no longer says what stands there is passed over.
    if (gone[at] === 1 || right < 0 || ranks.get(symbol[at]! * PAIR + symbol[right]!) !== rank) continue
    symbol[at] = results[rank]!
    end[at] = end[right]!
    gone[right] = 1
    next[at] = next[right]!
    if (next[at]! >= 0) previous[next[at]!] = at
    offer(previous[at]!)
    offer(at)
  }
  const mergedIds: number[] = []
  const mergedSpans: number[] = []
  for (let at = 0; at >= 0; at = next[at]!) {
    mergedIds.push(symbol[at]!)
    mergedSpans.push(spans[2 * at]!, end[at]!)
  }
  return { ids: mergedIds, spans: mergedSpans }
}
