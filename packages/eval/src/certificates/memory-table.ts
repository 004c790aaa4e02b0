/**
 * The control table of a network with a stack or a queue that acts by its likeliest action: controller states are
 * snapped to centroids, and so are the values that are put into the memory, when they are put there. What is read off
 * is a deterministic machine with finitely many control states, exact by construction; nothing but the network's step
 * is asked for. A probe of the memory has one value in view and marked values behind it, so what the step did to it can
 * be seen.
 */
import { ElmanError } from '@elman/core'
import { classesOf, type Recogniser } from '../learners/recogniser.ts'
import type { MemoryTable } from './format.ts'
import {
  inputsIn,
  type MemoryOrder,
  type MemoryRow,
  NOTHING_ASKED,
  type StringForm,
} from './memory-machine.ts'

/** How a table is read off. */
export interface MemoryTableOptions {
  /** Inputs of the language. */
  readonly form: StringForm
  /** Distance (root mean square per number) within which controllers and pushed values are replaced. */
  readonly tolerance: number
  /** Numbers in a memory cell; default 8. */
  readonly cellSize?: number
  /** Control states and memory symbols, at most; default 500. */
  readonly limit?: number
}

/** A table, with the states behind its numbers. */
export interface SnappedMemory {
  readonly order: MemoryOrder
  readonly table: MemoryTable
  readonly tolerance: number
}

/** Why there is no table. */
export type NoTable =
  | 'too many states'
  | 'it acts on the memory in no clean way'
  | 'it reads more than what is in view'

/** Values that mark the cells behind the one in view; two sets, to see whether the controller reads them. */
const MARKS = [
  [3, -5],
  [-2, 7],
] as const

/**
 * Reads the table off a recogniser whose memory acts hard.
 *
 * @throws ElmanError `CERTIFICATE_NO_MEMORY` where the state has no one part `stack` or `queue`.
 */
export async function memoryTable(
  recogniser: Recogniser,
  { form, tolerance, cellSize = 8, limit = 500 }: MemoryTableOptions,
): Promise<SnappedMemory | NoTable> {
  const layout = layoutOf(recogniser, cellSize)
  const { order } = layout
  const controls = new Centroids(layout.controller, tolerance)
  const cells = new Centroids(cellSize, tolerance)
  const answers: number[] = [NOTHING_ASKED]
  controls.add(layout.controllerOf((await recogniser.start()).states))
  cells.add(new Float32Array(cellSize)) // number 0: the empty memory
  const rows: MemoryRow[] = []
  const done = new Map<string, MemoryRow>()
  const nodes: { phase: number; control: number; seen: number }[] = []
  const met = new Set<string>()
  const meet = (phase: number, control: number, seen: number) => {
    const key = `${phase} ${control} ${seen}`
    if (!met.has(key)) nodes.push({ phase, control, seen })
    met.add(key)
  }
  // what may come into view once a symbol is taken out: of a stack what it was put on, of a queue anything
  const behind = new Map<number, Set<number>>()
  const popped = new Map<number, { phase: number; control: number }[]>()
  const groupOf = (seen: number) => (order === 'stack' ? seen : 0)
  const allow = (group: number, other: number) => {
    const known = behind.get(group) ?? new Set()
    behind.set(group, known)
    if (known.has(other)) return
    known.add(other)
    for (const { phase, control } of popped.get(group) ?? []) meet(phase, control, other)
  }
  allow(0, 0)
  meet(0, 0, 0)
  for (let from = 0; from < nodes.length; ) {
    const wave = nodes.slice(from)
    from = nodes.length
    const asked = new Map<string, Question>()
    for (const { phase, control, seen } of wave) {
      for (const { input } of inputsIn(form, phase)) {
        const key = `${control} ${seen} ${input}`
        if (!done.has(key)) asked.set(key, { control, seen, input })
      }
    }
    const steps = await probe(
      recogniser,
      layout,
      Array.from(asked.values(), ({ control, seen, input }) => ({
        ...{ input, controller: controls.at(control) },
        ...(seen > 0 && { seen: cells.at(seen) }),
      })),
    )
    if (typeof steps === 'string') return steps
    for (const [i, [key, question]] of [...asked].entries()) {
      const step = steps[i]!
      const to = controls.numberOf(step.controller, 1) // the start, before any symbol, is like no other
      answers[to] ??= step.answer
      const pushed = step.pushed && cells.numberOf(step.pushed, 1)
      const row = { ...question, to, answer: answers[to], action: step.action }
      rows.push({ ...row, ...(pushed !== undefined && { pushed }) })
      done.set(key, rows.at(-1)!)
    }
    if (controls.count > limit || cells.count > limit) return 'too many states'
    for (const { phase, control, seen } of wave) {
      for (const { input, after } of inputsIn(form, phase)) {
        const { to, action, pushed } = done.get(`${control} ${seen} ${input}`)!
        if (action === 'none') meet(after, to, seen)
        if (action === 'push') {
          allow(groupOf(pushed!), order === 'stack' ? seen : pushed!)
          meet(after, to, order === 'stack' || seen === 0 ? pushed! : seen)
        }
        if (action === 'pop') {
          const group = groupOf(seen)
          popped.set(group, [...(popped.get(group) ?? []), { phase: after, control: to }])
          for (const other of behind.get(group) ?? []) meet(after, to, other)
        }
      }
    }
  }
  return { order, tolerance, table: { start: 0, controls: controls.count, symbols: cells.count - 1, rows } }
}

/** Where in a state the controller and the memory are. */
interface Layout {
  readonly order: MemoryOrder
  readonly size: number
  readonly cellSize: number
  /** Numbers of the controller. */
  readonly controller: number
  readonly memory: number
  readonly filled: number | undefined
  controllerOf(state: Float32Array): Float32Array
  place(state: Float32Array, controller: Float32Array): void
}

/** Whether a recogniser has the one stack or queue that {@link memoryTable} reads off. */
export function hasOneMemory({ parts }: Recogniser, cellSize = 8): boolean {
  const [memory, ...more] = parts.filter(({ name }) => name === 'stack' || name === 'queue')
  return (
    memory !== undefined && more.length === 0 && memory.size % cellSize === 0 && memory.size >= 4 * cellSize
  )
}

function layoutOf(recogniser: Recogniser, cellSize: number): Layout {
  const { parts, stateSize } = recogniser
  let at = 0
  const placed = parts.map(part => {
    const from = at
    at += part.size
    return { ...part, from }
  })
  const memory = placed.find(({ name }) => name === 'stack' || name === 'queue')
  if (memory === undefined || !hasOneMemory(recogniser, cellSize)) {
    throw new ElmanError('CERTIFICATE_NO_MEMORY', {
      message: 'a control table needs a network with one stack or one queue',
      expected: `one part "stack" or "queue" of at least 4 cells of ${cellSize} numbers`,
      found: parts.map(({ name, size }) => `${name} (${size})`).join(', '),
    })
  }
  const controllers = placed.filter(({ name }) => !['stack', 'queue', 'filled'].includes(name))
  return {
    ...{ order: memory.name as MemoryOrder, size: stateSize, cellSize, memory: memory.from },
    controller: controllers.reduce((sum, { size }) => sum + size, 0),
    filled: placed.find(({ name }) => name === 'filled')?.from,
    controllerOf: state =>
      Float32Array.from(controllers.flatMap(({ from, size }) => [...state.subarray(from, from + size)])),
    place(state, controller) {
      let used = 0
      for (const { from, size } of controllers) {
        state.set(controller.subarray(used, used + size), from)
        used += size
      }
    },
  }
}

interface Question {
  readonly control: number
  readonly seen: number
  readonly input: number
}

interface Probe {
  readonly controller: Float32Array
  /** What is in view; absent when the memory is empty. */
  readonly seen?: Float32Array
  readonly input: number
}

interface Probed {
  readonly controller: Float32Array
  readonly answer: number
  readonly action: MemoryRow['action']
  readonly pushed?: Float32Array
}

/** One step of each, with a value in view, or with an empty memory, in front of marked ones. */
async function probe(
  recogniser: Recogniser,
  layout: Layout,
  probes: readonly Probe[],
): Promise<Probed[] | NoTable> {
  const { size, cellSize, memory, order, filled } = layout
  const states = new Float32Array(MARKS.length * probes.length * size)
  const stateOf = (all: Float32Array, i: number, copy: number) => {
    const row = MARKS.length * i + copy
    return all.subarray(row * size, (row + 1) * size)
  }
  const contentsOf = ({ seen }: Probe, marks: readonly number[]) =>
    seen === undefined ? [] : [seen, ...marks.map(mark => new Float32Array(cellSize).fill(mark))]
  for (const [i, own] of probes.entries()) {
    for (const [copy, marks] of MARKS.entries()) {
      const state = stateOf(states, i, copy)
      layout.place(state, own.controller)
      for (const [k, cell] of contentsOf(own, marks).entries()) {
        state.set(cell, memory + k * cellSize)
        if (filled !== undefined) state[filled + k] = 1
      }
    }
  }
  const inputs = Uint8Array.from(probes.flatMap(({ input }) => MARKS.map(() => input)))
  const after = await recogniser.step(states, inputs)
  const answers = classesOf(after.logits, recogniser.outputs)
  const probed: Probed[] = []
  for (const [i, own] of probes.entries()) {
    const [first, second] = MARKS.map((marks, copy) => {
      const state = stateOf(after.states, i, copy)
      const contents = contentsOf(own, marks)
      const cells = Array.from({ length: contents.length + 1 }, (_, k) =>
        state.subarray(memory + k * cellSize, memory + (k + 1) * cellSize),
      )
      const length =
        filled === undefined ? undefined : cells.reduce((sum, _, k) => sum + state[filled + k]!, 0)
      return { controller: layout.controllerOf(state), ...acted(order, contents, cells, length) }
    }) as [Seen, Seen]
    const { controller, action, pushed } = first
    if (action === undefined || second.action === undefined) return 'it acts on the memory in no clean way'
    const same = action === second.action && equal(controller, second.controller)
    if (!same) return 'it reads more than what is in view'
    probed.push({ controller, answer: answers[MARKS.length * i]!, action, ...(pushed && { pushed }) })
  }
  return probed
}

interface Seen {
  readonly controller: Float32Array
  readonly action?: MemoryRow['action']
  readonly pushed?: Float32Array
}

/** What was done to a memory, by its cells before and after. */
function acted(
  order: MemoryOrder,
  before: readonly Float32Array[],
  after: readonly Float32Array[],
  length: number | undefined,
): { action?: MemoryRow['action']; pushed?: Float32Array } {
  const empty = new Float32Array(after[0]!.length)
  const is = (contents: readonly Float32Array[]) =>
    after.every((cell, i) => equal(cell, contents[i] ?? empty)) &&
    (length === undefined || length === contents.length)
  if (is(before)) return { action: 'none' }
  if (is(before.slice(1))) return { action: 'pop' }
  const pushed = (order === 'stack' ? after[0]! : after[before.length]!).slice()
  const wanted = order === 'stack' ? [pushed, ...before] : [...before, pushed]
  return is(wanted) ? { action: 'push', pushed } : {}
}

function equal(left: Float32Array, right: Float32Array): boolean {
  return left.every((value, i) => value === right[i])
}

/** Values that stand for those near them. */
class Centroids {
  readonly #size: number
  readonly #tolerance: number
  readonly #rows: Float32Array[] = []

  constructor(size: number, tolerance: number) {
    this.#size = size
    this.#tolerance = tolerance
  }

  get count(): number {
    return this.#rows.length
  }

  at(number: number): Float32Array {
    return this.#rows[number]!
  }

  add(value: Float32Array): void {
    this.#rows.push(value.slice())
  }

  /** The number of the nearest, a new one where none is within the tolerance. Numbers below `from` stand for none. */
  numberOf(value: Float32Array, from = 0): number {
    let best = -1
    let least = this.#tolerance ** 2 * this.#size
    for (let i = from; i < this.#rows.length; i++) {
      const row = this.#rows[i]!
      let sum = 0
      for (let k = 0; k < row.length; k++) sum += (row[k]! - value[k]!) ** 2
      if (sum > least || (best >= 0 && sum === least)) continue
      least = sum
      best = i
    }
    if (best >= 0) return best
    this.add(value)
    return this.#rows.length - 1
  }
}
