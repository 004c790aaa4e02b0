/**
 * Learning an automaton from labelled words by merging states of their prefix tree: RPNI (Oncina & García 1992) and
 * its evidence-driven form (Lang, Pearlmutter & Price 1998), on Moore automata. Red states are kept, blue ones are
 * their children; each blue state is merged into a red one or becomes red.
 */
import type { Dfa } from '../automata/dfa.ts'
import type { PrefixTree } from './prefix-tree.ts'
import { mostFrequent } from './table.ts'

/** Options of {@link mergeStates}. */
export interface StateMergingOptions {
  /**
   * `evidence`: of the first few blue states and all red ones, the pair whose merging brings most equal labels
   * together. `shortlex`: the first blue state into the first red one that fits, which finds the language from a
   * characteristic sample. Default `evidence`.
   */
  readonly order?: 'evidence' | 'shortlex'
  /** Most states of the result, with the one for what was never seen. Default 32. */
  readonly maximumStates?: number
}

const WINDOW = 8 // blue states looked at for one merge

/** A graph whose changes can be taken back. */
class MergeGraph {
  readonly symbols: number
  readonly next: Int32Array
  readonly labels: Int16Array
  #changes: number[] = [] // edge, old value; or −1 − node, old label

  constructor({ symbols, next, labels }: PrefixTree) {
    this.symbols = symbols
    this.next = next.slice()
    this.labels = labels.slice()
  }

  /** Takes back everything since the last call of `keep`. */
  takeBack(): void {
    const changes = this.#changes
    for (let i = changes.length - 2; i >= 0; i -= 2) {
      const place = changes[i]!
      if (place >= 0) this.next[place] = changes[i + 1]!
      else this.labels[-1 - place] = changes[i + 1]!
    }
    changes.length = 0
  }

  keep(): void {
    this.#changes.length = 0
  }

  /**
   * Turns an edge to a tree into one to `target`, and folds the tree into the graph from there. Gives the pairs of
   * equal labels that met, less those that were unequal; when those are not tolerated, undefined at the first of them.
   */
  merge(edge: number, target: number, tolerant: boolean): number | undefined {
    const { next, labels, symbols } = this
    const stack = [target, next[edge]!]
    this.#link(edge, target)
    let score = 0
    while (stack.length > 0) {
      const source = stack.pop()!
      const into = stack.pop()!
      const label = labels[source]!
      if (label >= 0) {
        if (labels[into]! < 0) {
          this.#changes.push(-1 - into, labels[into]!)
          labels[into] = label
        } else if (labels[into] === label) score++
        else if (tolerant) score--
        else return undefined
      }
      for (let symbol = 0; symbol < symbols; symbol++) {
        const child = next[source * symbols + symbol]!
        if (child < 0) continue
        const own = next[into * symbols + symbol]!
        if (own < 0) this.#link(into * symbols + symbol, child)
        else stack.push(own, child)
      }
    }
    return score
  }

  #link(edge: number, node: number): void {
    this.#changes.push(edge, this.next[edge]!)
    this.next[edge] = node
  }
}

/**
 * The automaton that merging gives. When no more states are allowed, a state that fits nowhere is folded into the one
 * with which it disagrees least. What was never seen leads to a state that stays where it is and has the tree's most
 * frequent class.
 */
export function mergeStates(tree: PrefixTree, options: StateMergingOptions = {}): Dfa {
  const { order = 'evidence', maximumStates = 32 } = options
  const { symbols } = tree
  const graph = new MergeGraph(tree)
  const red = [0]
  const isRed = new Uint8Array(tree.nodes)
  isRed[0] = 1
  const blueEdges = (): number[] =>
    red
      .flatMap(state => Array.from({ length: symbols }, (_, symbol) => state * symbols + symbol))
      .filter(edge => graph.next[edge]! >= 0 && isRed[graph.next[edge]!] === 0)
      .sort((a, b) => graph.next[a]! - graph.next[b]!)

  /** Best red state for a blue one. */
  const bestTarget = (edge: number, tolerant: boolean): { target: number; score: number } | undefined => {
    let best: { target: number; score: number } | undefined
    for (const target of red) {
      const score = graph.merge(edge, target, tolerant)
      graph.takeBack()
      if (score === undefined || (best !== undefined && score <= best.score)) continue
      best = { target, score }
      if (order === 'shortlex') break
    }
    return best
  }

  for (let blue = blueEdges(); blue.length > 0; blue = blueEdges()) {
    let best: { edge: number; target: number; score: number } | undefined
    let misfit: number | undefined
    for (const edge of blue.slice(0, order === 'shortlex' ? 1 : WINDOW)) {
      const found = bestTarget(edge, false)
      if (found === undefined) misfit = edge
      if (misfit !== undefined) break
      if (found !== undefined && (best === undefined || found.score > best.score)) best = { edge, ...found }
    }
    if (misfit !== undefined && red.length < maximumStates - 1) {
      const state = graph.next[misfit]!
      isRed[state] = 1
      red.push(state)
      continue
    }
    const chosen = misfit === undefined ? best! : { edge: misfit, ...bestTarget(misfit, true)! }
    graph.merge(chosen.edge, chosen.target, misfit !== undefined)
    graph.keep()
  }
  return automatonOf(tree, graph, red)
}

function automatonOf(tree: PrefixTree, graph: MergeGraph, red: readonly number[]): Dfa {
  const { symbols } = tree
  const counts: number[] = []
  for (const label of tree.labels) if (label >= 0) counts[label] = (counts[label] ?? 0) + 1
  const majority = mostFrequent(counts)
  const numbers = new Map(red.map((node, state) => [node, state]))
  const edges = red.flatMap(node =>
    Array.from(
      { length: symbols },
      (_, symbol) => numbers.get(graph.next[node * symbols + symbol]!) ?? red.length,
    ),
  )
  const classes = red.map(node => (graph.labels[node]! < 0 ? majority : graph.labels[node]!))
  if (edges.includes(red.length)) {
    edges.push(...Array.from({ length: symbols }, () => red.length))
    classes.push(majority)
  }
  return { symbols, start: 0, next: Int32Array.from(edges), classes: Uint8Array.from(classes) }
}
