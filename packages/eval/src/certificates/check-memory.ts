/**
 * Whether a network's control table does what the language's does, worked out by the checker on its own: both tables
 * are run on all short words, and the pairs of configurations that words of any length can lead to are closed under
 * every step.
 */
import type { Language } from '../languages/language.ts'
import type { Certificate, MemoryTable } from './format.ts'

type Memory = NonNullable<Certificate['evidence']['memory']>
type Row = MemoryTable['rows'][number]

/** The answer at steps that are not asked about. */
const FREE = 255
/** Words that are run, at most. */
const MANY_WORDS = 70_000

/** What is wrong; undefined without such evidence. */
export function memoryProblems(certificate: Certificate, language?: Language): string[] | undefined {
  const { memory } = certificate.evidence
  if (memory === undefined) return undefined
  const symbols = certificate.language.alphabet.length
  const problems = [
    ...tableProblems('memory.table', memory.table, symbols, memory.delimiters),
    ...tableProblems('memory.reference', memory.reference, symbols, memory.delimiters),
  ]
  if (certificate.language.classes.length > 0) problems.push('memory: the language is no function')
  if (problems.length > 0) return problems
  const transduction = language?.transduction
  if (language !== undefined && transduction === undefined) return ['memory: the language is no function']
  if (transduction !== undefined && transduction.delimiters !== memory.delimiters) {
    return [`memory.delimiters: the language has ${transduction.delimiters}`]
  }
  if (symbols ** memory.length > MANY_WORDS) return ['memory.length: so many words are not run again']
  const [ours, theirs] = [index(memory.table), index(memory.reference)]
  for (const word of words(symbols, memory.length)) {
    const wanted = transduction ? [...transduction.transduce(Uint8Array.from(word))] : undefined
    const reference = run(memory, { ...memory.reference, byKey: theirs }, word, wanted?.length)
    if (wanted !== undefined && reference.join() !== wanted.join()) {
      return [`memory.reference: wrong about ${word.join(' ') || 'the empty word'}`]
    }
    if (run(memory, { ...memory.table, byKey: ours }, word, reference.length).join() !== reference.join()) {
      return [`memory.table: wrong about ${word.join(' ') || 'the empty word'}`]
    }
  }
  return closureProblems(memory, symbols)
}

function tableProblems(name: string, table: MemoryTable, symbols: number, delimiters: number): string[] {
  const inputs = symbols + (delimiters > 0 ? 2 : 1)
  const problems: string[] = []
  const keys = new Set<string>()
  const used = { controls: new Set([table.start]), symbols: new Set<number>() }
  if (table.start >= table.controls) problems.push(`${name}.start: no such control state`)
  for (const row of table.rows) {
    const key = keyOf(row.control, row.seen, row.input)
    if (keys.has(key)) problems.push(`${name}: two rows for ${key}`)
    keys.add(key)
    if (row.control >= table.controls || row.to >= table.controls)
      problems.push(`${name}: no such control state`)
    if (row.seen > table.symbols || (row.pushed ?? 0) > table.symbols)
      problems.push(`${name}: no such symbol`)
    if (row.input >= inputs) problems.push(`${name}: no such input`)
    if ((row.action === 'push') !== (row.pushed !== undefined))
      problems.push(`${name}: a push, and only one, puts`)
    if (row.pushed === 0) problems.push(`${name}: nothing is put into the memory`)
    used.controls.add(row.control).add(row.to)
    if (row.pushed !== undefined) used.symbols.add(row.pushed)
  }
  if (used.controls.size !== table.controls) problems.push(`${name}.controls: ${used.controls.size} are used`)
  if (used.symbols.size !== table.symbols) problems.push(`${name}.symbols: ${used.symbols.size} are used`)
  return problems
}

function keyOf(control: number, seen: number, input: number): string {
  return `control ${control}, seen ${seen}, input ${input}`
}

function index({ rows }: MemoryTable): Map<string, Row> {
  const byKey = new Map<string, Row>()
  for (const row of rows) byKey.set(keyOf(row.control, row.seen, row.input), row)
  return byKey
}

/** What a table writes; without a length, until it answers nothing. */
function run(
  { kind, delimiters, reference }: Memory,
  { start, byKey }: { readonly start: number; readonly byKey: ReadonlyMap<string, Row> },
  word: number[],
  length?: number,
): number[] {
  const special = specialInputs(reference, delimiters)
  let held: number[] = []
  let control = start
  const step = (input: number): number => {
    const seen = held.length === 0 ? 0 : kind === 'stack' ? held[held.length - 1]! : held[0]!
    const row = byKey.get(keyOf(control, seen, input))
    if (row === undefined) return FREE
    control = row.to
    if (row.action === 'push') held = [...held, row.pushed!]
    if (row.action === 'pop') held = kind === 'stack' ? held.slice(0, -1) : held.slice(1)
    return row.answer
  }
  for (const symbol of word) step(symbol)
  for (let i = 0; i < delimiters; i++) step(special.delimiter)
  const written: number[] = []
  for (let i = 0; i < (length ?? 4 * word.length + 4); i++) {
    const answer = step(special.blank)
    if (length === undefined && answer === FREE) break
    written.push(answer)
  }
  return written
}

/** The special inputs: the largest input of the reference is the blank. */
function specialInputs({ rows }: MemoryTable, delimiters: number): { delimiter: number; blank: number } {
  const blank = Math.max(...rows.map(({ input }) => input))
  return { delimiter: delimiters > 0 ? blank - 1 : blank, blank }
}

function* words(symbols: number, longest: number): Generator<number[]> {
  let level: number[][] = [[]]
  for (let length = 0; length <= longest; length++) {
    yield* level
    if (length === longest) return
    level = level.flatMap(word => Array.from({ length: symbols }, (_, symbol) => [...word, symbol]))
  }
}

/**
 * The closure: configurations are kept as phase, the two control states, the two symbols in view, and the two that were
 * put in last (queue). What may come into view is a relation among pairs of symbols; rounds go on until neither grows.
 */
function closureProblems(memory: Memory, symbols: number): string[] {
  const { kind, delimiters, table, reference } = memory
  const ours = index(table)
  const theirs = index(reference)
  const blank = symbols + (delimiters > 0 ? 1 : 0)
  const configurations = new Set([JSON.stringify([0, table.start, reference.start, 0, 0, 0, 0])])
  const follows = new Set<string>() // "a b: c d": once the pair a b is gone, c d may be in view
  for (let before = -1; before !== configurations.size + follows.size; ) {
    before = configurations.size + follows.size
    for (const text of [...configurations]) {
      const [phase, p, q, seenP, seenQ, lastP, lastQ] = JSON.parse(text) as number[]
      const inputs: [number, number][] = []
      if (phase === 0) for (let symbol = 0; symbol < symbols; symbol++) inputs.push([symbol, 0])
      inputs.push(phase! < delimiters ? [symbols, phase! + 1] : [blank, delimiters + 1])
      for (const [input, after] of inputs) {
        const wanted = theirs.get(keyOf(q!, seenQ!, input))
        if (wanted === undefined) return [`memory.reference: no row for ${keyOf(q!, seenQ!, input)}`]
        if (after === delimiters + 1 && wanted.answer === FREE) continue
        const own = ours.get(keyOf(p!, seenP!, input))
        if (own === undefined) return [`memory.table: no row for ${keyOf(p!, seenP!, input)}`]
        if (wanted.answer !== FREE && own.answer !== wanted.answer) {
          return [`memory.table: answers ${own.answer} for ${wanted.answer} at ${keyOf(p!, seenP!, input)}`]
        }
        if (own.action !== wanted.action)
          return [`memory.table: another action at ${keyOf(p!, seenP!, input)}`]
        const go = (...rest: number[]) =>
          configurations.add(JSON.stringify([after, own.to, wanted.to, ...rest]))
        const here = `${seenP} ${seenQ}: `
        if (own.action === 'none') go(seenP!, seenQ!, lastP!, lastQ!)
        else if (own.action === 'push' && kind === 'stack') {
          follows.add(`${own.pushed} ${wanted.pushed}: ${seenP} ${seenQ}`)
          go(own.pushed!, wanted.pushed!, 0, 0)
        } else if (own.action === 'push') {
          const empty = seenP === 0 && seenQ === 0
          if (!empty) follows.add(`${lastP} ${lastQ}: ${own.pushed} ${wanted.pushed}`)
          const [inP, inQ] = empty ? [own.pushed!, wanted.pushed!] : [seenP!, seenQ!]
          go(inP, inQ, own.pushed!, wanted.pushed!)
        } else if (seenP === 0 || seenQ === 0) {
          if (seenP !== seenQ) return ['memory.table: one memory is empty and the other is not']
          go(0, 0, 0, 0)
        } else {
          if (kind === 'queue' && seenP === lastP && seenQ === lastQ) go(0, 0, 0, 0)
          for (const pair of follows) {
            if (!pair.startsWith(here)) continue
            const [nextP, nextQ] = pair.slice(here.length).split(' ').map(Number) as [number, number]
            go(nextP, nextQ, kind === 'queue' ? lastP! : 0, kind === 'queue' ? lastQ! : 0)
          }
        }
      }
    }
  }
  return []
}
