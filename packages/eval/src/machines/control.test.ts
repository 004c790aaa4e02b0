import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { dfaFromTable, wordsUpTo } from '../automata/index.ts'
import { drawsAt } from '../languages/draws.ts'
import type { Machine } from '../languages/machine.ts'
import {
  type CounterDescription,
  type CounterTest,
  counterMachine,
  counterTransducer,
  finiteMachine,
  type PushdownDescription,
  pushdownMachine,
  pushdownTransducer,
  queueMachine,
  queueTransducer,
} from './index.ts'
import { flagsBySearch, stateOf } from './machine-search.ts'

const anbn: CounterDescription = {
  alphabet: ['a', 'b'],
  counters: 1,
  start: 'as',
  rules: [
    { from: 'as', read: 'a', to: 'as', add: [1] },
    { from: 'as', read: 'b', when: ['positive'], to: 'bs', add: [-1] },
    { from: 'bs', read: 'b', when: ['positive'], to: 'bs', add: [-1] },
  ],
  accept: [{ state: 'bs', when: ['zero'] }],
}

const anbncn: CounterDescription = {
  alphabet: ['a', 'b', 'c'],
  counters: 2,
  start: 'as',
  rules: [
    { from: 'as', read: 'a', to: 'as', add: [1, 1] },
    { from: 'as', read: 'b', when: ['positive'], to: 'bs', add: [-1] },
    { from: 'bs', read: 'b', when: ['positive'], to: 'bs', add: [-1] },
    { from: 'bs', read: 'c', when: ['zero'], to: 'cs', add: [0, -1] },
    { from: 'cs', read: 'c', when: ['zero', 'positive'], to: 'cs', add: [0, -1] },
  ],
  accept: [{ state: 'cs', when: ['zero', 'zero'] }],
  alive: () => true,
}

const dyck2: PushdownDescription = {
  alphabet: ['(', ')', '[', ']'],
  start: 'q',
  rules: [
    { from: 'q', read: '(', to: 'q', push: ['round'] },
    { from: 'q', read: '[', to: 'q', push: ['square'] },
    { from: 'q', read: ')', top: 'round', to: 'q', pop: true },
    { from: 'q', read: ']', top: 'square', to: 'q', pop: true },
  ],
  accept: [{ state: 'q', top: null }],
}

const markedCopy = {
  alphabet: ['0', '1', '#'],
  start: 'first',
  rules: [
    { from: 'first', read: '0', to: 'first', enqueue: ['0'] },
    { from: 'first', read: '1', to: 'first', enqueue: ['1'] },
    { from: 'first', read: '#', to: 'second' },
    { from: 'second', read: '0', front: '0', to: 'second', dequeue: true },
    { from: 'second', read: '1', front: '1', to: 'second', dequeue: true },
  ],
  accept: [{ state: 'second', front: null }],
  alive: () => true,
}

const texts = (alphabet: readonly string[], length: number) =>
  [...wordsUpTo(alphabet.length, length)].map(word => ({
    word,
    text: Array.from(word, symbol => alphabet[symbol]).join(''),
  }))

function isBalanced(text: string): boolean {
  const shorter = text.replaceAll('()', '').replaceAll('[]', '')
  return shorter === '' || (shorter !== text && isBalanced(shorter))
}

test.each<[string, Machine, readonly string[], number, (text: string) => boolean]>([
  [
    'anbn',
    counterMachine(anbn) as Machine,
    ['a', 'b'],
    10,
    text => /^a+b+$/.test(text) && 2 * text.lastIndexOf('a') + 2 === text.length,
  ],
  [
    'anbncn',
    counterMachine(anbncn) as Machine,
    ['a', 'b', 'c'],
    9,
    text => {
      const n = text.length / 3
      return n >= 1 && Number.isInteger(n) && text === 'a'.repeat(n) + 'b'.repeat(n) + 'c'.repeat(n)
    },
  ],
  ['dyck-2', pushdownMachine(dyck2) as Machine, ['(', ')', '[', ']'], 7, isBalanced],
  ['marked copy', queueMachine(markedCopy) as Machine, ['0', '1', '#'], 9, text => /^([01]*)#\1$/.test(text)],
])(
  '%s sorts every short word as its definition does, and its next symbols are those of a search',
  (_, machine, alphabet, length, has) => {
    for (const { word, text } of texts(alphabet, length)) {
      const state = stateOf(machine, word)
      if (machine.classOf(state) !== Number(has(text)))
        expect([text, machine.classOf(state)]).toEqual([text, Number(has(text))])
      if (word.length > 5) continue
      expect([text, ...machine.next!(state)]).toEqual([
        text,
        ...flagsBySearch(machine, state, alphabet.length, 12),
      ])
    }
  },
)

test('states with equal keys answer alike, and stepping leaves a state as it was', () => {
  const machine = pushdownMachine(dyck2)
  const open = stateOf(machine, [0, 2])
  const key = machine.key(open)
  machine.step(open, 3)
  machine.step(open, 0)
  expect(machine.key(open)).toBe(key)
  expect(machine.key(stateOf(machine, [0, 2, 0, 1]))).toBe(key)
  expect(machine.key(stateOf(machine, [0, 0]))).not.toBe(key)
})

test('next symbols of random pushdown machines are those of a search', () => {
  let [alive, dead] = [0, 0]
  for (let seed = 0; seed < 300; seed++) {
    const draws = drawsAt({ seed, stream: 'pushdown', size: 0, index: 0 })
    const rules: PushdownDescription['rules'][number][] = []
    for (const from of ['p', 'q']) {
      for (const read of ['a', 'b']) {
        for (const top of ['x', 'y', null]) {
          const push = [[], ['x'], ['y'], ['x', 'y']][draws.below(4)]!
          const to = ['p', 'q'][draws.below(2)]!
          if (draws.below(2) === 0)
            rules.push({ from, read, top, to, push, pop: top !== null && draws.below(3) > 0 })
        }
      }
    }
    // so that every name exists
    rules.push({ from: 'p', read: 'c', to: 'q', push: ['x', 'y'] })
    rules.push({ from: 'q', read: 'c', to: 'p', pop: true })
    const accept = [{ state: 'q', top: [null, 'x', 'y'][draws.below(3)]! }]
    const machine = pushdownMachine({ alphabet: ['a', 'b', 'c'], start: 'p', rules, accept })
    for (const word of wordsUpTo(3, 2)) {
      const state = stateOf(machine, word)
      if (machine.key(state) === '') continue
      const flags = [...machine.next!(state)]
      let found = flagsBySearch(machine, state, 3, 6)
      if (found.join() !== flags.join()) found = flagsBySearch(machine, state, 3, 24) // some words are long
      expect([seed, ...word, flags]).toEqual([seed, ...word, found])
      for (const flag of flags.slice(0, 3)) flag ? alive++ : dead++
    }
  }
  expect(alive).toBeGreaterThan(1000)
  expect(dead).toBeGreaterThan(1000)
})

test('next symbols of random one-counter machines are those of a search', () => {
  let [alive, dead] = [0, 0]
  for (let seed = 0; seed < 300; seed++) {
    const draws = drawsAt({ seed, stream: 'counter', size: 0, index: 0 })
    const tests: CounterTest[] = ['positive', 'zero', 'negative']
    const rules: CounterDescription['rules'][number][] = [
      { from: 'p', read: 'a', when: ['zero'], to: 'q', add: [1] },
    ]
    for (const from of ['p', 'q']) {
      for (const read of ['a', 'b']) {
        for (const when of tests) {
          if (draws.below(3) === 0 || (from === 'p' && read === 'a' && when === 'zero')) continue
          rules.push({ from, read, when: [when], to: draws.below(2) ? 'p' : 'q', add: [draws.below(3) - 1] })
        }
      }
    }
    const accept = [{ state: 'q', when: [tests[draws.below(3)]!] }]
    const machine = counterMachine({ alphabet: ['a', 'b'], counters: 1, start: 'p', rules, accept })
    for (const word of wordsUpTo(2, 5)) {
      const state = stateOf(machine, word)
      if (machine.key(state) === '') continue
      const flags = [...machine.next!(state)]
      expect([seed, ...word, flags]).toEqual([seed, ...word, flagsBySearch(machine, state, 2, 20)])
      for (const flag of flags.slice(0, 2)) flag ? alive++ : dead++
    }
  }
  expect(alive).toBeGreaterThan(1000)
  expect(dead).toBeGreaterThan(1000)
})

test('a machine with several classes answers with the first verdict that holds and tells no next symbols', () => {
  const walk = counterMachine({
    alphabet: ['+', '-'],
    counters: 1,
    start: 'q',
    rules: [
      { from: 'q', read: '+', to: 'q', add: [1] },
      { from: 'q', read: '-', to: 'q', add: [-1] },
    ],
    accept: [
      { state: 'q', when: ['zero'], class: 1 },
      { state: 'q', when: ['positive'], class: 2 },
      { state: 'q', class: 0 },
    ],
  })
  for (const word of wordsUpTo(2, 8)) {
    const sum = word.reduce((total, symbol) => total + 1 - 2 * symbol, 0)
    expect(walk.classOf(stateOf(walk, word))).toBe(Math.sign(sum) === -1 ? 0 : 1 + Math.sign(sum))
  }
  expect(walk.next).toBeUndefined()
  expect(counterMachine({ ...anbncn, alive: undefined } as never).next).toBeUndefined()
})

test('a finite machine is minimal and knows its automaton and next symbols', () => {
  const machine = finiteMachine(
    dfaFromTable({
      next: [
        [2, 1],
        [3, 0],
        [0, 3],
        [1, 2],
      ],
      classes: [0, 1, 0, 1],
    }),
  )
  expect(machine.automaton!.classes).toHaveLength(2)
  for (const word of wordsUpTo(2, 8)) {
    const state = stateOf(machine, word)
    const odd = word.filter(symbol => symbol === 1).length % 2
    expect(machine.classOf(state)).toBe(odd)
    expect([...machine.next!(state)]).toEqual([1, 1, odd])
  }
  const dead = finiteMachine(
    dfaFromTable({
      next: [
        [1, 0],
        [1, 1],
      ],
      classes: [1, 0],
    }),
  )
  expect([...dead.next!(dead.start)]).toEqual([0, 1, 1])
  expect(finiteMachine(dfaFromTable({ next: [[1], [0]], classes: [1, 2] })).next).toBeUndefined()
})

const bits = ['0', '1']
const emit = (memory: 'stack' | 'queue') =>
  bits.map(bit =>
    memory === 'stack'
      ? { from: 'out', read: null, top: bit, to: 'out', pop: true, write: bit }
      : { from: 'out', read: null, front: bit, to: 'out', dequeue: true, write: bit },
  )

test('transducers write what their rules say: a stack reverses, a queue copies, a counter counts', () => {
  const reverse = pushdownTransducer({
    alphabet: bits,
    outputs: bits,
    start: 'in',
    rules: [
      ...bits.map(bit => ({ from: 'in', read: bit, to: 'in', push: [bit] })),
      ...bits.map(bit => ({ from: 'in', read: null, top: bit, to: 'out', pop: true, write: bit })),
      ...emit('stack'),
    ],
  })
  const copy = queueTransducer({
    alphabet: bits,
    outputs: bits,
    start: 'in',
    rules: [
      ...bits.map(bit => ({ from: 'in', read: bit, to: 'in', enqueue: [bit] })),
      ...bits.map(bit => ({ from: 'in', read: null, front: bit, to: 'out', dequeue: true, write: bit })),
      ...emit('queue'),
    ],
  })
  const ones = counterTransducer({
    alphabet: bits,
    outputs: ['|'],
    counters: 1,
    start: 'in',
    rules: [
      { from: 'in', read: '0', to: 'in' },
      { from: 'in', read: '1', to: 'in', add: [1] },
      { from: 'in', read: null, when: ['positive'], to: 'in', add: [-1], write: '|' },
    ],
  })
  for (const word of wordsUpTo(2, 8)) {
    expect(reverse.transduce(word)).toEqual(word.slice().reverse())
    expect(copy.transduce(word)).toEqual(word)
    expect(ones.transduce(word)).toHaveLength(word.filter(symbol => symbol === 1).length)
  }
})

test('descriptions that make no machine are refused', () => {
  const tries: (() => unknown)[] = [
    () =>
      counterMachine({
        ...anbn,
        rules: [...anbn.rules, { from: 'as', read: 'b', when: ['non-zero'], to: 'as' }],
      }),
    () => counterMachine({ ...anbn, rules: [{ from: 'as', read: 'c', to: 'bs' }] }),
    () => counterMachine({ ...anbn, rules: [{ from: 'cs', read: 'a', to: 'as' }] }),
    () => counterMachine({ ...anbn, rules: [{ from: 'as', read: null, to: 'bs' }] }),
    () => counterMachine({ ...anbn, rules: [{ from: 'as', read: 'a', to: 'bs', add: [1, 1] }] }),
    () => counterMachine({ ...anbn, rules: [{ from: 'as', read: 'a', to: 'bs', add: [0.5] }] }),
    () => counterMachine({ ...anbn, accept: [{ state: 'end' }] }),
    () => counterMachine({ ...anbn, accept: [{ state: 'as', class: 300 }] }),
    () => counterMachine({ ...anbn, accept: [{ state: 'as', when: ['even' as CounterTest] }] }),
    () => counterMachine({ ...anbn, counters: 0 }),
    () =>
      pushdownMachine({ ...dyck2, rules: [...dyck2.rules, { from: 'q', read: ')', to: 'q', pop: true }] }),
    () => pushdownMachine({ ...dyck2, rules: [{ from: 'q', read: '(', top: 'curly', to: 'q' }] }),
    () => pushdownMachine({ ...dyck2, rules: [{ from: 'q', read: '(', top: null, to: 'q', pop: true }] }),
    () => queueMachine({ ...markedCopy, rules: [{ from: 'first', read: '0', front: '2', to: 'second' }] }),
    () =>
      queueMachine({
        ...markedCopy,
        rules: [{ from: 'first', read: '0', front: null, to: 'second', dequeue: true }],
      }),
    () =>
      queueTransducer({
        alphabet: ['a'],
        outputs: ['b'],
        start: 'q',
        rules: [{ from: 'q', read: 'a', to: 'q', write: 'a' }],
      }),
    () =>
      queueTransducer({
        alphabet: ['a', 'b'],
        outputs: [],
        start: 'q',
        rules: [{ from: 'q', read: 'a', to: 'q' }],
      }).transduce(Uint8Array.of(0, 1)),
    () =>
      queueTransducer({
        alphabet: ['a'],
        outputs: [],
        start: 'q',
        rules: [
          { from: 'q', read: 'a', to: 'q' },
          { from: 'q', read: null, to: 'q' },
        ],
        stepLimit: () => 50,
      }).transduce(new Uint8Array(3)),
  ]
  const messages = tries.map(attempt => {
    try {
      attempt()
    } catch (error) {
      if (isElmanError(error)) return error.message
      throw error
    }
    return 'no error'
  })
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "MACHINE_NOT_DETERMINISTIC  rules 2 and 4 may apply at once
      expected at most one rule for a state, symbol and memory
      found    both read "b" in state "as"
    MACHINE_INVALID  rule 1 reads "c", which is no symbol
      expected one of "a", "b"
    MACHINE_INVALID  rule 1 starts from state "cs", which nothing leads to
      expected one of "as"
    MACHINE_INVALID  a machine that sorts words reads a symbol a step
      expected a symbol
      found    null in rule 1
    MACHINE_INVALID  rule 1 speaks of more counters than there are
      expected 1
      found    2
    MACHINE_INVALID  rule 1 adds no whole number
      expected whole numbers
      found    0.5
    MACHINE_INVALID  no rule leads to state "end" of accept
      expected one of "as", "bs"
    MACHINE_INVALID  a class is a number
      expected 0 to 255
      found    300
    MACHINE_INVALID  there is no such test of a counter
      expected any, zero, non-zero, positive, negative
      found    even
    MACHINE_INVALID  a counter machine has counters
      expected 1 or more
      found    0
    MACHINE_NOT_DETERMINISTIC  rules 3 and 5 may apply at once
      expected at most one rule for a state, symbol and memory
      found    both read ")" in state "q"
    MACHINE_INVALID  rule 1 waits for "curly" on top, which no rule pushes
      expected a symbol that one pushes ()
    MACHINE_INVALID  rule 1 pops an empty stack
      expected a symbol on top
      found    null
    MACHINE_INVALID  rule 1 waits for "2", which no rule enqueues
      expected a symbol that one does ()
    MACHINE_INVALID  rule 1 takes from an empty queue
      expected a front
      found    null
    MACHINE_INVALID  there is no output "a"
      expected one of "b"
    MACHINE_STUCK  no rule reads "b" in state "q"
      in symbol 2 of the input
    MACHINE_STEP_LIMIT  the queue machine had not ended after 50 steps on a word of 3 symbols
      see whether it runs in circles; if it only needs longer, give a larger stepLimit"
  `)
})

test('machines answer for long words', () => {
  const machine = pushdownMachine(dyck2)
  const deep = stateOf(machine, [...Array<number>(5000).fill(0)])
  expect([...machine.next!(deep)]).toEqual([1, 1, 1, 0, 0])
  const counter = counterMachine(anbn)
  expect([...counter.next!(stateOf(counter, [...Array<number>(5000).fill(0), 1]))]).toEqual([0, 1, 0])
})
