/** Machines with counters: finite control that sees the sign of each counter and adds to them. */
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

/** What a rule may ask of one counter. */
export type CounterTest = 'any' | 'zero' | 'non-zero' | 'positive' | 'negative'

/** A condition on the counters: a test for each, in order; those left out may be anything. */
export interface CounterCondition {
  readonly when?: readonly CounterTest[]
}

/** What a rule does to the counters: a whole number for each, in order; those left out stay. */
export interface CounterAction {
  readonly add?: readonly number[]
}

/** Values of the counters; they may be negative. */
export type Counters = readonly number[]

/** Description of a machine that sorts words by counters. */
export interface CounterDescription extends Decider<CounterCondition, CounterAction> {
  /** Number of counters. */
  readonly counters: number
  /**
   * Whether a word of the language can still be reached. For one counter with steps of at most 1 it is worked out from
   * the rules; no method decides it for all machines with more. Where each rule keeps a word within reach this is
   * `() => true`. Where it is neither given nor worked out, the machine does not tell next symbols.
   */
  readonly alive?: (state: string, counters: Counters) => boolean
}

/** Signs −1, 0, 1 by which a test holds, as bits 1, 2, 4. */
const SIGNS: Readonly<Record<CounterTest, number>> = {
  any: 7,
  zero: 2,
  'non-zero': 5,
  positive: 4,
  negative: 1,
}

/**
 * The machine of a description.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function counterMachine(description: CounterDescription): Machine<Configuration<Counters>> {
  const memory = counterMemory(description.counters)
  check(description)
  const { counters, rules, alive } = description
  const small = rules.every(({ add = [] }) => add.every(step => Math.abs(step) <= 1))
  const computed =
    counters === 1 && small ? oneCounterAlive(statesOf(memory, description), description) : undefined
  return controlMachine(memory, description, alive ?? computed)
}

/**
 * The transducer of a description: rules that read null run on after the input.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function counterTransducer(
  description: Writer<CounterCondition, CounterAction> & { readonly counters: number },
): Transducer {
  check({ ...description, accept: [] })
  return controlTransducer(counterMemory(description.counters), description)
}

function counterMemory(counters: number): Memory<Counters, CounterCondition, CounterAction> {
  const tests = ({ when = [] }: CounterCondition) =>
    Array.from({ length: counters }, (_, i) => SIGNS[when[i] ?? 'any'])
  const holds = ({ when = [] }: CounterCondition, values: Counters) =>
    when.every((test, i) => (SIGNS[test] & signBit(values[i]!)) !== 0)
  return {
    kind: 'counter',
    empty: Array<number>(counters).fill(0),
    holds,
    applies: holds,
    overlap(first, second) {
      const others = tests(second)
      return tests(first).every((signs, i) => (signs & others[i]!) !== 0)
    },
    apply: ({ add = [] }, values) => values.map((value, i) => value + (add[i] ?? 0)),
    key: values => values.join(' '),
  }
}

function signBit(value: number): number {
  if (value === 0) return SIGNS.zero
  return value > 0 ? SIGNS.positive : SIGNS.negative
}

/** A counter is a stack of equal symbols, one kind for positive and one for negative values. */
function oneCounterAlive(
  names: readonly string[],
  { rules, accept }: CounterDescription,
): (state: string, counters: Counters) => boolean {
  const states = new Map(names.map((name, i) => [name, i]))
  const [bottom, positive, negative] = [0, 1, 2]
  const holdsOf = ({ when = [] }: CounterCondition, symbol: number) =>
    (SIGNS[when[0] ?? 'any'] & [2, 4, 1][symbol]!) !== 0
  const replaced = (symbol: number, add: number): number[] => {
    if (add === 0) return [symbol]
    const own = add > 0 ? positive : negative
    if (symbol === bottom || symbol === own) return [own, symbol]
    return []
  }
  const classFor = (name: string, top: number) => {
    const verdict = accept.find(own => own.state === name && holdsOf(own, top))
    return verdict === undefined ? 0 : (verdict.class ?? 1)
  }
  const symbols = [bottom, positive, negative]
  const stackRules: StackRule[] = rules.flatMap(rule =>
    symbols
      .filter(symbol => holdsOf(rule, symbol))
      .map(top => ({
        from: states.get(rule.from)!,
        top,
        to: states.get(rule.to)!,
        push: replaced(top, rule.add?.[0] ?? 0),
      })),
  )
  const goals = names.flatMap(name =>
    symbols.filter(top => classFor(name, top) === 1).map(top => ({ state: states.get(name)!, top })),
  )
  const reach = stackReach(states.size, 3, stackRules, goals)
  const zero = reach.push(bottom, reach.empty)
  const stacks: [StackClass[], StackClass[]] = [[zero], [zero]] // by absolute value
  return (state, [value = 0]) => {
    const own = stacks[value < 0 ? 1 : 0]!
    while (own.length <= Math.abs(value)) own.push(reach.push(value < 0 ? negative : positive, own.at(-1)!))
    return reach.reaches(states.get(state)!, own[Math.abs(value)]!)
  }
}

function check({ counters, rules, accept }: Omit<CounterDescription, 'alive'>): void {
  if (!Number.isInteger(counters) || counters < 1)
    throw invalid('a counter machine has counters', '1 or more', `${counters}`)
  for (const [i, { when = [], add = [] }] of rules.entries()) {
    if (Math.max(when.length, add.length) > counters) {
      throw invalid(
        `rule ${i + 1} speaks of more counters than there are`,
        `${counters}`,
        `${Math.max(when.length, add.length)}`,
      )
    }
    const step = add.find(own => !Number.isSafeInteger(own))
    if (step !== undefined) throw invalid(`rule ${i + 1} adds no whole number`, 'whole numbers', `${step}`)
  }
  for (const test of [...rules, ...accept].flatMap(own => own.when ?? [])) {
    if (!(test in SIGNS))
      throw invalid('there is no such test of a counter', Object.keys(SIGNS).join(', '), `${test}`)
  }
}
