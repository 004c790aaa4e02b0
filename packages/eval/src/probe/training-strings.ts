/** The strings of a training, each by its place: any step can be made again without those before it. */
import { random } from '@elman/core'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Language } from '../languages/language.ts'

/** Where training strings come from. */
export interface TrainingStrings {
  readonly encoding: Encoding
  /** Sizes run from 1 to this. */
  readonly trainSize: number
  /** Strings in a batch. */
  readonly batch: number
  readonly seed: number
}

/** Sizes from 1 to a largest one that a language has. */
export function sizesUpTo(language: Language, largest: number): number[] {
  return Array.from({ length: largest }, (_, i) => i + 1).filter(size => language.hasSize(size))
}

/**
 * The size of a step's batch, uniform over `sizes`. It does not depend on the seed, so that seeds that train together
 * have strings of one length at every step, and each sees what it would see alone.
 */
export function sizeOfStep(sizes: readonly number[], step: number): number {
  const key = random.foldIn(random.foldIn(random.key(0), 'ladder.sizes'), step)
  return sizes[random.integerBelow(key, sizes.length)]!
}

/** The strings of a step: numbers step · batch ... of stream `train` at their size. */
export function stringsOfStep(from: TrainingStrings, size: number, step: number): EncodedString[] {
  const { encoding, batch, seed } = from
  return Array.from({ length: batch }, (_, row) =>
    encoding.sample({ seed, stream: 'train', size, index: step * batch + row }),
  )
}

/** The first strings of a training, in order: what baselines learn from. */
export function firstStrings(from: TrainingStrings, count: number, steps: number): EncodedString[] {
  const sizes = sizesUpTo(from.encoding.language, from.trainSize)
  const strings: EncodedString[] = []
  for (let step = 0; step < steps && strings.length < count; step++) {
    strings.push(...stringsOfStep(from, sizeOfStep(sizes, step), step))
  }
  return strings.slice(0, count)
}

/** Texts that tell strings apart, of all training strings of a size. */
export function trainingKeys(from: TrainingStrings, size: number, steps: number): Set<string> {
  const sizes = sizesUpTo(from.encoding.language, from.trainSize)
  const keys = new Set<string>()
  for (let step = 0; step < steps; step++) {
    if (sizeOfStep(sizes, step) !== size) continue
    for (const string of stringsOfStep(from, size, step)) keys.add(stringKey(string))
  }
  return keys
}

/** Equal texts for equal strings. */
export function stringKey({ inputs }: EncodedString): string {
  return String.fromCharCode(...inputs)
}
