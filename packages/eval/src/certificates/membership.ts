/**
 * The answers of a network to words that begin alike, as L* asks them: for each access word the state it leads to is
 * kept, so a suffix costs its own steps only, and all rows go through it in one call a step.
 */
import type { Word } from '../languages/language.ts'
import { type Answered, type Subject, select } from './subject.ts'

/** Access words with the states behind them. */
export class AccessStates {
  /** Steps of the network so far. */
  steps = 0
  readonly words: Word[] = []
  readonly #subject: Subject
  #states: Answered = { states: new Float32Array(0), answers: new Uint8Array(0) }

  constructor(subject: Subject) {
    this.#subject = subject
  }

  /** Adds the empty word. */
  async addEmpty(): Promise<void> {
    this.#append(await this.#subject.start(), [new Uint8Array(0)])
  }

  /** Adds the one-symbol continuations of a word, in the order of symbols. */
  async addContinuations(row: number): Promise<void> {
    const { symbols, stateSize } = this.#subject
    const inputs = Uint8Array.from({ length: symbols }, (_, symbol) => symbol)
    const before = select(this.#states, new Int32Array(symbols).fill(row), stateSize)
    const after = await this.#step(before, inputs)
    this.#append(
      after,
      Array.from(inputs, symbol => Uint8Array.of(...this.words[row]!, symbol)),
    )
  }

  /** The answer of each row, from one on, when a suffix follows. */
  async answers(suffix: Word, from = 0): Promise<Uint8Array> {
    const rows = Int32Array.from({ length: this.words.length - from }, (_, i) => from + i)
    let at = select(this.#states, rows, this.#subject.stateSize)
    for (const symbol of suffix) at = await this.#step(at, new Uint8Array(rows.length).fill(symbol))
    return at.answers
  }

  /**
   * The answers to the words that start with a row's access word and go on with the word from a place on: entry i
   * belongs to `rows[i]` and the symbols from i on. One call a symbol, because all go through it side by side.
   */
  async staircase(rows: readonly number[], word: Word): Promise<Uint8Array> {
    const size = this.#subject.stateSize
    let at = select(this.#states, rows.slice(0, 1), size)
    for (let t = 0; t < word.length; t++) {
      const after = await this.#step(at, new Uint8Array(t + 1).fill(word[t]!))
      at = join(after, select(this.#states, [rows[t + 1]!], size))
    }
    return at.answers
  }

  async #step(before: Answered, symbols: Uint8Array): Promise<Answered> {
    this.steps += symbols.length
    return this.#subject.step(before, symbols)
  }

  #append(states: Answered, words: readonly Word[]): void {
    this.#states = join(this.#states, states)
    this.words.push(...words)
  }
}

function join(first: Answered, second: Answered): Answered {
  const states = new Float32Array(first.states.length + second.states.length)
  states.set(first.states)
  states.set(second.states, first.states.length)
  const answers = new Uint8Array(first.answers.length + second.answers.length)
  answers.set(first.answers)
  answers.set(second.answers, first.answers.length)
  return { states, answers }
}
