/** Strings that results are measured on: by size, distinct, and not among the training strings where that is possible. */
import { sha256Of } from '@elman/core'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Language } from '../languages/language.ts'
import { stringKey } from './training-strings.ts'

/** Test strings of one size. */
export interface TestSet {
  readonly size: number
  /** Steps of the longest. */
  readonly length: number
  readonly strings: readonly EncodedString[]
  /** Whether none is among the training strings. */
  readonly heldOut: boolean
}

/** Multiples of the training size that are tested. */
export const TEST_MULTIPLES: readonly number[] = [1, 1.5, 2, 4, 8]

/** The size nearest to `wanted` that a language has, the larger of two. */
export function sizeNear(language: Language, wanted: number): number {
  for (let distance = 0; distance <= wanted; distance++) {
    if (language.hasSize(wanted + distance)) return wanted + distance
    if (wanted > distance && language.hasSize(wanted - distance)) return wanted - distance
  }
  return language.trainSize
}

/** Test sizes of a training size, ascending: its multiples, or the nearest that the language has. */
export function testSizes(
  language: Language,
  trainSize: number,
  multiples: readonly number[] = TEST_MULTIPLES,
): number[] {
  const sizes = multiples.map(multiple => sizeNear(language, Math.round(multiple * trainSize)))
  return [...new Set(sizes)].toSorted((a, b) => a - b)
}

/** Draws of a string that were there already before a size counts as exhausted, for each string that is wanted. */
const TRIES = 4

/** Which strings are drawn for a {@link testSet}. */
export interface TestSetOptions {
  /** Keys of training strings (see `trainingKeys`), left out as long as there are others; none unless given. */
  readonly seen?: ReadonlySet<string> | undefined
  /** `test` unless given. */
  readonly stream?: string | undefined
}

/**
 * `count` distinct strings of a size, fewer where the language has no more.
 *
 * In view `recognise` each class keeps its share of what is drawn. A class that has fewer words than that (aⁿbⁿ has one
 * of each size) is asked again for those it has, so that a test never becomes a count of the larger class.
 */
export function testSet(
  encoding: Encoding,
  size: number,
  count: number,
  { seen = new Set(), stream = 'test' }: TestSetOptions = {},
): TestSet {
  const classes = new Map<number, ClassStrings>()
  for (let index = 0; index < TRIES * count; index++) {
    const string = encoding.sample({ seed: 0, stream, size, index })
    const label = encoding.view === 'recognise' ? string.targets.at(-1)! : 0
    const own = classes.get(label) ?? { drawn: 0, fresh: new Map(), known: new Map() }
    classes.set(label, own)
    // The shares of the classes are those of the strings that would be enough if all were distinct.
    if (index < count) own.drawn += 1
    const key = stringKey(string)
    const into = seen.has(key) ? own.known : own.fresh
    if (!into.has(key)) into.set(key, string)
    if (index + 1 >= count && [...classes.values()].every(({ drawn, fresh }) => fresh.size >= drawn)) break
  }
  const chosen = [...classes].toSorted(([a], [b]) => a - b).map(([, own]) => stringsOfClass(own, encoding))
  const strings = chosen.flatMap(each => each.strings)
  return { size, length: longestOf(strings), strings, heldOut: chosen.every(({ heldOut }) => heldOut) }
}

/** What was drawn of one class. */
interface ClassStrings {
  /** How many strings are wanted. */
  drawn: number
  /** Distinct strings that are not among the training strings, and those that are, by key. */
  readonly fresh: Map<string, EncodedString>
  readonly known: Map<string, EncodedString>
}

function stringsOfClass({ drawn, fresh, known }: ClassStrings, { view }: Encoding) {
  const all = [...fresh.values(), ...known.values()]
  const repeats = view === 'recognise' && all.length < drawn
  const strings = repeats
    ? Array.from({ length: drawn }, (_, index) => all[index % all.length]!)
    : all.slice(0, drawn)
  return { strings, heldOut: strings.length <= fresh.size }
}

/** Steps of the longest string. */
export function longestOf(strings: readonly EncodedString[]): number {
  return strings.reduce((longest, { inputs }) => Math.max(longest, inputs.length), 0)
}

/** SHA-256 of all strings of test sets, with what is asked of them. */
export function testHash(sets: readonly TestSet[]): string {
  const parts = sets.flatMap(({ size, strings }) => [
    Uint32Array.of(size, strings.length),
    ...strings.flatMap(({ inputs, targets, scored }) => [
      Uint32Array.of(inputs.length),
      inputs,
      targets,
      scored,
    ]),
  ])
  return sha256Of(
    Buffer.concat(
      parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    ),
  )
}
