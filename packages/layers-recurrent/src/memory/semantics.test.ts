/** What the memories can do, with weights set by hand, and what capacity and hard actions change. */
import {
  type Cell,
  evaluate,
  grad,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sum,
  type Tensor,
} from '@elman/core'
import { expectClose, sampleArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import {
  diagonal,
  isMemoryCell,
  isTapeCell,
  lstm,
  type MemoryCell,
  type MemoryParameters,
  queueRnn,
  stackLstm,
  stackRnn,
  superpositionStack,
  tapeRnn,
  unroll,
} from '../index.ts'

interface Run {
  readonly outputs: NdArray
  readonly finalState: { readonly [name: string]: NdArray }
}

function run(cell: object, parameters: Parameters, xs: NdArray): Run {
  const traced = (p: never, x: Tensor) => unroll(cell as Cell, p, x)
  return evaluate(traced as never, parameters as never, xs as never) as unknown as Run
}

function array(shape: readonly number[], data: Iterable<number>): NdArray {
  return ndArray('float64', shape, Float64Array.from(data))
}

/** Input symbols a, b and two commands; h of a rectified controller: [a, b, first, second, r], r what was read. */
const [A, B, FIRST, SECOND] = ['a', 'b', '1', '2'] as const
const SYMBOLS = [A, B, FIRST, SECOND]
const SIZES = { inputSize: 4, hidden: 6, cellSize: 2, controller: 'relu' as const }
const SURE = 1000 // a logit whose softmax is 1 to the last bit

/** One-hot (time, 1, 4). */
function oneHots(text: string): NdArray {
  return array(
    [text.length, 1, 4],
    [...text].flatMap(symbol => SYMBOLS.map(other => Number(other === symbol))),
  )
}

/** A matrix that is zero but for the entries [row, column, value]. */
function matrix(rows: number, columns: number, ...entries: (readonly [number, number, number])[]): NdArray {
  const data = new Float64Array(rows * columns)
  for (const [row, column, value] of entries) data[row * columns + column] = value
  return array([rows, columns], data)
}

/** h' = [x, r]; what each command does, by column of the actions, is given. */
function controlled(valueName: string, actions: number, ...entries: (readonly [number, number, number])[]) {
  const ones = (count: number, at: number) =>
    Array.from({ length: count }, (_, i) => [i, at + i, 1] as [number, number, number])
  return {
    input: matrix(4, 6, ...ones(4, 0)),
    read: matrix(2, 6, ...ones(2, 4)),
    recurrent: matrix(6, 6),
    bias: array([6], Array(6).fill(0)),
    action: matrix(6, actions, ...entries),
    actionBias: array([actions], Array(actions).fill(0)),
    [valueName]: matrix(6, 2, ...ones(2, 0)),
    [`${valueName}Bias`]: array([2], [0, 0]),
  }
}

/** What was read before each step, as text: a, b or . for an empty cell. */
function reads({ outputs }: Run): string {
  const rows = Array.from({ length: outputs.shape[0]! }, (_, t) => [
    Number(outputs.data[t * 6 + 4]),
    Number(outputs.data[t * 6 + 5]),
  ])
  const names: { readonly [cell: string]: string } = { '1,0': 'a', '0,1': 'b', '0,0': '.' }
  return rows.map(row => names[row.join()] ?? '?').join('')
}

/** Letters are put in, the first command does nothing, the second takes out; actions in the order put, take, nothing. */
const putAndTake = [
  [0, 0, SURE],
  [1, 0, SURE],
  [2, 2, SURE],
  [3, 1, SURE],
] as const

const STACK = { cell: stackRnn({ ...SIZES, capacity: 8 }), weights: controlled('push', 3, ...putAndTake) }
const QUEUE = { cell: queueRnn({ ...SIZES, capacity: 8 }), weights: controlled('value', 3, ...putAndTake) }
/** Letters are written to the right; the first command jumps back, the second goes right and keeps what it reads. */
const TAPE = {
  cell: tapeRnn({ ...SIZES, capacity: 12, jump: 5 }),
  weights: {
    ...controlled('value', 5, [0, 2, SURE], [1, 2, SURE], [2, 3, SURE], [3, 2, SURE]),
    value: matrix(6, 2, [0, 0, 1], [1, 1, 1], [4, 0, 1], [5, 1, 1]),
  },
}

test('a stack reverses a word exactly', () => {
  expect(reads(run(STACK.cell, STACK.weights, oneHots('aabab1222222')))).toBe('.aaba' + 'b' + 'babaa.')
})

test('a queue copies a word exactly, also when it takes and puts by turns', () => {
  expect(reads(run(QUEUE.cell, QUEUE.weights, oneHots('aabab1222222')))).toBe('.aaaa' + 'a' + 'aabab.')
  expect(reads(run(QUEUE.cell, QUEUE.weights, oneHots('ab2b2a2222')))).toBe('.aabbbba..')
})

test('taking from an empty memory leaves it empty', () => {
  for (const { cell, weights } of [STACK, QUEUE])
    expect(reads(run(cell, weights, oneHots('2222ab1')))).toBe(cell === STACK.cell ? '.....ab' : '.....aa')
})

test('a tape is written, jumped back on and read again, any number of times', () => {
  const text = 'aabab122222122222'
  expect(reads(run(TAPE.cell, TAPE.weights, oneHots(text)))).toBe('.....' + '.' + 'aabab' + '.' + 'aabab')
})

test('a tape whose head goes beyond its end finds zeros, and what left is lost', () => {
  const short = TAPE.cell.withCapacity(4) // three cells on each side
  expect(reads(run(short, TAPE.weights, oneHots('aabab122222')))).toBe('.....' + '.' + '..ba.')
  const walk = short.withJump(3)
  expect(reads(run(walk, TAPE.weights, oneHots('aabab1222')))).toBe('.....' + '.' + 'bab')
})

test('a stack keeps its top and loses its bottom when it is full, a queue drops what comes', () => {
  const full = (memory: typeof STACK) => memory.cell.withCapacity(3)
  expect(reads(run(full(STACK), STACK.weights, oneHots('aabab122222')))).toBe('.aabab' + 'bab..')
  expect(reads(run(full(QUEUE), QUEUE.weights, oneHots('aabab122222')))).toBe('.aaaaa' + 'aab..')
})

test.each([
  ['a stack', STACK],
  ['a queue', QUEUE],
  ['a tape', TAPE],
])('%s with hard actions is the soft one where actions are sure', (_, { cell, weights }) => {
  const xs = oneHots('abba122b12')
  const [soft, hard] = [run(cell, weights, xs), run(cell.hard, weights, xs)]
  expect(hard).toEqual(soft)
  const sure = cell.hard
  expect(sure.hard).toBe(sure)
})

const TIME = 6
const sizes = { inputSize: 3, hidden: 4 }
const CELLS: readonly [string, MemoryCell][] = [
  ['stack-rnn', stackRnn({ ...sizes, stacks: 2 })],
  ['stack-lstm', stackLstm(sizes)],
  ['superposition-stack', superpositionStack(sizes)],
  ['queue-rnn', queueRnn(sizes)],
  ['queue-rnn of an LSTM', queueRnn({ ...sizes, controller: 'lstm' })],
  ['tape-rnn', tapeRnn(sizes)],
]
const xs = sampleArray([TIME, 2, 3], 1)

describe.each(CELLS)('%s', (_, cell) => {
  /** Actions far from even, so that a hard cell differs from a soft one. */
  const drawn = cell.init(random.key(3), 'float64')
  const weights = {
    ...drawn,
    action: array(
      drawn.action!.shape,
      [...drawn.action!.data].map(x => 6 * Number(x)),
    ),
  }

  test('gives the same whatever its capacity, when it is enough', () => {
    const enough = run(cell.withCapacity(TIME + 1), weights, xs).outputs
    expectClose(run(cell.withCapacity(TIME + 9), weights, xs).outputs, enough, 1e-14)
    expectClose(
      run(cell.hard.withCapacity(99), weights, xs).outputs,
      run(cell.hard, weights, xs).outputs,
      1e-14,
    )
    expect(run(cell.hard, weights, xs).outputs).not.toEqual(enough)
  })

  test('has a capacity that changes shapes of the state and nothing else', () => {
    const wide = cell.withCapacity(40)
    expect([wide.capacity, wide.hard.capacity, wide.hard.withCapacity(5).capacity]).toEqual([40, 40, 5])
    expect(wide.init(random.key(3), 'float64')).toEqual(drawn)
    expect(isMemoryCell(wide)).toBe(true)
  })

  test('tells the actions of a step: mixtures if soft, one of them if hard', () => {
    const { finalState } = run(cell, weights, xs)
    const actions = (of: MemoryCell) =>
      evaluate(
        ((p: never, state: never, x: Tensor) => of.actions(p, state, x)) as never,
        weights as never,
        finalState as never,
        sampleArray([2, 3], 2) as never,
      ) as unknown as NdArray
    const [soft, hard] = [actions(cell), actions(cell.hard)]
    const width = cell.actionNames.length
    expect(soft.shape).toEqual([2, soft.shape[1]!, width])
    expect(hard.shape).toEqual(soft.shape)
    for (let i = 0; i < soft.data.length; i += width) {
      const [mixed, sure] = [soft, hard].map(({ data }) => [...data].slice(i, i + width).map(Number))
      expect(mixed!.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      expect(sure!.toSorted()).toEqual([...Array(width - 1).fill(0), 1])
      expect(mixed!.indexOf(Math.max(...mixed!))).toBe(sure!.indexOf(1))
    }
  })

  test('has gradients of its actions if soft, none if hard', () => {
    const slope = (of: MemoryCell) => {
      const loss = ([p, x]: [never, Tensor]) => sum(unroll(of as never, p, x).outputs)
      const [gradients] = evaluate(grad(loss as never) as never, [weights, xs] as never) as unknown as [
        MemoryParameters,
      ]
      return [...gradients.action!.data].some(x => Number(x) !== 0)
    }
    expect([slope(cell), slope(cell.hard)]).toEqual([true, false])
  })
})

/** Cells of a list memory after an action. */
type Simulation = (cells: readonly number[][], action: number, value: number[]) => readonly number[][]

describe.each<[string, MemoryCell, string, string, Simulation]>([
  [
    'stack',
    stackRnn({ ...sizes, cellSize: 2, capacity: 5 }),
    'push',
    'stack',
    (cells, action, value) => [[value, ...cells], cells.slice(1), cells][action]!,
  ],
  [
    'queue',
    queueRnn({ ...sizes, cellSize: 2, capacity: 5 }),
    'value',
    'queue',
    (cells, action, value) => [[...cells, value], cells.slice(1), cells][action]!,
  ],
])('a soft %s', (_, cell, valueName, part, simulate) => {
  test('holds what one that draws its actions holds on average', () => {
    const drawn = cell.init(random.key(8), 'float64')
    const weights: MemoryParameters = { ...drawn, read: matrix(2, 4) } // what is read must not decide
    const steps = sampleArray([4, 1, 3], 5)
    const { outputs, finalState } = run(cell, weights, steps)
    const linear = (t: number, name: string) => {
      const [rows, columns] = weights[name]!.shape as [number, number]
      return Array.from({ length: columns }, (_c, j) => {
        let total = Number(weights[`${name}Bias`]!.data[j])
        for (let i = 0; i < rows; i++)
          total += Number(outputs.data[t * rows + i]) * Number(weights[name]!.data[i * columns + j])
        return total
      })
    }
    const average = Array.from({ length: 5 }, () => [0, 0])
    const walk = (t: number, cells: readonly number[][], probability: number): void => {
      if (t === 4) {
        for (const [i, numbers] of cells.entries())
          for (const [j, x] of numbers.entries()) average[i]![j]! += probability * x
        return
      }
      const exponentials = linear(t, 'action').map(Math.exp)
      const total = exponentials.reduce((a, b) => a + b)
      const value = linear(t, valueName)
      for (const [action, e] of exponentials.entries())
        walk(t + 1, simulate(cells, action, value), (probability * e) / total)
    }
    walk(0, [], 1)
    expectClose([...finalState[part]!.data].map(Number), average.flat(), 1e-12)
  })
})

test('one softmax over two stacks makes them share a weight of one, so that both fade', () => {
  const cell = stackRnn({ ...sizes, stacks: 2, actionSoftmax: 'together' })
  const actions = evaluate(
    ((p: never, state: never, x: Tensor) => cell.actions(p, state, x)) as never,
    cell.init(random.key(1), 'float64') as never,
    { h: sampleArray([1, 4], 1), stack: sampleArray([1, 2, 16, 8], 2) } as never,
    sampleArray([1, 3], 3) as never,
  ) as unknown as NdArray
  const weights = [...actions.data].map(Number)
  expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
  expect(weights.slice(0, 3).reduce((a, b) => a + b)).toBeLessThan(0.9)
})

test('a cell without a memory is none', () => {
  expect(isMemoryCell(lstm(sizes))).toBe(false)
})

test('a diagonal state that may change its sign keeps the parity of a long word exactly, in every form', () => {
  const word = Array.from({ length: 499 }, (_, i) => Number((i * i) % 7 < 3))
  const begin = [0, 0, 1]
  const steps = array([500, 1, 3], [...begin, ...word.flatMap(bit => [1 - bit, bit, 0])])
  const weights = {
    input: array([3, 2], [100, 0, -100, 0, 0, 1]), // 0 keeps, 1 turns, begin sets
    bias: array([2], [0, 0]),
  }
  const parities = word.map((_, t) => word.slice(0, t + 1).reduce((a, b) => a + b) % 2)
  for (const form of ['sequential', 'scan', 'chunked'] as const) {
    const cell = diagonal({ inputSize: 3, hidden: 1, eigenvalues: 'minus-one-one', outputGate: false, form })
    expect([...run(cell, weights, steps).outputs.data].slice(1).map(Number)).toEqual(
      parities.map(parity => 1 - 2 * parity),
    )
  }
})

test('a memory without cells is refused', () => {
  expect(() => stackRnn(sizes).withCapacity(0)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MEMORY_CAPACITY_INVALID  a memory cannot have 0 cells
      expected a positive whole number of cells
      the steps of the longest string, plus one, never truncate]
  `)
})

test('the jumps of a tape that has none are not set', () => {
  expect(() => tapeRnn(sizes).withJump(3)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TAPE_WITHOUT_JUMPS  the jumps of a tape that has none cannot be set
      expected a cell that was made with option "jump"]
  `)
})

test('jumps are set where there are some, and stay with capacity and hard actions', () => {
  const cell = tapeRnn({ ...sizes, jump: 3 })
  expect([cell, cell.hard, tapeRnn(sizes), stackRnn(sizes)].map(isTapeCell)).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(cell.withJump(7).withCapacity(30).hard.jump).toBe(7)
  expect(cell.withJump(7).init(random.key(1))).toEqual(cell.init(random.key(1)))
})

test('a jump over no cells is refused', () => {
  expect(() => tapeRnn({ ...sizes, jump: 3 }).withJump(0)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TAPE_JUMP_INVALID  a jump cannot cross 0 cells of a tape
      expected a positive whole number of cells, such as the length of the input]
  `)
})
