/** Words with known classes as a tree of their prefixes: what state merging starts from. */
import type { Word } from '../languages/language.ts'

/** A word with what is known of its prefixes: `labels[t]` is the class of the first t symbols, −1 when unknown. */
export interface LabelledPrefixes {
  readonly word: Word
  readonly labels: Int16Array
}

/** A tree of prefixes; node 0 is the empty word, and numbers grow with length and then from left to right. */
export interface PrefixTree {
  readonly symbols: number
  readonly nodes: number
  /** Child by `node · symbols + symbol`; −1 when there is none. */
  readonly next: Int32Array
  /** Class of each node; −1 when unknown. */
  readonly labels: Int16Array
}

/**
 * The tree of some words. Of two labels for one prefix the first counts. Once the tree has `maximumNodes` nodes,
 * longer prefixes are left out.
 */
export function prefixTree(
  symbols: number,
  words: readonly LabelledPrefixes[],
  maximumNodes = Infinity,
): PrefixTree {
  const size = Math.min(
    maximumNodes,
    words.reduce((sum, { word }) => sum + word.length, 1),
  )
  const next = new Int32Array(size * symbols).fill(-1)
  const labels = new Int16Array(size).fill(-1)
  let nodes = 1
  for (const { word, labels: known } of words) {
    let node = 0
    for (let t = 0; ; t++) {
      if (labels[node] === -1) labels[node] = known[t] ?? -1
      if (t === word.length) break
      const edge = node * symbols + word[t]!
      if (next[edge] === -1) {
        if (nodes === size) break
        next[edge] = nodes++
      }
      node = next[edge]!
    }
  }
  return renumbered({ symbols, nodes, next, labels })
}

/** The tree with its nodes numbered breadth first. */
function renumbered({ symbols, nodes, next, labels }: PrefixTree): PrefixTree {
  const order = new Int32Array(nodes) // old number by new number
  const ordered = new Int32Array(nodes * symbols).fill(-1)
  let found = 1
  for (let node = 0; node < nodes; node++)
    for (let symbol = 0; symbol < symbols; symbol++) {
      const child = next[order[node]! * symbols + symbol]!
      if (child < 0) continue
      ordered[node * symbols + symbol] = found
      order[found++] = child
    }
  return { symbols, nodes, next: ordered, labels: Int16Array.from(order, old => labels[old]!) }
}
