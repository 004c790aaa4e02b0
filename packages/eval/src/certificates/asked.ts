/**
 * Languages that ask about some words only (values of expressions, say): words that are never asked about get the class
 * 0, "not asked", in network and language alike, and the classes of the others move up by one.
 */
import type { Dfa } from '../automata/dfa.ts'
import { product } from '../automata/product.ts'
import { coReachable } from '../automata/reach.ts'
import type { Language } from '../languages/language.ts'
import type { Machine } from '../languages/machine.ts'
import type { Recogniser, RecogniserStates } from '../learners/recogniser.ts'

/** Name of the class of words that are not asked about. */
export const NOT_ASKED = 'not asked'

/** The language with a class for words outside its domain; itself when it asks about all words. */
export function askedLanguage(language: Language): Language {
  const { recognition } = language
  const domain = recognition?.domain
  if (recognition === undefined || domain === undefined) return language
  const machine = recognition.machine as Machine
  const after = (state: number, symbol: number) => domain.next[state * domain.symbols + symbol]!
  const masked: Machine<readonly [unknown, number]> = {
    kind: machine.kind,
    start: [machine.start, domain.start],
    step: ([state, place], symbol) => [machine.step(state, symbol), after(place, symbol)],
    classOf: ([state, place]) => (domain.classes[place] === 1 ? machine.classOf(state) + 1 : 0),
    key: ([state, place]) => `${place} ${machine.key(state)}`,
    ...(machine.automaton && {
      automaton: product(machine.automaton, domain, (own, asked) => (asked === 1 ? own + 1 : 0)),
    }),
  }
  return {
    ...language,
    recognition: {
      ...recognition,
      classes: [NOT_ASKED, ...recognition.classes],
      machine: masked as unknown as Machine,
      classOf(word) {
        let place = domain.start
        for (const symbol of word) place = after(place, symbol)
        return domain.classes[place] === 1 ? recognition.classOf(word) + 1 : 0
      },
    },
  }
}

/** So far apart that no tolerance takes two states of the domain for one. */
const APART = 1000

/**
 * The recogniser with the domain's state as one more number of its own state, and "not asked" as its first class.
 * States from which nothing is asked any more are one.
 */
export function askedRecogniser(recogniser: Recogniser, domain: Dfa): Recogniser {
  const { stateSize, outputs } = recogniser
  const size = stateSize + 1
  const alive = coReachable(domain)
  const dead = alive.indexOf(0)
  const joined = ({ states, logits }: RecogniserStates, places: readonly number[]): RecogniserStates => {
    const after = new Float32Array(places.length * size)
    const answers = new Float32Array(places.length * (outputs + 1)).fill(Number.NEGATIVE_INFINITY)
    for (const [row, place] of places.entries()) {
      if (alive[place]) after.set(states.subarray(row * stateSize, (row + 1) * stateSize), row * size)
      after[row * size + stateSize] = APART * (alive[place] ? place : dead)
      if (domain.classes[place] !== 1) answers[row * (outputs + 1)] = 0
      else answers.set(logits.subarray(row * outputs, (row + 1) * outputs), row * (outputs + 1) + 1)
    }
    return { states: after, logits: answers }
  }
  return {
    ...recogniser,
    stateSize: size,
    outputs: outputs + 1,
    parts: [...recogniser.parts, { name: 'domain', size: 1 }],
    start: async () => joined(await recogniser.start(), [domain.start]),
    async step(states, symbols) {
      const own = new Float32Array(symbols.length * stateSize)
      const places: number[] = []
      for (const [row, symbol] of symbols.entries()) {
        own.set(states.subarray(row * size, row * size + stateSize), row * stateSize)
        const place = Math.round(states[row * size + stateSize]! / APART)
        places.push(domain.next[place * domain.symbols + symbol]!)
      }
      return joined(await recogniser.step(own, symbols), places)
    },
  }
}
