/** Deterministic pushdown machines that read a symbol a step. Their next symbols are computed, and exact. */
import type { Machine, Transducer } from '../languages/machine.ts'
import {
  type Configuration,
  controlMachine,
  controlTransducer,
  type Decider,
  invalid,
  type Memory,
  statesOf,
  type Writer,
} from './control.ts'
import { type StackClass, type StackRule, stackReach } from './stack-reach.ts'

/** A condition on the stack. */
export interface StackTest {
  /** The symbol on top; null where the stack is empty; anything unless given. */
  readonly top?: string | null
}

/** What a rule does to the stack: first pop, then push. */
export interface StackAction {
  /** Whether the top is taken off; the rule does not apply to an empty stack. */
  readonly pop?: boolean
  /** Symbols put on the stack one after the other; the last is then on top. */
  readonly push?: readonly string[]
}

/** A stack: its top, and what lies below. */
export type Stack = { readonly top: string; readonly below: Stack; readonly class: StackClass } | undefined

/** Description of a machine that sorts words by a stack. */
export type PushdownDescription = Decider<StackTest, StackAction>

/**
 * The machine of a description. Which symbols may follow is worked out from the rules, for any depth.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function pushdownMachine(description: PushdownDescription): Machine<Configuration<Stack>> {
  const { rules, accept } = description
  const names = statesOf(plainMemory, description)
  const number = new Map<string | null, number>(
    [...stackSymbols(description), null].map((top, i) => [top, i]),
  )
  const state = new Map(names.map((name, i) => [name, i]))
  const tops = [...number.keys()]
  const all: StackRule[] = rules.flatMap(rule =>
    tops
      .filter(top => applies(rule, top))
      .map(top => ({
        from: state.get(rule.from)!,
        top: number.get(top)!,
        to: state.get(rule.to)!,
        push: [...(rule.push ?? []).toReversed(), ...(rule.pop ? [] : [top])].map(own => number.get(own)!),
      })),
  )
  const classFor = (name: string, top: string | null) => {
    const verdict = accept.find(own => own.state === name && applies(own, top))
    return verdict === undefined ? 0 : (verdict.class ?? 1)
  }
  const goals = names.flatMap(name =>
    tops
      .filter(top => classFor(name, top) === 1)
      .map(top => ({ state: state.get(name)!, top: number.get(top)! })),
  )
  const reach = stackReach(names.length, tops.length, all, goals)
  const bottom = reach.push(number.get(null)!, reach.empty)
  const classOf = (stack: Stack): StackClass => stack?.class ?? bottom
  const memory = stackMemory((top, below) => ({
    top,
    below,
    class: reach.push(number.get(top)!, classOf(below)),
  }))
  return controlMachine(memory, description, (name, stack) => reach.reaches(state.get(name)!, classOf(stack)))
}

/**
 * The transducer of a description: rules that read null run on after the input.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function pushdownTransducer(description: Writer<StackTest, StackAction>): Transducer {
  stackSymbols(description)
  return controlTransducer(plainMemory, description)
}

type Cell = (top: string, below: Stack) => Stack

function stackMemory(cell: Cell): Memory<Stack, StackTest, StackAction> {
  return {
    kind: 'pushdown',
    empty: undefined,
    holds: (test, stack) => applies(test, stack?.top ?? null),
    applies: (rule, stack) => applies(rule, stack?.top ?? null),
    overlap(first, second) {
      const tops = [first.top, second.top].filter(top => top !== undefined)
      if (tops.length === 0) return true
      return applies(first, tops[0]!) && applies(second, tops[0]!)
    },
    apply: ({ pop, push = [] }, stack) =>
      push.reduce<Stack>((below, top) => cell(top, below), pop ? stack!.below : stack),
    key(stack) {
      const tops: string[] = []
      for (let own = stack; own !== undefined; own = own.below) tops.push(own.top)
      return tops.reverse().join(' ')
    },
  }
}

/** A stack whose next symbols nobody asks for. */
const plainMemory = stackMemory((top, below) => ({ top, below, class: 0n }))

function applies({ top, pop }: StackTest & StackAction, actual: string | null): boolean {
  if (pop && actual === null) return false
  return top === undefined || top === actual
}

function stackSymbols({ rules }: { readonly rules: PushdownDescription['rules'] }): string[] {
  const pushed = new Set(rules.flatMap(rule => rule.push ?? []))
  for (const [i, { top, pop }] of rules.entries()) {
    if (top === null && pop) throw invalid(`rule ${i + 1} pops an empty stack`, 'a symbol on top', 'null')
    if (typeof top !== 'string' || pushed.has(top)) continue
    throw invalid(
      `rule ${i + 1} waits for ${JSON.stringify(top)} on top, which no rule pushes`,
      `a symbol that one pushes (${[...pushed].join(' ')})`,
    )
  }
  return [...pushed]
}
