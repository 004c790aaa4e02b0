/**
 * From which configurations of a pushdown system a goal can be reached: the saturation of Bouajjani, Esparza and Maler
 * (1997). The stacks from which a state reaches the goal are a regular set; an automaton that reads them from the top
 * is completed edge by edge until nothing is added.
 */

/** In state `from` with `top` on the stack: go to `to`, the top replaced by `push`, whose first becomes the top. */
export interface StackRule {
  readonly from: number
  readonly top: number
  readonly to: number
  readonly push: readonly number[]
}

/** Stacks as seen by the automaton: bit s is set when reading the stack from its top leads from s to the end. */
export type StackClass = bigint

/** Answers about stacks, which are built from below. */
export interface StackReach {
  readonly empty: StackClass
  /** The stack with one more symbol on top. */
  push(symbol: number, below: StackClass): StackClass
  /** Whether the goal can be reached from a state with the stack, in no step or more. */
  reaches(state: number, stack: StackClass): boolean
}

/**
 * Which configurations reach a goal.
 *
 * @param goals states that are a goal when the symbol is on top, whatever is below it.
 */
export function stackReach(
  states: number,
  symbols: number,
  rules: readonly StackRule[],
  goals: readonly { readonly state: number; readonly top: number }[],
): StackReach {
  const end = states // the automaton's own state after a goal's top; it reads the rest
  const edges = Array.from({ length: states + 1 }, () => Array<bigint>(symbols).fill(0n))
  edges[end]!.fill(bit(end))
  for (const { state, top } of goals) edges[state]![top]! |= bit(end)
  const after = (from: bigint, symbol: number): bigint => {
    let to = 0n
    for (let state = 0; state <= end; state++) if (from & bit(state)) to |= edges[state]![symbol]!
    return to
  }
  for (let changed = true; changed; ) {
    changed = false
    for (const { from, top, to, push } of rules) {
      const before = edges[from]![top]!
      const now = before | push.reduce(after, bit(to))
      if (now === before) continue
      edges[from]![top] = now
      changed = true
    }
  }
  return {
    empty: bit(end),
    push(symbol, below) {
      let stack = 0n
      for (let state = 0; state <= end; state++) if (edges[state]![symbol]! & below) stack |= bit(state)
      return stack
    },
    reaches: (state, stack) => (stack & bit(state)) !== 0n,
  }
}

function bit(state: number): bigint {
  return 1n << BigInt(state)
}
