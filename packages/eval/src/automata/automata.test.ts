import { isElmanError } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  accessWords,
  allWords,
  canonical,
  classOf,
  complement,
  coReachable,
  type Dfa,
  dfaFromTable,
  equivalence,
  isomorphism,
  minimise,
  nextFlags,
  product,
  randomAutomaton,
  reachableStates,
  stateAfter,
  wordsUpTo,
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
const noThreeOnes = dfaFromTable({
  next: [
    [0, 1],
    [0, 2],
    [0, 3],
    [3, 3],
  ],
  classes: [1, 1, 1, 0],
})

test('words come in order, each once', () => {
  expect([...allWords(2, 2)].map(word => word.join(''))).toEqual(['00', '01', '10', '11'])
  expect([...wordsUpTo(3, 4)]).toHaveLength(1 + 3 + 9 + 27 + 81)
  expect([...allWords(0, 2)]).toEqual([])
  expect([...allWords(0, 0)]).toHaveLength(1)
})

test('the minimal automaton gives every word the same class and has no two equal states', () => {
  fc.assert(
    fc.property(automata(), dfa => {
      const small = minimise(dfa)
      const differing = [...wordsUpTo(dfa.symbols, 6)].filter(
        word => classOf(small, word) !== classOf(dfa, word),
      )
      expect(differing).toEqual([])
      expect(equivalence(dfa, small)).toEqual({ equal: true })
      for (let first = 0; first < small.classes.length; first++) {
        for (let second = 0; second < first; second++) {
          const verdict = equivalence({ ...small, start: first }, { ...small, start: second })
          expect(verdict.equal).toBe(false)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('automata of the same language have the same minimal table, whatever their numbering', () => {
  fc.assert(
    fc.property(automata(), fc.integer({ min: 1, max: 1000 }), (dfa, seed) => {
      const states = dfa.classes.length
      const order = [...dfa.classes.keys()].sort((a, b) => (((a + 1) * seed) % 17) - (((b + 1) * seed) % 17))
      const moved: Dfa = {
        symbols: dfa.symbols,
        start: order.indexOf(dfa.start),
        next: Int32Array.from({ length: states * dfa.symbols }, (_, edge) => {
          const state = order[Math.floor(edge / dfa.symbols)]!
          return order.indexOf(dfa.next[state * dfa.symbols + (edge % dfa.symbols)]!)
        }),
        classes: Uint8Array.from(order, state => dfa.classes[state]!),
      }
      expect(minimise(moved)).toEqual(minimise(dfa))
      const match = isomorphism(dfa, moved)!
      for (const word of wordsUpTo(dfa.symbols, 4)) {
        expect(match[stateAfter(dfa, word)]).toBe(stateAfter(moved, word))
      }
    }),
    { numRuns: 100 },
  )
})

test('the word that tells two automata apart is the first of the shortest', () => {
  let different = 0
  fc.assert(
    fc.property(automata(2, 2), automata(2, 2), (left, right) => {
      const verdict = equivalence(left, right)
      const first = [...wordsUpTo(2, 7)].find(word => classOf(left, word) !== classOf(right, word))
      if (verdict.equal) {
        expect(first).toBeUndefined()
        return
      }
      different++
      if (verdict.word.length <= 7) expect(verdict.word).toEqual(first)
      expect(verdict.left).toBe(classOf(left, verdict.word))
      expect(verdict.right).toBe(classOf(right, verdict.word))
    }),
    { numRuns: 200 },
  )
  expect(different).toBeGreaterThan(50)
})

test('equal languages in automata of different form are equivalent but not isomorphic', () => {
  const doubled = dfaFromTable({
    next: [
      [2, 1],
      [3, 0],
      [0, 3],
      [1, 2],
    ],
    classes: [0, 1, 0, 1],
  })
  expect(equivalence(parity, doubled)).toEqual({ equal: true })
  expect(isomorphism(parity, doubled)).toBeUndefined()
  expect(isomorphism(parity, minimise(doubled))).toEqual(Int32Array.of(0, 1))
})

test('products combine the classes of both, complements exchange them', () => {
  const both = product(parity, noThreeOnes, (a, b) => a & b)
  const neither = product(complement(parity), complement(noThreeOnes), (a, b) => a & b)
  for (const word of wordsUpTo(2, 9)) {
    const [odd, few] = [classOf(parity, word), classOf(noThreeOnes, word)]
    expect(classOf(both, word)).toBe(odd & few)
    expect(classOf(neither, word)).toBe((1 - odd) & (1 - few))
  }
})

test('next flags say which symbols keep the class within reach', () => {
  fc.assert(
    fc.property(automata(), dfa => {
      const flags = nextFlags(dfa)
      const alive = coReachable(dfa)
      const states = dfa.classes.length
      for (let state = 0; state < states; state++) {
        const reaches = (from: number) =>
          [...wordsUpTo(dfa.symbols, states - 1)].some(word => classOf({ ...dfa, start: from }, word) === 1)
        expect(Boolean(alive[state])).toBe(reaches(state))
        for (let symbol = 0; symbol < dfa.symbols; symbol++) {
          expect(Boolean(flags[state]![symbol])).toBe(reaches(dfa.next[state * dfa.symbols + symbol]!))
        }
        expect(flags[state]![dfa.symbols]).toBe(Number(dfa.classes[state] === 1))
      }
    }),
    { numRuns: 40 },
  )
})

test('access words are shortest and exist for the reachable states alone', () => {
  fc.assert(
    fc.property(automata(), dfa => {
      const access = accessWords(dfa)
      const reachable = new Set(reachableStates(dfa))
      for (const [state, word] of access.entries()) {
        expect(word !== undefined).toBe(reachable.has(state))
        if (word === undefined) continue
        const first = [...wordsUpTo(dfa.symbols, word.length)].find(own => stateAfter(dfa, own) === state)
        expect(word).toEqual(first)
      }
      expect(canonical(dfa).classes).toHaveLength(reachable.size)
    }),
    { numRuns: 50 },
  )
})

test('tables that are no automata are refused', () => {
  const textOf = (action: () => unknown): string => {
    try {
      action()
    } catch (error) {
      if (isElmanError(error)) return error.message
    }
    return 'no error'
  }
  const tables = [
    { next: [], classes: [] },
    { next: [[0]], classes: [0, 1] },
    { next: [[0]], classes: [0], start: 3 },
    { next: [[0, 1], [0]], classes: [0, 1] },
    {
      next: [
        [0, 2],
        [0, 1],
      ],
      classes: [0, 1],
    },
    { next: [[0]], classes: [-1] },
  ]
  const texts = tables.map(table => textOf(() => dfaFromTable(table)))
  texts.push(textOf(() => complement(dfaFromTable({ next: [[0]], classes: [2] }))))
  texts.push(textOf(() => equivalence(parity, dfaFromTable({ next: [[0]], classes: [2] }))))
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "AUTOMATON_INVALID  an automaton needs a state
      expected at least one row
      found    none
    AUTOMATON_INVALID  there must be a class for each state
      expected 1 classes
      found    2
    AUTOMATON_INVALID  the start is no state
      expected 0 to 0
      found    3
    AUTOMATON_INVALID  state 1 has too few next states
      expected 2
      found    1
    AUTOMATON_INVALID  state 0 goes to no state on symbol 1
      expected 0 to 1
      found    2
    AUTOMATON_INVALID  state 0 has no class
      expected a whole number from 0 to 255
      found    -1
    AUTOMATON_NOT_TWO_CLASSES  only an automaton that says no or yes has a complement
      expected the classes 0 and 1
      found    class 2
    AUTOMATON_ALPHABETS_DIFFER  two automata that are to read the same words have different alphabets
      expected 2 symbols
      found    1"
  `)
})
