/**
 * The machine that a pickle is a program for, with most of its powers left out: it can build dictionaries, lists,
 * tuples, strings and numbers, and call what the allow-list names. Opcodes: opcodes.ts.
 */
import { OPCODES } from './opcodes.ts'
import { damagedPickle, type PickleBytes, pickleBytes, refusedPickle } from './pickle-bytes.ts'
import type { AllowedGlobal, StackValue } from './pickle-value.ts'

/** What opcodes work on. */
export interface PickleMachine {
  readonly bytes: PickleBytes
  /** Names that may be asked for, as `module.name`. */
  readonly names: ReadonlyMap<string, AllowedGlobal>
  /** What was remembered, by number. */
  readonly memo: Map<number, StackValue>
  push(value: StackValue): void
  pop(): StackValue
  /** The value on top, which stays there. */
  top(): StackValue
  /** Starts a series. */
  mark(): void
  /** Takes the series since the last mark. */
  series(): StackValue[]
  /** Says how many values a call copies. */
  copies(count: number): void
  /** What a persistent id names. */
  persistent(id: StackValue): StackValue
  damaged(found: string): Error
  refused(asked: string): Error
}

/** How a pickle is read. */
export interface PickleOptions {
  readonly names: ReadonlyMap<string, AllowedGlobal>
  /** Name of the file, for errors. */
  readonly where: string
  /** What a persistent id names; such ids are refused without it. */
  readonly persistent?: (id: StackValue, refuse: (found: string) => Error) => StackValue
}

const STOP = 0x2e

/**
 * Runs the pickle that begins at `start`.
 *
 * @returns what it left, and the place after it
 * @throws `PICKLE_TRUNCATED`, `PICKLE_DAMAGED`, `PICKLE_REFUSED`
 */
export function runPickle(
  data: Uint8Array,
  start: number,
  { names, where, persistent }: PickleOptions,
): { readonly value: StackValue; readonly end: number } {
  const bytes = pickleBytes(data, start, where)
  let stack: StackValue[] = []
  const outer: StackValue[][] = []
  let at = start
  let copied = 0
  const damaged = (found: string) => damagedPickle(found, at, where)
  const refused = (asked: string) => refusedPickle(asked, at, where)
  const machine: PickleMachine = {
    bytes,
    names,
    memo: new Map(),
    push: value => stack.push(value),
    pop() {
      if (stack.length === 0) throw damaged('a value is taken from an empty stack')
      return stack.pop()!
    },
    top() {
      if (stack.length === 0) throw damaged('the stack is empty')
      return stack.at(-1)!
    },
    mark() {
      outer.push(stack)
      stack = []
    },
    series() {
      const taken = stack
      const before = outer.pop()
      if (before === undefined) throw damaged('a series ends that never began')
      stack = before
      return taken
    },
    copies(count) {
      copied += count
      if (copied > data.length) throw refused('more copies of values than it has bytes')
    },
    persistent(id) {
      if (persistent === undefined) throw refused('an object from outside of the pickle (a persistent id)')
      return persistent(id, found => refused(`an object from outside of the pickle: ${found}`))
    },
    damaged,
    refused,
  }
  for (;;) {
    at = bytes.offset()
    const code = bytes.byte()
    if (code === STOP) return { value: machine.pop(), end: bytes.offset() }
    const opcode = OPCODES.get(code)
    if (opcode === undefined) throw damaged(`byte ${code} is no opcode`)
    opcode(machine)
  }
}
