/**
 * Two machines with a memory side by side: equal for words of every length when they act on their memories at the same
 * steps and answer alike wherever the reference is asked. The walk is over pairs of control states with the pair of
 * symbols in view; what may come into view once a pair is taken out is kept for each pair. Sufficient, not necessary.
 */
import type { MemoryTable } from './format.ts'
import {
  inputsIn,
  type MemoryOrder,
  type MemoryRow,
  NOTHING_ASKED,
  rowsByKey,
  type StringForm,
} from './memory-machine.ts'

/** Why two machines do not go hand in hand; when they do, the rows of the network that words can lead to. */
export type Bisimulation =
  | { readonly equal: true; readonly pairs: number; readonly used: readonly MemoryRow[] }
  | { readonly equal: false; readonly reason: string }

interface Pair {
  readonly left: number
  readonly right: number
}

interface Node {
  readonly phase: number
  readonly controls: Pair
  readonly seen: Pair
  /** The last that was put into a queue. */
  readonly last: Pair
}

const NONE: Pair = { left: 0, right: 0 }

/** Walks both machines. `reference` is the one whose answers are wanted; {@link NOTHING_ASKED} is always right. */
export function bisimulation(
  network: MemoryTable,
  reference: MemoryTable,
  order: MemoryOrder,
  form: StringForm,
): Bisimulation {
  const [left, right] = [rowsByKey(network), rowsByKey(reference)]
  const text = (pair: Pair) => `${pair.left},${pair.right}`
  /** What may lie under a pair (stack), or come after it (queue). */
  const beside = new Map<string, Map<string, Pair>>()
  const taken = new Map<string, Omit<Node, 'seen'>[]>()
  const nodes: Node[] = []
  const met = new Set<string>()
  const used = new Set<MemoryRow>()
  const meet = (node: Node) => {
    const key = [node.phase, text(node.controls), text(node.seen), text(node.last)].join(' ')
    if (!met.has(key)) nodes.push(node)
    met.add(key)
  }
  const allow = (pair: Pair, other: Pair) => {
    const known = beside.get(text(pair)) ?? new Map<string, Pair>()
    beside.set(text(pair), known)
    if (known.has(text(other))) return
    known.set(text(other), other)
    for (const after of taken.get(text(pair)) ?? []) meet({ ...after, seen: other })
  }
  const take = (pair: Pair, after: Omit<Node, 'seen'>) => {
    taken.set(text(pair), [...(taken.get(text(pair)) ?? []), after])
    for (const other of beside.get(text(pair))?.values() ?? []) meet({ ...after, seen: other })
  }
  meet({ phase: 0, controls: { left: network.start, right: reference.start }, seen: NONE, last: NONE })
  for (const { phase, controls, seen, last } of nodes) {
    for (const { input, after } of inputsIn(form, phase)) {
      const wanted = right.get(`${controls.right} ${seen.right} ${input}`)
      if (wanted === undefined) return { equal: false, reason: 'the reference has no row for what comes' }
      const inBlanks = after === form.delimiters + 1
      if (inBlanks && wanted.answer === NOTHING_ASKED) continue // the output is complete
      const own = left.get(`${controls.left} ${seen.left} ${input}`)
      if (own === undefined) return { equal: false, reason: 'the network has no row for what comes' }
      if (wanted.answer !== NOTHING_ASKED && wanted.answer !== own.answer) {
        return { equal: false, reason: `it answers ${own.answer} where ${wanted.answer} is wanted` }
      }
      if (own.action !== wanted.action) {
        return {
          equal: false,
          reason: `its action is ${own.action} where the reference's is ${wanted.action}`,
        }
      }
      used.add(own)
      const next = { phase: after, controls: { left: own.to, right: wanted.to } }
      if (own.action === 'none') meet({ ...next, seen, last })
      if (own.action === 'push') {
        const pushed = { left: own.pushed!, right: wanted.pushed! }
        const empty = seen.left === 0 && seen.right === 0
        if (order === 'stack') {
          allow(pushed, seen)
          meet({ ...next, seen: pushed, last: NONE })
        } else {
          if (!empty) allow(last, pushed)
          meet({ ...next, seen: empty ? pushed : seen, last: pushed })
        }
      }
      if (own.action === 'pop') {
        if (seen.left === 0 || seen.right === 0) {
          meet({ ...next, seen, last })
          continue
        }
        if (order === 'queue' && text(seen) === text(last)) meet({ ...next, seen: NONE, last: NONE })
        take(seen, { ...next, last: order === 'queue' ? last : NONE })
      }
    }
  }
  return { equal: true, pairs: nodes.length, used: [...used] }
}
