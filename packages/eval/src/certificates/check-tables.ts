/**
 * What the checker of certificates computes about automata, written for it alone: it shares no code with what issues
 * certificates, so that a mistake there is not made twice.
 */
import type { AutomatonTable } from './format.ts'

/** What is wrong with the form of a table; undefined when nothing is. */
export function formProblem({ start, next, classes }: AutomatonTable, symbols: number): string | undefined {
  if (next.length !== classes.length) return `has ${next.length} rows and ${classes.length} classes`
  if (start >= next.length) return `starts in state ${start} of ${next.length}`
  for (const [state, row] of next.entries()) {
    if (row.length !== symbols) return `has ${row.length} next states in state ${state}, not ${symbols}`
    const outside = row.find(to => to >= next.length)
    if (outside !== undefined) return `goes from state ${state} to state ${outside}, which it does not have`
  }
  const met = new Set([start])
  for (const state of met) for (const to of next[state]!) met.add(to)
  return met.size === next.length ? undefined : `has ${next.length} states of which ${met.size} are reached`
}

/** The answer to a word. */
export function answerOf({ start, next, classes }: AutomatonTable, word: readonly number[]): number {
  return classes[word.reduce((state, symbol) => next[state]![symbol]!, start)]!
}

/**
 * A shortest word that two tables answer differently, of those the first by symbols; undefined when there is none.
 * Words are walked with the pair of states they lead to, and no pair is walked from twice.
 */
export function firstDifference(left: AutomatonTable, right: AutomatonTable): number[] | undefined {
  let level: { word: number[]; at: readonly [number, number] }[] = [
    { word: [], at: [left.start, right.start] },
  ]
  const met = new Set([`${left.start} ${right.start}`])
  while (level.length > 0) {
    const following: typeof level = []
    for (const { word, at } of level) {
      if (left.classes[at[0]] !== right.classes[at[1]]) return word
    }
    for (const { word, at } of level) {
      for (const [symbol, to] of left.next[at[0]]!.entries()) {
        const pair = [to, right.next[at[1]]![symbol]!] as const
        if (met.has(pair.join(' '))) continue
        met.add(pair.join(' '))
        following.push({ word: [...word, symbol], at: pair })
      }
    }
    level = following
  }
  return undefined
}

/** Number of states that no word tells apart from an earlier one, taken away: by marking pairs that differ. */
export function distinctStates({ next, classes }: AutomatonTable): number {
  const size = classes.length
  const differ = Array.from(classes, own => Uint8Array.from(classes, other => Number(own !== other)))
  for (let changed = true; changed; ) {
    changed = false
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        if (differ[i]![j] || !next[i]!.some((to, symbol) => differ[to]![next[j]![symbol]!])) continue
        differ[i]![j] = 1
        differ[j]![i] = 1
        changed = true
      }
    }
  }
  let distinct = 0
  for (let i = 0; i < size; i++) if (differ[i]!.slice(0, i).every(Boolean)) distinct++
  return distinct
}

/** Whether any two states answer some of the words differently. */
export function separatesAll(table: AutomatonTable, words: readonly (readonly number[])[]): boolean {
  const signatures = table.classes.map((_, start) =>
    words.map(own => answerOf({ ...table, start }, own)).join(' '),
  )
  return new Set(signatures).size === signatures.length
}

/** The words of the W-method's suite as texts with commas: reach and take each transition, go on freely, separate. */
export function suiteWords(
  { start, next }: AutomatonTable,
  extra: number,
  separating: readonly (readonly number[])[],
): Set<string> {
  // the access words: of the shortest to a state, the first by symbols
  const access = new Map<number, number[]>([[start, []]])
  for (const [state, word] of access) {
    for (const [symbol, to] of next[state]!.entries()) if (!access.has(to)) access.set(to, [...word, symbol])
  }
  const symbols = next[0]!.map((_, symbol) => symbol)
  let middles: number[][] = [[]]
  let beginnings: number[][] = [
    [],
    ...[...access.values()].flatMap(word => symbols.map(own => [...word, own])),
  ]
  const cover = beginnings
  for (let length = 1; length <= extra; length++) {
    middles = middles.flatMap(word => symbols.map(own => [...word, own]))
    beginnings = [...beginnings, ...cover.flatMap(word => middles.map(own => [...word, ...own]))]
  }
  return new Set(beginnings.flatMap(word => separating.map(own => [...word, ...own].join())))
}

/** Chance of at most so many errors in so many strings at a rate, summed term by term. */
export function chanceOfAtMost(errors: number, strings: number, rate: number): number {
  if (rate >= 1) return errors >= strings ? 1 : 0
  let logTerm = strings * Math.log1p(-rate)
  let sum = Math.exp(logTerm)
  for (let k = 1; k <= errors; k++) {
    logTerm += Math.log(((strings - k + 1) / k) * (rate / (1 - rate)))
    sum += Math.exp(logTerm)
  }
  return sum
}

/** Number of words of at most a length. */
export function wordsUpToLength(symbols: number, length: number): bigint {
  let total = 0n
  for (let n = 0; n <= length; n++) total += BigInt(symbols) ** BigInt(n)
  return total
}
