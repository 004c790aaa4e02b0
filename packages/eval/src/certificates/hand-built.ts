/**
 * Small networks written by hand, for tests: their states and answers can be said in advance.
 */
import type { Recogniser, RecogniserStates } from '../learners/recogniser.ts'

/** One step in float64: the next state of a row. */
export interface HandBuilt {
  readonly symbols: number
  readonly start: readonly number[]
  step(state: readonly number[], symbol: number): readonly number[]
  logits(state: readonly number[]): readonly number[]
  readonly target?: 'class' | 'flags'
}

/** The recogniser of a network written by hand; counts its steps. */
export function handBuilt(network: HandBuilt): Recogniser & { readonly count: { steps: number } } {
  const count = { steps: 0 }
  const stateSize = network.start.length
  const rows = (states: readonly (readonly number[])[]): RecogniserStates => {
    const rounded = states.map(state => state.map(Math.fround))
    return {
      states: Float32Array.from(rounded.flat()),
      logits: Float32Array.from(rounded.flatMap(state => network.logits(state))),
    }
  }
  return {
    ...{ count, stateSize, symbols: network.symbols, target: network.target ?? 'class' },
    parts: [{ name: 'h', size: stateSize }],
    outputs: network.logits(network.start).length,
    start: async () => rows([network.start]),
    async step(states, symbols) {
      count.steps += symbols.length
      return rows(
        Array.from(symbols, (symbol, row) =>
          network.step([...states.subarray(row * stateSize, (row + 1) * stateSize)], symbol),
        ),
      )
    },
  }
}

/**
 * Parity by two saturated units and a third that keeps them apart: hₜ = tanh(gain · (…)). At gain 20 float32 states
 * are bitwise few; at gain 2 they differ by the whole past.
 */
export function tanhParity(gain = 20): HandBuilt {
  // both: at least one of (odd before, one read); all: both of them; odd now = both and not all
  return {
    symbols: 2,
    start: [-1, -1],
    step([any, all], symbol) {
      const odd = (any! - all!) / 2 // 1 after an odd number of ones, else 0
      return [Math.tanh(gain * (odd + symbol - 0.5)), Math.tanh(gain * (odd + symbol - 1.5))]
    },
    logits: ([any, all]) => [0, any! - all! - 1],
  }
}

/** A unit near ±1 that ones turn over, but each step draws it up a little: right on short words alone. */
export function driftingParity(keep = 0.8): HandBuilt {
  return {
    symbols: 2,
    start: [1],
    step: ([unit], symbol) => [keep * unit! * (symbol === 1 ? -1 : 1) + (1 - keep) * 0.1],
    logits: ([unit]) => [unit!, 0],
  }
}

/** The same network with one more unit, which holds the last two dozen symbols as digits: no two pasts are equal. */
export function withPast(network: HandBuilt, scale = 1): HandBuilt {
  const base = network.symbols
  return {
    ...network,
    start: [...network.start, 0],
    step: (state, symbol) => [
      ...network.step(state.slice(0, -1), symbol),
      (state.at(-1)! + scale * symbol) / base,
    ],
    logits: state => network.logits(state.slice(0, -1)),
  }
}

/** Any automaton as a network: one-hot states, with a little noise that depends on the past. */
export function oneHot(
  table: { symbols: number; next: readonly (readonly number[])[]; classes: readonly number[] },
  noise = 0,
): HandBuilt {
  const states = table.next.length
  const outputs = Math.max(...table.classes) + 1
  const nearest = (state: readonly number[]) => {
    let best = 0
    for (let i = 1; i < states; i++) if (state[i]! > state[best]!) best = i
    return best
  }
  return {
    symbols: table.symbols,
    start: Array.from({ length: states }, (_, i) => Number(i === 0)),
    step(state, symbol) {
      const to = table.next[nearest(state)]![symbol]!
      return state.map((x, i) => Number(i === to) + noise * Math.sin(7 * x + 3 * symbol + i))
    },
    logits: state => {
      const own = table.classes[nearest(state)]!
      return Array.from({ length: outputs }, (_, k) => Number(k === own))
    },
  }
}
