/**
 * The machine of a context-free grammar: Earley's parser (1970), one set of items a symbol, with the treatment of
 * empty words by Aycock & Horspool (2002). As every production takes part in some word, a prefix has items exactly if
 * a word of the language begins with it, so next symbols are exact.
 */
import type { Machine } from '../languages/machine.ts'
import { type Grammar, type GrammarDescription, grammarOf, type Production, variableOf } from './grammar.ts'

/** A production read up to the dot, begun where `origin` is. */
export interface Item {
  readonly production: Production
  readonly dot: number
  readonly origin: ItemSet
}

/** What the parser knows after a prefix. It refers to earlier sets, so it is a state of its own. */
export interface ItemSet {
  readonly items: readonly Item[]
  /** The prefix. */
  readonly word: readonly number[]
}

/**
 * The machine of a grammar, ambiguous or not. Class 1 is "in the language". A step takes time that grows with the
 * prefix, at worst with its square.
 *
 * @throws ElmanError `GRAMMAR_INVALID`.
 */
export function grammarMachine(description: GrammarDescription): Machine<ItemSet> {
  const grammar = grammarOf(description)
  const start = completed(grammar, [], grammar.of[0]!, [])
  const accepts = ({ items }: ItemSet) =>
    items.some(({ production, dot, origin }) => {
      return production.variable === 0 && dot === production.parts.length && origin.word.length === 0
    })
  return {
    kind: 'grammar',
    start,
    step({ items, word }, symbol) {
      const moved = items
        .filter(({ production, dot }) => production.parts[dot] === symbol)
        .map(item => ({ ...item, dot: item.dot + 1 }))
      return completed(grammar, moved, [], [...word, symbol])
    },
    classOf: set => Number(accepts(set)),
    key: ({ word }) => word.join(' '),
    next(set) {
      const flags = new Uint8Array(grammar.symbols + 1)
      for (const { production, dot } of set.items) {
        const part = production.parts[dot]
        if (part !== undefined && part >= 0) flags[part] = 1
      }
      flags[grammar.symbols] = Number(accepts(set))
      return flags
    },
  }
}

/** The set with everything that its items let begin or end. */
function completed(
  { of, shortest }: Grammar,
  moved: readonly Item[],
  begun: readonly Production[],
  word: readonly number[],
): ItemSet {
  const items: Item[] = []
  const set: ItemSet = { items, word }
  const seen = new Map<Production, Set<string>>()
  const add = (production: Production, dot: number, origin: ItemSet): void => {
    const own = seen.get(production) ?? new Set<string>()
    seen.set(production, own)
    const key = `${dot} ${origin.word.length}`
    if (own.has(key)) return
    own.add(key)
    items.push({ production, dot, origin })
  }
  for (const { production, dot, origin } of moved) add(production, dot, origin)
  for (const production of begun) add(production, 0, set)
  for (const { production, dot, origin } of items) {
    const part = production.parts[dot]
    if (part === undefined) {
      for (const waiting of origin.items) {
        const expected = waiting.production.parts[waiting.dot]
        if (expected === undefined || variableOf(expected) !== production.variable) continue
        add(waiting.production, waiting.dot + 1, waiting.origin)
      }
      continue
    }
    const variable = variableOf(part)
    if (variable < 0) continue
    for (const next of of[variable]!) add(next, 0, set)
    if (shortest[variable] === 0) add(production, dot + 1, origin)
  }
  return set
}
