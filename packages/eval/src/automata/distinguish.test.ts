import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  allWords,
  classOf,
  type Dfa,
  dfaFromTable,
  equivalence,
  minimise,
  randomAutomaton,
  separatingSet,
  stateAfter,
  wMethodSuite,
} from './index.ts'

const automata = (symbols = 3, classes = 3) =>
  fc.nat().map(seed => randomAutomaton(seed, { symbols, classes }))

const parity = dfaFromTable({
  next: [
    [0, 1],
    [1, 0],
  ],
  classes: [0, 1],
})
const endsInOneZero = dfaFromTable({
  next: [
    [0, 1],
    [2, 1],
    [0, 1],
  ],
  classes: [0, 0, 1],
})

/** Every automaton of so many states over two symbols, class 0 or 1 a state, starting in state 0. */
function* everyAutomaton(states: number): Generator<Dfa> {
  for (const edges of allWords(states, 2 * states)) {
    for (const classes of allWords(2, states))
      yield { symbols: 2, start: 0, next: Int32Array.from(edges), classes }
  }
}

test('the separating set tells all states of a minimal automaton apart', () => {
  fc.assert(
    fc.property(automata(), dfa => {
      const minimal = minimise(dfa)
      const words = separatingSet(minimal)
      expect(words[0]).toHaveLength(0)
      const signatures = [...minimal.classes.keys()].map(start =>
        words.map(word => minimal.classes[stateAfter({ ...minimal, start }, word)]).join(),
      )
      expect(new Set(signatures).size).toBe(minimal.classes.length)
    }),
  )
})

test.each([
  ['parity', parity, 3],
  ['ends in 10', endsInOneZero, 3],
  ['everything', dfaFromTable({ next: [[0, 0]], classes: [1] }), 3],
] as const)('the suite for %s finds every other automaton within its bound', (_, dfa, bound) => {
  const suite = [...wMethodSuite(dfa, bound)]
  const wanted = suite.map(word => classOf(dfa, word))
  let equal = 0
  let others = 0
  for (let states = 1; states <= bound; states++) {
    for (const other of everyAutomaton(states)) {
      const passes = suite.every((word, i) => classOf(other, word) === wanted[i])
      const { equal: same } = equivalence(dfa, other)
      if (passes !== same) expect([other, passes]).toEqual([other, same])
      if (same) equal++
      else others++
    }
  }
  expect(equal).toBeGreaterThan(0)
  expect(others).toBeGreaterThan(4000)
})

test('a smaller bound misses machines that a larger one finds', () => {
  // counts ones up to 3 and only then differs from parity
  const late = dfaFromTable({
    next: [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 3],
    ],
    classes: [0, 1, 0, 1],
  })
  const finds = (bound: number) =>
    [...wMethodSuite(parity, bound)].some(word => classOf(parity, word) !== classOf(late, word))
  expect([finds(2), finds(4)]).toEqual([false, true])
})

test('the suite is made as it is asked for, each word once', () => {
  const suite = wMethodSuite(parity, 40)
  const first: string[] = []
  for (const word of suite) {
    first.push(word.join(''))
    if (first.length === 5) break
  }
  expect(first).toHaveLength(5)
  const whole = wMethodSuite(endsInOneZero, 6)
  const words = [...whole].map(word => word.join(''))
  expect(new Set(words).size).toBe(words.length)
  expect(words.length).toBeLessThanOrEqual(whole.atMost)
  expect([whole.states, whole.bound]).toEqual([3, 6])
})
