/**
 * L* for Moore automata (Angluin 1987) with the counterexamples of Rivest and Schapire (1993): a table of access words
 * by suffixes, in which only words that are known to lead to different states are expanded. Each counterexample adds
 * one suffix, the shortest that it yields, and with it at least one state.
 */
import type { Dfa } from '../automata/dfa.ts'
import type { Word } from '../languages/language.ts'
import { AccessStates } from './membership.ts'
import type { Subject } from './subject.ts'

/** A table that grows into an automaton. */
export class LStar {
  readonly #symbols: number
  readonly #limit: number
  readonly #rows: AccessStates
  readonly #suffixes: Word[] = [new Uint8Array(0)]
  readonly #texts: string[] = []
  /** Row of each state; states are in the order they were told apart. */
  readonly #stateRows: number[] = []
  /** Row of the first continuation of each state. */
  readonly #firstContinuation: number[] = []

  /** @param limit states after which `hypothesis` gives up */
  constructor(subject: Subject, limit: number) {
    this.#symbols = subject.symbols
    this.#limit = limit
    this.#rows = new AccessStates(subject)
  }

  /** Steps of the network so far. */
  get steps(): number {
    return this.#rows.steps
  }

  /** The automaton of the table so far; undefined when it has more states than the limit. */
  async hypothesis(): Promise<Dfa | undefined> {
    if (this.#rows.words.length === 0) {
      await this.#rows.addEmpty()
      await this.#fill()
    }
    if (this.#stateRows.length === 0) this.#stateRows.push(0)
    for (let state = 0; ; state++) {
      if (state === this.#stateRows.length && !this.#addMissingState()) break
      if (this.#stateRows.length > this.#limit) return undefined
      if (this.#firstContinuation[state] !== undefined) continue
      this.#firstContinuation[state] = this.#rows.words.length
      await this.#rows.addContinuations(this.#stateRows[state]!)
      await this.#fill()
    }
    const states = this.#states()
    const next = this.#firstContinuation.flatMap(first =>
      Array.from({ length: this.#symbols }, (_, symbol) => states.get(this.#texts[first + symbol]!)!),
    )
    const classes = this.#stateRows.map(row => this.#texts[row]!.charCodeAt(0)) // the empty suffix comes first
    return {
      symbols: this.#symbols,
      start: 0,
      next: Int32Array.from(next),
      classes: Uint8Array.from(classes),
    }
  }

  /**
   * Takes in a word that the network and the hypothesis answer differently; false where they do not when asked again,
   * as may be with a network whose answer depends on what else stands in the same call.
   */
  async refute(hypothesis: Dfa, word: Word): Promise<boolean> {
    const path = [hypothesis.start]
    for (const symbol of word) path.push(hypothesis.next[path.at(-1)! * this.#symbols + symbol]!)
    const rows = path.map(state => this.#stateRows[state]!)
    // entry i: the hypothesis reads i symbols, the network the rest
    const answers = await this.#rows.staircase(rows, word)
    for (let i = word.length - 1; i >= 0; i--) {
      if (answers[i] === answers[i + 1]) continue
      this.#suffixes.push(word.slice(i + 1))
      const column = await this.#rows.answers(word.slice(i + 1))
      for (const [row, answer] of column.entries()) this.#texts[row] += String.fromCharCode(answer)
      return true
    }
    return false
  }

  /** Fills in the rows that came last. */
  async #fill(): Promise<void> {
    const from = this.#texts.length
    const added: string[] = new Array(this.#rows.words.length - from).fill('')
    for (const suffix of this.#suffixes) {
      const answers = await this.#rows.answers(suffix, from)
      for (const [i, answer] of answers.entries()) added[i] += String.fromCharCode(answer)
    }
    this.#texts.push(...added)
  }

  #states(): Map<string, number> {
    return new Map(this.#stateRows.map((row, state) => [this.#texts[row]!, state]))
  }

  /** Makes a state of the first row that is like none. */
  #addMissingState(): boolean {
    const states = this.#states()
    const row = this.#texts.findIndex(text => !states.has(text))
    if (row < 0) return false
    this.#stateRows.push(row)
    return true
  }
}
