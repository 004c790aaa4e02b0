/**
 * A network snapped to finitely many of its own states (K4): breadth-first from the start, each symbol's next state is
 * replaced by the nearest one met so far, or is a new one where none is within a tolerance. When nothing new comes, the
 * snapped network is a finite automaton, and what holds of it holds for words of every length. At tolerance 0 states
 * are one only when all bits are: the automaton is then the raw network itself.
 */
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'
import { equivalence } from '../automata/product.ts'
import type { Word } from '../languages/language.ts'
import type { Recogniser } from '../learners/recogniser.ts'
import { children } from './exhaustive.ts'
import { StateTable } from './state-table.ts'
import type { Answered, Subject } from './subject.ts'

/** Tolerances that are tried, from the finest. */
export const TOLERANCES: readonly number[] = [0, 0.05, 0.1, 0.2, 0.3, 0.4]

/** A network as an automaton over some of its states. */
export interface SnappedTwin {
  /** Distance (root mean square per number of the whole state) within which a state is replaced; 0: equal bits. */
  readonly tolerance: number
  /** One state for each centroid; for flags, the last may be the dead one, which has no centroid. */
  readonly dfa: Dfa
  /** (count, stateSize): the states that the others are replaced by, in the order they were met. */
  readonly centroids: Float32Array
}

/** What came of one tolerance. */
export interface TwinTrial {
  readonly tolerance: number
  /** `exact`: right on all words. `wrong`: the automaton errs. `open`: more centroids than were allowed. */
  readonly verdict: 'exact' | 'wrong' | 'open'
  /** Centroids, as many as were made. */
  readonly centroids: number
  /** A shortest word that the twin is wrong about. */
  readonly word?: Word
  /** States of its minimal automaton; equal to the reference's when it is exact. */
  readonly minimal?: number
}

/** The twin at a tolerance; undefined when it needs more centroids than `limit`. */
export async function snappedTwin(
  subject: Subject,
  tolerance: number,
  limit = 1000,
): Promise<SnappedTwin | undefined> {
  const { symbols, stateSize } = subject
  const dead = subject.target === 'flags'
  const table = new StateTable(stateSize, 64)
  const next: number[] = []
  const DEAD = -1
  const stateOf = ({ states, answers }: Answered, row: number): number => {
    if (dead && answers[row] === 0) return DEAD
    const known = tolerance === 0 ? -1 : nearest(table.content().states, states, row, stateSize, tolerance)
    return known >= 0 ? known : table.number(states, row * stateSize, 0, answers[row]!)
  }
  const start = stateOf(await subject.start(), 0)
  if (start === DEAD) return undefined
  for (let from = 0; from < table.count; ) {
    const to = Math.min(table.count, from + 1024)
    const after = await children(subject, table.content(), from, to)
    for (let child = 0; child < after.answers.length; child++) {
      next[from * symbols + child] = stateOf(after, child)
      if (table.count > limit) return undefined
    }
    from = to
  }
  const { states, answers } = table.content()
  const classes = [...answers]
  if (next.includes(DEAD)) {
    const sink = classes.push(0) - 1
    for (let symbol = 0; symbol < symbols; symbol++) next.push(sink)
    for (const [edge, state] of next.entries()) if (state === DEAD) next[edge] = sink
  }
  return {
    tolerance,
    dfa: { symbols, start, next: Int32Array.from(next), classes: Uint8Array.from(classes) },
    centroids: states.slice(),
  }
}

/**
 * Tries tolerances from the finest until a twin is right on all words.
 *
 * @param reference the minimal automaton of the wanted answers
 */
export async function twinLadder(
  subject: Subject,
  reference: Dfa,
  options: { readonly tolerances?: readonly number[]; readonly states?: number } = {},
): Promise<{ readonly twin?: SnappedTwin; readonly trials: readonly TwinTrial[] }> {
  const { tolerances = TOLERANCES, states = 1000 } = options
  const trials: TwinTrial[] = []
  for (const tolerance of tolerances) {
    const twin = await snappedTwin(subject, tolerance, states)
    if (twin === undefined) {
      trials.push({ tolerance, verdict: 'open', centroids: states })
      continue
    }
    const centroids = twin.centroids.length / subject.stateSize
    const minimal = minimise(twin.dfa).classes.length
    const verdict = equivalence(twin.dfa, reference)
    if (verdict.equal) {
      trials.push({ tolerance, verdict: 'exact', centroids, minimal })
      return { twin, trials }
    }
    trials.push({ tolerance, verdict: 'wrong', centroids, minimal, word: verdict.word })
  }
  return { trials }
}

/**
 * The network with its state replaced by the nearest centroid after every step: what a twin's certificate is about. Its
 * logits are 1 for what the centroid answers and −1 for the rest.
 */
export function snappedRecogniser(recogniser: Recogniser, { dfa, centroids }: SnappedTwin): Recogniser {
  const { stateSize, outputs, target } = recogniser
  const snapped = (states: Float32Array) => {
    const count = states.length / stateSize
    const after = new Float32Array(states.length)
    const logits = new Float32Array(count * outputs).fill(-1)
    for (let row = 0; row < count; row++) {
      const centroid = nearest(centroids, states, row, stateSize, Number.POSITIVE_INFINITY)
      after.set(centroids.subarray(centroid * stateSize, (centroid + 1) * stateSize), row * stateSize)
      const answer = dfa.classes[centroid]!
      for (let k = 0; k < outputs; k++) {
        const yes = target === 'class' ? answer === k : (answer >> k) & 1
        if (yes) logits[row * outputs + k] = 1
      }
    }
    return { states: after, logits }
  }
  return {
    ...recogniser,
    start: async () => snapped((await recogniser.start()).states),
    step: async (states, symbols) => snapped((await recogniser.step(states, symbols)).states),
  }
}

/** The centroid nearest to a row, the first at a tie; −1 when none is within the tolerance. */
function nearest(
  centroids: Float32Array,
  states: Float32Array,
  row: number,
  size: number,
  tolerance: number,
): number {
  const from = row * size
  let best = -1
  let least = tolerance ** 2 * size
  for (let centroid = 0; centroid * size < centroids.length; centroid++) {
    let sum = 0
    for (let i = 0; i < size && sum <= least; i++) {
      const difference = states[from + i]! - centroids[centroid * size + i]!
      sum += difference * difference
    }
    if (sum > least || (best >= 0 && sum === least)) continue
    least = sum
    best = centroid
  }
  return best
}
