/**
 * Counters (K2 for languages of blocks): all words aⁱbʲ… with every block up to a bound, walked along shared prefixes,
 * and how the unit that counts drifts. There is no proof for all lengths in floating point; this covers all near misses.
 */
import type { Language } from '../languages/language.ts'
import type { Recogniser } from '../learners/recogniser.ts'
import type { Evidence } from './format.ts'
import { type Answered, type Reference, repeat, type Subject } from './subject.ts'

/** Words of blocks: each symbol once, in order. */
export interface BlockOptions {
  readonly blocks: readonly number[]
  /** Longest block. */
  readonly bound: number
}

/** Blocks of a language that is made of them, with a bound that takes seconds; undefined for other languages. */
export function blocksOf({ id, alphabet }: Language): BlockOptions | undefined {
  if (!/^an(bn(cn(dn)?)?)$/.test(id)) return undefined
  const bound = [500, 60, 24][alphabet.length - 2]
  return bound === undefined ? undefined : { blocks: alphabet.map((_, symbol) => symbol), bound }
}

/** What an enumeration of blocks found, as it stands in a certificate. */
export type BlockEvidence = NonNullable<Evidence['counters']>

/** Looks at all words whose blocks have 0 to `bound` symbols. The wrong word is one of the smallest longest block. */
export async function enumerateBlocks(
  subject: Subject,
  reference: Reference,
  { blocks, bound }: BlockOptions,
): Promise<BlockEvidence> {
  const size = subject.stateSize
  let frontier = bound
  let wrong: BlockEvidence['wrong']
  const look = (answers: Uint8Array, wanted: Int32Array, countsOf: (row: number) => number[]) => {
    for (const [row, answered] of answers.entries()) {
      if (answered === reference.answer(wanted[row]!)) continue
      const counts = countsOf(row)
      const largest = Math.max(...counts)
      if (largest > frontier) continue
      frontier = largest - 1
      wrong = {
        counts: [...counts, ...new Array(blocks.length - counts.length).fill(0)],
        wanted: reference.answer(wanted[row]!),
        answered,
      }
    }
  }
  let at: Answered = await subject.start()
  let wanted = Int32Array.of(reference.start)
  look(at.answers, wanted, () => [0])
  for (const [place, symbol] of blocks.entries()) {
    const rows = at.answers.length
    // row · (bound + 1) + count: the states with this block after those without it
    const last = place === blocks.length - 1
    const kept = last ? undefined : repeat(at, rows * (bound + 1), size)
    const keptWanted = last ? undefined : new Int32Array(rows * (bound + 1))
    for (let count = 0; count <= bound; count++) {
      if (count > 0) {
        at = await subject.step(at, new Uint8Array(rows).fill(symbol))
        wanted = wanted.map(state => reference.next(state, symbol))
        look(at.answers, wanted, row => [...digits(row, place, bound + 1), count])
      }
      for (let row = 0; kept !== undefined && row < rows; row++) {
        const to = row * (bound + 1) + count
        kept.states.set(at.states.subarray(row * size, (row + 1) * size), to * size)
        kept.answers[to] = at.answers[row]!
        keptWanted![to] = wanted[row]!
      }
    }
    if (kept === undefined) break
    at = kept
    wanted = keptWanted!
  }
  const words = (bound + 1) ** blocks.length
  return { blocks: [...blocks], bound, words, frontier, ...(wrong && { wrong }) }
}

/** A line through the values of a unit. */
export interface Line {
  /** Least-squares change per step. */
  readonly slope: number
  /** Largest distance of a value from the line. */
  readonly worst: number
  /** Share of the variance that the line explains. */
  readonly fit: number
}

/** The unit that counts a block up and the next one down. */
export interface CounterDrift {
  /** Symbols of the two blocks. */
  readonly blocks: readonly [number, number]
  /** Part of the state and number in it. */
  readonly part: string
  readonly unit: number
  readonly up: Line
  readonly down: Line
  /** What is left per pair of steps: 0 for a counter that comes back exactly. */
  readonly drift: number
}

/**
 * For each two neighbouring blocks the unit of the state that counts best: whose values over equal blocks rise along a
 * line in one and fall along one in the other. Units of no network need do so; `fit` tells.
 *
 * @param steps symbols in each block
 */
export async function counterDrift(
  recogniser: Recogniser,
  { blocks, steps }: { readonly blocks: readonly number[]; readonly steps: number },
): Promise<CounterDrift[]> {
  const size = recogniser.stateSize
  const orbits: Float32Array[][] = []
  let states = (await recogniser.start()).states
  for (const symbol of blocks) {
    const orbit: Float32Array[] = []
    for (let t = 0; t < steps; t++) {
      states = (await recogniser.step(states, Uint8Array.of(symbol))).states
      orbit.push(states)
    }
    orbits.push(orbit)
  }
  return blocks.slice(1).map((second, place) => {
    let best: CounterDrift | undefined
    let most = -1
    for (let unit = 0; unit < size; unit++) {
      const up = lineThrough(orbits[place]!.map(state => state[unit]!))
      const down = lineThrough(orbits[place + 1]!.map(state => state[unit]!))
      const opposite = up.slope * down.slope < 0
      const [small, large] = [Math.abs(up.slope), Math.abs(down.slope)].sort((x, y) => x - y) as [
        number,
        number,
      ]
      const score = opposite ? up.fit * down.fit * (small / large) : 0
      if (score <= most) continue
      most = score
      best = {
        blocks: [blocks[place]!, second],
        ...partOf(recogniser, unit),
        ...{ up, down, drift: up.slope + down.slope },
      }
    }
    return best!
  })
}

/** The least-squares line through values at 0, 1, 2 … */
export function lineThrough(values: readonly number[]): Line {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let [across, along, spread] = [0, 0, 0]
  for (const [t, value] of values.entries()) {
    across += (t - middle) * (value - mean)
    along += (t - middle) ** 2
    spread += (value - mean) ** 2
  }
  const slope = along === 0 ? 0 : across / along
  const distances = values.map((value, t) => Math.abs(value - mean - slope * (t - middle)))
  const left = distances.reduce((sum, distance) => sum + distance ** 2, 0)
  return { slope, worst: Math.max(...distances), fit: spread === 0 ? 0 : 1 - left / spread }
}

function partOf({ parts }: Recogniser, unit: number): { part: string; unit: number } {
  let left = unit
  for (const { name, size } of parts) {
    if (left < size) return { part: name, unit: left }
    left -= size
  }
  return { part: 'state', unit }
}

function digits(row: number, places: number, base: number): number[] {
  const found: number[] = []
  for (let place = 0, rest = row; place < places; place++, rest = Math.floor(rest / base))
    found.push(rest % base)
  return found.reverse()
}
