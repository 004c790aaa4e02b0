import { expect, test } from 'vitest'
import { wordsUpTo } from '../automata/index.ts'
import { BLANK, type TapeProgram, tapeMachine, tapeTransducer } from './index.ts'
import { stateOf } from './machine-search.ts'

const bits = ['0', '1']

/** w to ww: each symbol is marked, a copy put at the end, and the mark taken off when all is copied. */
const duplicate: TapeProgram & { outputs: string[] } = {
  alphabet: bits,
  outputs: bits,
  start: 'pick',
  rules: [
    ...bits.flatMap(bit => [
      { from: 'pick', read: bit, to: `carry ${bit}`, write: `old ${bit}`, move: 'right' as const },
      { from: `carry ${bit}`, read: [...bits, 'new 0', 'new 1'], to: `carry ${bit}`, move: 'right' as const },
      { from: `carry ${bit}`, read: BLANK, to: 'back', write: `new ${bit}`, move: 'left' as const },
      { from: 'back', read: [bit, `new ${bit}`], to: 'back', move: 'left' as const },
      { from: 'back', read: `old ${bit}`, to: 'pick', write: `old ${bit}`, move: 'right' as const },
      // all is copied: go to the right end and take the marks off from there
      { from: 'pick', read: `new ${bit}`, to: 'end', move: 'right' as const },
      { from: 'end', read: `new ${bit}`, to: 'end', move: 'right' as const },
      { from: 'clean', read: [`new ${bit}`, `old ${bit}`], to: 'clean', write: bit, move: 'left' as const },
    ]),
    { from: 'end', read: BLANK, to: 'clean', move: 'left' },
  ],
}

/** aⁿbⁿcⁿ: strikes one of each on every way to the right. */
const anbncn = {
  alphabet: ['a', 'b', 'c'],
  start: 'start',
  rules: [
    { from: 'start', read: 'a', to: 'b', write: 'x', move: 'right' as const },
    { from: 'start', read: 'x', to: 'start', move: 'right' as const },
    { from: 'start', read: BLANK, to: 'yes' },
    { from: 'b', read: ['a', 'x'], to: 'b', move: 'right' as const },
    { from: 'b', read: 'b', to: 'c', write: 'x', move: 'right' as const },
    { from: 'c', read: ['b', 'x'], to: 'c', move: 'right' as const },
    { from: 'c', read: 'c', to: 'tail', write: 'x', move: 'right' as const },
    { from: 'tail', read: 'c', to: 'tail', move: 'right' as const },
    { from: 'tail', read: BLANK, to: 'back', move: 'left' as const },
    { from: 'back', read: ['a', 'b', 'c', 'x'], to: 'back', move: 'left' as const },
    { from: 'back', read: BLANK, to: 'start', move: 'right' as const },
  ],
  accept: { yes: 1 },
}

test('a program turns a word into the word twice', () => {
  const { transduce } = tapeTransducer(duplicate)
  for (const word of wordsUpTo(2, 8)) expect(transduce(word)).toEqual(Uint8Array.of(...word, ...word))
})

test('a program sorts words that no stack sorts', () => {
  const machine = tapeMachine(anbncn)
  for (const word of wordsUpTo(3, 9)) {
    const n = word.length / 3
    const wanted = Number.isInteger(n) && word.every((symbol, i) => symbol === Math.floor(i / n))
    const given = machine.classOf(stateOf(machine, word))
    if (given !== Number(wanted)) expect([word.join(''), given]).toEqual([word.join(''), Number(wanted)])
  }
  expect(machine.key(stateOf(machine, [0, 1]))).toBe('0 1')
  expect(machine.next).toBeUndefined()
})

test('a program that does not end is stopped, at the step that was allowed', () => {
  const circle = {
    alphabet: ['a'],
    start: 'q',
    rules: [{ from: 'q', read: ['a', BLANK], to: 'q' }],
    accept: {},
  }
  const machine = tapeMachine(circle)
  expect(() => machine.classOf(Uint8Array.of(0))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MACHINE_STEP_LIMIT  the tape machine had not ended after 1040 steps on a word of 1 symbols
      see whether it runs in circles; if it only needs longer, give a larger stepLimit]
  `)
  const twoSteps = {
    alphabet: ['a'],
    outputs: ['a'],
    start: 'q',
    rules: [{ from: 'q', read: 'a', to: 'q', move: 'right' as const }],
  }
  expect(tapeTransducer({ ...twoSteps, stepLimit: () => 2 }).transduce(Uint8Array.of(0, 0))).toHaveLength(2)
  expect(() => tapeTransducer({ ...twoSteps, stepLimit: () => 1 }).transduce(Uint8Array.of(0, 0))).toThrow(
    'after 1 steps',
  )
})

test('programs with wrong names or two rules for a cell are refused', () => {
  const program = (rules: TapeProgram['rules'], accept: Record<string, number> = {}) =>
    tapeMachine({ alphabet: ['a'], start: 'q', rules, accept })
  expect(() => program([{ from: 'p', read: 'a', to: 'q' }])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MACHINE_INVALID  rule 1 starts from state "p", which nothing leads to
      expected one of "q"]
  `)
  expect(() => program([{ from: 'q', read: 'b', to: 'q' }])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MACHINE_INVALID  rule 1 reads "b", which no cell can hold
      expected one of "_", "a"]
  `)
  expect(() => program([], { end: 1 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MACHINE_INVALID  no rule leads to state "end" of accept
      expected one of "q"]
  `)
  const twice = { from: 'q', read: ['a', BLANK], to: 'q' }
  expect(() => program([twice, { ...twice, read: 'a' }])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MACHINE_NOT_DETERMINISTIC  rules 1 and 2 may apply at once
      expected at most one rule for a state, symbol and memory
      found    both read "a" in state "q"]
  `)
})
