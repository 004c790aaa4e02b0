/** Trained learners as recognisers: steps compiled for a few numbers of states, flat states in and out. */
import {
  type Backend,
  ElmanError,
  type Executable,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  type Traced,
  trace,
} from '@elman/core'
import type { Encoding } from '../languages/encoding.ts'
import type { Learner } from './learner.ts'
import type { Recogniser, RecogniserStates } from './recogniser.ts'

/** How a recogniser calls its learner. */
export interface RecogniserOptions {
  /** Memories act by their likeliest action alone; false unless given. */
  readonly hard?: boolean | undefined
  /** Longest word that memories must hold, in steps; 64 unless given. Learners without a memory have no limit. */
  readonly capacity?: number | undefined
}

/** A recogniser that holds compiled graphs. */
export interface CompiledRecogniser extends Recogniser {
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Rows of the compiled steps; calls are cut into the largest that they fill, and the rest is padded. */
const BATCHES = [1, 64, 1024] as const

/**
 * A trained learner as an automaton. Graphs are compiled when their number of rows is first needed. In view `transduce`
 * words begin without a begin symbol: the start state is zero and has no answer (zero logits), and the special symbols
 * may be stepped through as well.
 *
 * @throws `RECOGNISER_NO_STATE` when the learner carries no state from step to step
 */
export async function createRecogniser(
  learner: Learner,
  parameters: Parameters,
  encoding: Encoding,
  backend: Backend,
  options: RecogniserOptions = {},
): Promise<CompiledRecogniser> {
  const { recurrence } = learner
  if (recurrence === undefined) {
    throw new ElmanError('RECOGNISER_NO_STATE', {
      message: 'this learner reads a string as a whole and carries no state from step to step',
      expected: 'a learner with a recurrence',
      hint: 'score it on strings, or extract an automaton from a recurrent learner',
    })
  }
  const call = { time: options.capacity ?? 64, hard: options.hard ?? false }
  const stateSize = recurrence.stateSize(call)
  const { outputs, target } = encoding
  const weights = leavesOf<NdArray>(parameters, isNdArray)
  const graphs = new Map<number, Promise<Executable>>()
  const graphFor = (rows: number) => {
    const known = graphs.get(rows)
    if (known !== undefined) return known
    const { graph } = trace(
      (own, state, symbols) => {
        const after = recurrence.step(own as Traced<Parameters>, state, symbols, call)
        return [after.state, after.logits] as const
      },
      parameters,
      { dtype: 'float32' as const, shape: [rows, stateSize] },
      { dtype: 'int32' as const, shape: [rows] },
    )
    const made = backend.compile(graph, { threads: 1, name: `recogniser-${rows}` })
    graphs.set(rows, made)
    return made
  }

  const step = async (states: Float32Array, symbols: Uint8Array): Promise<RecogniserStates> => {
    const count = symbols.length
    const after = new Float32Array(count * stateSize)
    const logits = new Float32Array(count * outputs)
    for (let from = 0; from < count; ) {
      const rows = rowsFor(count - from)
      const used = Math.min(rows, count - from)
      const state = new Float32Array(rows * stateSize)
      state.set(states.subarray(from * stateSize, (from + used) * stateSize))
      const symbol = new Int32Array(rows)
      symbol.set(symbols.subarray(from, from + used))
      const [next, answers] = (await (
        await graphFor(rows)
      ).run([
        ...weights,
        { dtype: 'float32', shape: [rows, stateSize], data: state },
        { dtype: 'int32', shape: [rows], data: symbol },
      ])) as [NdArray, NdArray]
      after.set((next.data as Float32Array).subarray(0, used * stateSize), from * stateSize)
      logits.set((answers.data as Float32Array).subarray(0, used * outputs), from * outputs)
      from += used
    }
    return { states: after, logits }
  }
  const zero = new Float32Array(stateSize)
  const begin = encoding.language.alphabet.length
  return {
    symbols: begin,
    stateSize,
    parts: recurrence.parts(call),
    outputs,
    target,
    start: () =>
      encoding.view === 'transduce'
        ? Promise.resolve({ states: zero.slice(), logits: new Float32Array(outputs) })
        : step(zero, Uint8Array.of(begin)),
    step,
    async dispose() {
      for (const graph of graphs.values()) await (await graph).dispose()
      graphs.clear()
    },
  }
}

/** The rows of the graph for so many states: the largest that is filled, or the smallest that holds the rest. */
function rowsFor(count: number): number {
  const holds = BATCHES.find(rows => rows >= count)
  const largest = BATCHES.at(-1)!
  if (holds === undefined) return largest
  // 65 to 1,023 states: blocks of 64 while they are fewer than half of the large block.
  return holds === largest && count < largest / 2 ? BATCHES[1] : holds
}
