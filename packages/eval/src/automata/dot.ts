/** Automata as text for Graphviz. */
import { ElmanError } from '@elman/core'
import type { Dfa } from './dfa.ts'
import { reachableStates } from './minimise.ts'
import { coReachable } from './reach.ts'

/** How an automaton is labelled. */
export interface AutomatonLabels {
  /** Texts of the symbols; their numbers unless given. */
  readonly symbols?: readonly string[]
  /**
   * Texts of the classes. Given, each state shows its class; left out, states of class 1 are final and have a double
   * circle.
   */
  readonly classes?: readonly string[]
  /** Texts of the states; their numbers unless given. */
  readonly states?: readonly string[]
  /** Leaves out the states from which class 1 cannot be reached, as is usual for large automata. */
  readonly omitDead?: boolean
}

/** The colour of lines and letters in the text; {@link drawAutomaton} puts the page's own in its place. */
export const INK = '#1b1b1d'

const LINE_WIDTH = 18

/**
 * The automaton in the DOT language. Edges between the same states are one edge with all their symbols; states that
 * cannot be reached are left out. Labels may contain any characters.
 *
 * @throws ElmanError `AUTOMATON_LABELS` where there are fewer texts than symbols, classes or states.
 */
export function automatonToDot(dfa: Dfa, labels: AutomatonLabels = {}): string {
  const { symbols, start, next, classes } = dfa
  check('symbols', labels.symbols, symbols)
  check('classes', labels.classes, Math.max(...classes) + 1)
  check('states', labels.states, classes.length)
  const alive = labels.omitDead ? coReachable(dfa) : undefined
  const shown = new Set(reachableStates(dfa).filter(state => state === start || alive?.[state] !== 0))
  const lines = [
    'digraph automaton {',
    '  rankdir=LR; bgcolor=transparent; nodesep=0.35; ranksep=0.55; pad=0.1',
    `  node [shape=circle, fontname="Helvetica,Arial,sans-serif", fontsize=12, color="${INK}", fontcolor="${INK}", margin=0.05, width=0.45]`,
    `  edge [fontname="Helvetica,Arial,sans-serif", fontsize=11, color="${INK}", fontcolor="${INK}", arrowsize=0.7]`,
    '  start [shape=point, width=0.06, label=""]',
  ]
  for (const state of shown) {
    const own = classes[state]!
    const name = labels.states?.[state] ?? `${state}`
    const label = labels.classes === undefined ? name : `${name}\n${labels.classes[own]}`
    const final = labels.classes === undefined && own === 1
    lines.push(`  s${state} [label=${quoted(label)}${final ? ', shape=doublecircle' : ''}]`)
  }
  lines.push(`  start -> s${start}`)
  for (const state of shown) {
    const edges = new Map<number, string[]>()
    for (let symbol = 0; symbol < symbols; symbol++) {
      const to = next[state * symbols + symbol]!
      if (!shown.has(to)) continue
      edges.set(to, [...(edges.get(to) ?? []), labels.symbols?.[symbol] ?? `${symbol}`])
    }
    for (const [to, names] of edges) lines.push(`  s${state} -> s${to} [label=${quoted(wrapped(names))}]`)
  }
  return `${lines.join('\n')}\n}\n`
}

/** Names with commas, broken into lines where they get long. */
function wrapped(names: readonly string[]): string {
  const lines: string[] = []
  for (const [i, name] of names.entries()) {
    const item = i < names.length - 1 ? `${name},` : name
    const last = lines.at(-1)
    if (last === undefined || last.length + item.length >= LINE_WIDTH) lines.push(item)
    else lines[lines.length - 1] = `${last} ${item}`
  }
  return lines.join('\n')
}

/** A DOT string that stands for the text itself: no escapes of Graphviz, no entities. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
  return `"${escaped}"`
}

function check(what: string, texts: readonly string[] | undefined, needed: number): void {
  if (texts === undefined || texts.length >= needed) return
  throw new ElmanError('AUTOMATON_LABELS', {
    message: `the automaton has more ${what} than there are texts for them`,
    expected: `${needed} texts`,
    found: `${texts.length}`,
  })
}
