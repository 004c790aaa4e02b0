/**
 * Finite control over a memory, described by rules: what counter, pushdown and queue machines share. A rule applies in
 * a state, to a symbol, under a condition on the memory; at most one rule may apply. Without a rule the word is lost.
 */
import { ElmanError } from '@elman/core'
import type { Machine, MachineKind, Transducer } from '../languages/machine.ts'

/** What every rule has; names are those of states and of the alphabet. */
export interface Rule {
  readonly from: string
  /** Symbol or symbols the rule reads; null where it runs on after the input, which only transducers do. */
  readonly read: string | readonly string[] | null
  readonly to: string
  /** Output symbol, of transducers. */
  readonly write?: string
}

/** A state, under a condition, whose words have a class. */
export interface Acceptance {
  readonly state: string
  /** 1 unless given. */
  readonly class?: number
}

/** What every description has. `C` is a condition on the memory, `A` what a rule does to it. */
export interface Control<C, A> {
  readonly alphabet: readonly string[]
  readonly start: string
  readonly rules: readonly (Rule & C & A)[]
}

/** A description that sorts words: class of the first acceptance that holds, else 0. */
export interface Decider<C, A> extends Control<C, A> {
  readonly accept: readonly (Acceptance & C)[]
}

/** A description that writes. */
export interface Writer<C, A> extends Control<C, A> {
  readonly outputs: readonly string[]
  /** Steps that may be taken for an input of a length; 1000 + 10·(length + 1)² unless given. */
  readonly stepLimit?: (length: number) => number
}

/** What a memory is: values that are never changed. */
export interface Memory<M, C, A> {
  readonly kind: MachineKind
  readonly empty: M
  holds(condition: C, memory: M): boolean
  /** Whether a rule's condition holds and it can act. */
  applies(rule: C & A, memory: M): boolean
  /** Whether two rules may apply to the same memory. */
  overlap(first: C & A, second: C & A): boolean
  apply(action: A, memory: M): M
  key(memory: M): string
}

/** A state with what the memory holds; no state when the word is lost. */
export interface Configuration<M> {
  readonly state: string | undefined
  readonly memory: M
}

type Found<M> = (configuration: Configuration<M>, symbol: number) => Configuration<M>

/**
 * The machine of a description.
 *
 * @param alive whether a word of the language can still be reached; next symbols come from it. Without it, or with
 * classes beyond 0 and 1, the machine does not tell them.
 * @throws ElmanError `MACHINE_INVALID` for names that do not exist or rules without a symbol;
 * `MACHINE_NOT_DETERMINISTIC` where two rules may apply at once.
 */
export function controlMachine<M, C, A>(
  memory: Memory<M, C, A>,
  description: Decider<C, A>,
  alive?: (state: string, memory: M) => boolean,
): Machine<Configuration<M>> {
  const { alphabet, accept } = description
  const rules = recogniserTable(memory, description)
  const lost: Configuration<M> = { state: undefined, memory: memory.empty }
  const step: Found<M> = (configuration, symbol) => {
    const rule = rules.find(configuration, symbol)
    return rule === undefined ? lost : { state: rule.to, memory: memory.apply(rule, configuration.memory) }
  }
  const classOf = ({ state, memory: held }: Configuration<M>): number => {
    const verdict = accept.find(own => own.state === state && memory.holds(own, held))
    return verdict === undefined ? 0 : (verdict.class ?? 1)
  }
  const machine: Machine<Configuration<M>> = {
    kind: memory.kind,
    start: { state: description.start, memory: memory.empty },
    step,
    classOf,
    key: ({ state, memory: held }) => (state === undefined ? '' : `${state} ${memory.key(held)}`),
  }
  if (alive === undefined || accept.some(own => (own.class ?? 1) > 1)) return machine
  return {
    ...machine,
    next(configuration) {
      const flags = new Uint8Array(alphabet.length + 1)
      for (let symbol = 0; symbol < alphabet.length; symbol++) {
        const after = step(configuration, symbol)
        flags[symbol] = Number(after.state !== undefined && alive(after.state, after.memory))
      }
      flags[alphabet.length] = Number(classOf(configuration) === 1)
      return flags
    },
  }
}

/**
 * The transducer of a description: it reads the input, then takes rules that read null until none applies.
 *
 * @throws ElmanError as {@link controlMachine}; its `transduce` throws `MACHINE_STUCK` where no rule reads the next
 * symbol and `MACHINE_STEP_LIMIT` where it does not end.
 */
export function controlTransducer<M, C, A>(memory: Memory<M, C, A>, description: Writer<C, A>): Transducer {
  const { alphabet, outputs, start } = description
  const limitOf = description.stepLimit ?? (length => 1000 + 10 * (length + 1) ** 2)
  const rules = ruleTable(memory, description)
  const written = new Map(outputs.map((name, symbol) => [name, symbol]))
  for (const { write } of description.rules) {
    if (write !== undefined && !written.has(write))
      throw invalid(`there is no output ${JSON.stringify(write)}`, names(outputs))
  }
  return {
    kind: memory.kind,
    transduce(word) {
      const limit = limitOf(word.length)
      const output: number[] = []
      let configuration: Configuration<M> = { state: start, memory: memory.empty }
      for (let steps = 0; ; steps++) {
        const symbol = word[steps] ?? alphabet.length
        const rule = rules.find(configuration, symbol)
        if (rule === undefined && steps < word.length)
          throw stuck(configuration.state!, alphabet[symbol]!, steps)
        if (rule === undefined) return Uint8Array.from(output)
        if (steps >= limit) throw stepLimit(memory.kind, limit, word.length)
        if (rule.write !== undefined) output.push(written.get(rule.write)!)
        configuration = { state: rule.to, memory: memory.apply(rule, configuration.memory) }
      }
    },
  }
}

/**
 * The states of a description once it has passed the checks of {@link controlMachine}.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function statesOf<M, C, A>(memory: Memory<M, C, A>, description: Decider<C, A>): string[] {
  return [...recogniserTable(memory, description).states]
}

function recogniserTable<M, C, A>(memory: Memory<M, C, A>, description: Decider<C, A>): RuleTable<M, C, A> {
  const table = ruleTable(memory, description)
  const silent = description.rules.findIndex(rule => rule.read === null)
  if (silent >= 0)
    throw invalid(
      'a machine that sorts words reads a symbol a step',
      'a symbol',
      `null in rule ${silent + 1}`,
    )
  for (const { state, class: own = 1 } of description.accept) {
    if (!table.states.has(state))
      throw invalid(`no rule leads to state ${JSON.stringify(state)} of accept`, names(table.states))
    if (!Number.isInteger(own) || own < 0 || own > 255)
      throw invalid('a class is a number', '0 to 255', `${own}`)
  }
  return table
}

interface RuleTable<M, C, A> {
  readonly states: ReadonlySet<string>
  /** The rule that applies; symbol `alphabet.length` stands for the end of the input. */
  find(configuration: Configuration<M>, symbol: number): (Rule & C & A) | undefined
}

function ruleTable<M, C, A>(
  memory: Memory<M, C, A>,
  { alphabet, start, rules }: Control<C, A>,
): RuleTable<M, C, A> {
  type Own = Rule & C & A
  const states = new Set([start, ...rules.map(rule => rule.to)])
  const table = new Map<string, { readonly rule: Own; readonly number: number }[][]>()
  for (const [i, rule] of rules.entries()) {
    const number = i + 1
    if (!states.has(rule.from)) {
      throw invalid(
        `rule ${number} starts from state ${JSON.stringify(rule.from)}, which nothing leads to`,
        names(states),
      )
    }
    const reads = rule.read === null ? [null] : typeof rule.read === 'string' ? [rule.read] : rule.read
    const row = table.get(rule.from) ?? Array.from({ length: alphabet.length + 1 }, () => [])
    table.set(rule.from, row)
    for (const read of reads) {
      const symbol = read === null ? alphabet.length : alphabet.indexOf(read)
      if (symbol < 0)
        throw invalid(`rule ${number} reads ${JSON.stringify(read)}, which is no symbol`, names(alphabet))
      for (const other of row[symbol]!) {
        if (!memory.overlap(rule, other.rule)) continue
        throw notDeterministic(other.number, number, read, rule.from)
      }
      row[symbol]!.push({ rule, number })
    }
  }
  return {
    states,
    find({ state, memory: held }, symbol) {
      const row = state === undefined ? undefined : table.get(state)
      return row?.[symbol]?.find(({ rule }) => memory.applies(rule, held))?.rule
    },
  }
}

/** The error of a description that makes no machine. */
export function invalid(message: string, expected: string, found?: string): ElmanError {
  return new ElmanError('MACHINE_INVALID', { message, expected, ...(found === undefined ? {} : { found }) })
}

/** The error of two rules that may apply at once; null stands for the end of the input. */
export function notDeterministic(
  first: number,
  second: number,
  read: string | null,
  state: string,
): ElmanError {
  const symbol = read === null ? 'the end' : JSON.stringify(read)
  return new ElmanError('MACHINE_NOT_DETERMINISTIC', {
    message: `rules ${first} and ${second} may apply at once`,
    expected: 'at most one rule for a state, symbol and memory',
    found: `both read ${symbol} in state ${JSON.stringify(state)}`,
  })
}

/** The error of a machine that does not end. */
export function stepLimit(kind: MachineKind, limit: number, length: number): ElmanError {
  return new ElmanError('MACHINE_STEP_LIMIT', {
    message: `the ${kind} machine had not ended after ${limit} steps on a word of ${length} symbols`,
    hint: 'see whether it runs in circles; if it only needs longer, give a larger stepLimit',
  })
}

/** Names as a list for an error. */
export function names(all: Iterable<string>): string {
  return `one of ${[...all].map(name => JSON.stringify(name)).join(', ')}`
}

function stuck(state: string, symbol: string, position: number): ElmanError {
  return new ElmanError('MACHINE_STUCK', {
    message: `no rule reads ${JSON.stringify(symbol)} in state ${JSON.stringify(state)}`,
    where: `symbol ${position + 1} of the input`,
  })
}
