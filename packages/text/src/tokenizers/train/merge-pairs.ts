/**
 * Learns merges: again and again the best pair of neighbouring symbols becomes a symbol.
 *
 * All words lie in one linked list of symbols; each pair knows its places, and a merge visits those alone. Time grows
 * with the changes that merges make, not with merges times text, also for one word as long as the text.
 */
import { createPairHeap } from '../models/merge-heap.ts'

/**
 * Which pair is best: `count`, the most frequent (BPE, and the WordPiece trainer of Hugging Face), or `likelihood`, the
 * one with the largest count(ab) / (count(a) · count(b)) (Schuster & Nakajima 2012 as usually told).
 */
export type MergeScore = 'count' | 'likelihood'

/** Words as symbols, and when to stop. */
export interface MergeTask {
  readonly words: readonly { readonly symbols: readonly number[]; readonly count: number }[]
  readonly score: MergeScore
  /** Pairs that are rarer are not merged. */
  readonly minimumCount: number
  /**
   * Is told the next best pair and gives the symbol that it becomes, or undefined to stop.
   */
  merge(left: number, right: number): number | undefined
}

/** Symbols are below this, so that a pair of them is one exact number. */
const PAIR = 2 ** 25

/**
 * Merges until nothing is left to merge or `merge` stops it. Of equal pairs the one whose left symbol is smaller comes
 * first, then the one whose right symbol is; so the order of the words does not matter.
 */
export function mergePairs(task: MergeTask): void {
  const list = createSymbolList(task.words)
  const pairs = new Map<number, { count: number; places: number[] }>()
  const withSymbol = new Map<number, Set<number>>() // pairs of each symbol, for scores that depend on it
  const heap = createPairHeap()
  const byLikelihood = task.score === 'likelihood'

  const scoreOf = (key: number): number => {
    const count = pairs.get(key)?.count ?? 0
    if (!byLikelihood || count === 0) return -count
    return -count / (list.countOf(Math.floor(key / PAIR)) * list.countOf(key % PAIR))
  }
  const change = (left: number, right: number, count: number, place: number): number => {
    const key = left * PAIR + right
    let pair = pairs.get(key)
    if (pair === undefined) {
      pair = { count: 0, places: [] }
      pairs.set(key, pair)
      if (byLikelihood) for (const symbol of [left, right]) addTo(withSymbol, symbol, key)
    }
    pair.count += count
    if (count > 0) pair.places.push(place)
    return key
  }

  for (let at = 0; at < list.symbols.length; at++) {
    const right = list.next[at]!
    if (right >= 0) change(list.symbols[at]!, list.symbols[right]!, list.counts[at]!, at)
  }
  for (const key of pairs.keys()) heap.push(scoreOf(key), key)

  while (heap.size > 0) {
    const [score, key] = heap.pop()
    const pair = pairs.get(key)
    if (pair === undefined || pair.count <= 0) continue
    const now = scoreOf(key)
    if (now !== score) {
      if (now > score) heap.push(now, key) // it got worse; where it got better, a newer entry was before this one
      continue
    }
    if (pair.count < task.minimumCount) {
      if (byLikelihood) continue
      return
    }
    const left = Math.floor(key / PAIR)
    const right = key % PAIR
    const merged = task.merge(left, right)
    if (merged === undefined) return
    pairs.delete(key)
    const grown = new Set<number>()
    for (const at of pair.places.sort((a, b) => a - b)) {
      const after = list.next[at]!
      if (list.symbols[at] !== left || after < 0 || list.symbols[after] !== right) continue
      const count = list.counts[at]!
      const before = list.previous[at]!
      const beyond = list.next[after]!
      if (before >= 0) {
        const neighbour = list.symbols[before]!
        reduce(neighbour, left, count)
        grown.add(change(neighbour, merged, count, before))
      }
      if (beyond >= 0) {
        reduce(right, list.symbols[beyond]!, count)
        grown.add(change(merged, list.symbols[beyond]!, count, at))
      }
      list.join(at, after, merged)
    }
    if (byLikelihood) for (const symbol of [left, right, merged]) addAll(grown, withSymbol.get(symbol))
    for (const changed of grown) if (pairs.has(changed)) heap.push(scoreOf(changed), changed)
  }

  function reduce(left: number, right: number, count: number): void {
    const pair = pairs.get(left * PAIR + right)
    if (pair !== undefined) pair.count -= count
  }
}

function createSymbolList(words: MergeTask['words']) {
  const length = words.reduce((sum, { symbols }) => sum + symbols.length, 0)
  const symbols = new Int32Array(length)
  const next = new Int32Array(length).fill(-1)
  const previous = new Int32Array(length).fill(-1)
  const counts = new Float64Array(length) // of the word that a symbol is in
  const totals = new Map<number, number>()
  const add = (symbol: number, count: number) => totals.set(symbol, (totals.get(symbol) ?? 0) + count)
  let at = 0
  for (const word of words) {
    word.symbols.forEach((symbol, i) => {
      symbols[at] = symbol
      counts[at] = word.count
      if (i > 0) previous[at] = at - 1
      if (i + 1 < word.symbols.length) next[at] = at + 1
      add(symbol, word.count)
      at += 1
    })
  }
  return {
    symbols,
    next,
    previous,
    counts,
    countOf: (symbol: number): number => totals.get(symbol) ?? 0,
    /** Makes two neighbours one. */
    join(left: number, right: number, merged: number): void {
      add(symbols[left]!, -counts[left]!)
      add(symbols[right]!, -counts[left]!)
      add(merged, counts[left]!)
      symbols[left] = merged
      symbols[right] = -1
      next[left] = next[right]!
      if (next[left]! >= 0) previous[next[left]!] = left
    },
  }
}

function addTo(sets: Map<number, Set<number>>, symbol: number, key: number): void {
  const set = sets.get(symbol)
  if (set === undefined) sets.set(symbol, new Set([key]))
  else set.add(key)
}

function addAll(into: Set<number>, keys: ReadonlySet<number> | undefined): void {
  for (const key of keys ?? []) into.add(key)
}
