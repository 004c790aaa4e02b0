/**
 * A network and its reference seen alike: after every word, an answer. For classes the answer is the class. For
 * next-symbol flags it is their bit pattern, and a symbol that was flagged as impossible leads to the dead answer 0 for
 * good: so a network that was trained on words of the language alone has an answer to all words, and is right about
 * them exactly when all its flags are right on the words that can still become words of the language.
 */
import { ElmanError } from '@elman/core'
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'
import type { Language, Word } from '../languages/language.ts'
import { classesOf, type Recogniser, type RecogniserStates } from '../learners/recogniser.ts'

/** Rows of states with the answer of each. */
export interface Answered {
  /** (count, stateSize) */
  readonly states: Float32Array
  readonly answers: Uint8Array
}

/** A recogniser whose answers are numbers. */
export interface Subject {
  readonly symbols: number
  readonly stateSize: number
  readonly target: 'class' | 'flags'
  /** The state before the first symbol, one row. */
  start(): Promise<Answered>
  /** One step of each state with its symbol. */
  step(before: Answered, symbols: Uint8Array): Promise<Answered>
}

/** What gives the wanted answers; states are numbered as they are met. */
export interface Reference {
  readonly symbols: number
  readonly start: number
  /** The state after one more symbol. */
  next(state: number, symbol: number): number
  /** The wanted answer in a state. */
  answer(state: number): number
}

const LARGEST_ALPHABET_OF_FLAGS = 7

/**
 * The subject of a recogniser.
 *
 * @throws ElmanError `CERTIFICATE_ALPHABET` for flags of more than 7 symbols and the end.
 */
export function subjectOf(recogniser: Recogniser): Subject {
  const { symbols, stateSize, target, outputs } = recogniser
  if (target === 'class') {
    const answered = ({ states, logits }: RecogniserStates): Answered => ({
      states,
      answers: classesOf(logits, outputs),
    })
    return {
      ...{ symbols, stateSize, target },
      start: async () => answered(await recogniser.start()),
      step: async ({ states }, inputs) => answered(await recogniser.step(states, inputs)),
    }
  }
  if (symbols > LARGEST_ALPHABET_OF_FLAGS) {
    throw new ElmanError('CERTIFICATE_ALPHABET', {
      message: 'next-symbol flags of so many symbols cannot be certified',
      expected: `at most ${LARGEST_ALPHABET_OF_FLAGS} symbols`,
      found: `${symbols}`,
      hint: 'certify the view dense or recognise instead',
    })
  }
  const answered = ({ states, logits }: RecogniserStates): Answered => ({
    states,
    answers: patternsOf(logits, outputs),
  })
  return {
    ...{ symbols, stateSize, target },
    start: async () => answered(await recogniser.start()),
    async step({ states, answers }, inputs) {
      const after = answered(await recogniser.step(states, inputs))
      for (const [row, symbol] of inputs.entries()) {
        if ((answers[row]! >> symbol) & 1) continue
        after.answers[row] = 0
        after.states.fill(0, row * stateSize, (row + 1) * stateSize) // dead, whatever led here
      }
      return after
    },
  }
}

/** Bit patterns of rows of flag logits: bit k is flag k. */
function patternsOf(logits: Float32Array, outputs: number): Uint8Array {
  const patterns = new Uint8Array(logits.length / outputs)
  for (let row = 0; row < patterns.length; row++) {
    for (let k = 0; k < outputs; k++) if (logits[row * outputs + k]! > 0) patterns[row]! |= 1 << k
  }
  return patterns
}

/** An automaton whose classes are the wanted answers. */
export function automatonReference({ symbols, start, next, classes }: Dfa): Reference {
  return {
    ...{ symbols, start },
    next: (state, symbol) => next[state * symbols + symbol]!,
    answer: state => classes[state]!,
  }
}

/**
 * The wanted answers of a language; its machine's states get numbers as they are met.
 *
 * @throws ElmanError `CERTIFICATE_VIEW` where the language has no classes, or no next symbols and they are asked for.
 */
export function referenceOf({ id, alphabet, recognition }: Language, target: 'class' | 'flags'): Reference {
  const machine = recognition?.machine
  if (machine === undefined || (target === 'flags' && machine.next === undefined)) {
    throw new ElmanError('CERTIFICATE_VIEW', {
      message: `the language ${id} has no ${target === 'class' ? 'classes' : 'next symbols'} to certify`,
    })
  }
  const symbols = alphabet.length
  const states: unknown[] = []
  const numbers = new Map<string, number>()
  const next: number[] = []
  const answers: number[] = []
  const numberOf = (state: unknown): number => {
    const key = machine.key(state)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, states.length)
    answers.push(target === 'class' ? machine.classOf(state) : patternOf(machine.next!(state)))
    return states.push(state) - 1
  }
  return {
    symbols,
    start: numberOf(machine.start),
    next(state, symbol) {
      const edge = state * symbols + symbol
      next[edge] ??= numberOf(machine.step(states[state], symbol))
      return next[edge]
    },
    answer: state => answers[state]!,
  }
}

/** Bit pattern of flags. */
export function patternOf(flags: Uint8Array): number {
  return flags.reduce((pattern, flag, k) => pattern | (flag << k), 0)
}

/** The minimal automaton of the wanted answers; undefined where the language is not finite-state. */
export function referenceAutomaton(language: Language, target: 'class' | 'flags'): Dfa | undefined {
  const automaton = language.recognition?.machine.automaton
  if (automaton === undefined) return undefined
  if (target === 'class') return minimise(automaton)
  const reference = referenceOf(language, target)
  const { symbols } = reference
  const order = [reference.start]
  const seen = new Set(order)
  const next: number[] = []
  for (const state of order) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const to = reference.next(state, symbol)
      next[state * symbols + symbol] = to
      if (!seen.has(to)) order.push(to)
      seen.add(to)
    }
  }
  const classes = Uint8Array.from(seen, (_, state) => reference.answer(state))
  return minimise({ symbols, start: reference.start, next: Int32Array.from(next), classes })
}

/** Answers to all prefixes of words, the empty one first; shorter words fall out on the way. */
export async function answersAlong(subject: Subject, words: readonly Word[]): Promise<Uint8Array[]> {
  const answers = words.map(word => new Uint8Array(word.length + 1))
  let rows = words.map((_, i) => i)
  const first = await subject.start()
  let at = repeat(first, rows.length, subject.stateSize)
  for (const i of rows) answers[i]![0] = first.answers[0]!
  for (let t = 0; ; t++) {
    const going = rows.flatMap((i, row) => (words[i]!.length > t ? [row] : []))
    if (going.length === 0) return answers
    if (going.length < rows.length) at = select(at, going, subject.stateSize)
    rows = going.map(row => rows[row]!)
    at = await subject.step(
      at,
      Uint8Array.from(rows, i => words[i]![t]!),
    )
    for (const [row, i] of rows.entries()) answers[i]![t + 1] = at.answers[row]!
  }
}

/** Rows picked out. */
export function select({ states, answers }: Answered, rows: ArrayLike<number>, size: number): Answered {
  const picked = new Float32Array(rows.length * size)
  const pickedAnswers = new Uint8Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    picked.set(states.subarray(row * size, (row + 1) * size), i * size)
    pickedAnswers[i] = answers[row]!
  }
  return { states: picked, answers: pickedAnswers }
}

/** The first row, many times. */
export function repeat(at: Answered, count: number, size: number): Answered {
  return select(at, new Int32Array(count), size)
}
