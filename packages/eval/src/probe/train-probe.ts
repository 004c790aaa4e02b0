/** Training of a learner on a view of a language, with several seeds. */
import { type Backend, ElmanError, type Parameters, random } from '@elman/core'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Learner } from '../learners/learner.ts'
import { bucketFor, lengthBuckets, MOST_BUCKETS } from './length-buckets.ts'
import { createProbeStep } from './probe-step.ts'
import { createScorer, type Scorer } from './scorer.ts'
import { seedGroups, seedsTogether } from './seed-groups.ts'
import { batchOf, wordLengthFor } from './string-batch.ts'
import { longestOf, sizeNear, testSet } from './test-strings.ts'
import { sizeOfStep, sizesUpTo, stringsOfStep } from './training-strings.ts'

/** How a probe is trained: Adam, a constant rate for the first half, then linear to 0. */
export interface ProbeRecipe {
  /** Updates. */
  readonly steps: number
  /** Strings in a batch, all of one size; 32 unless given. */
  readonly batch?: number | undefined
  /** 0.005 unless given. */
  readonly rate?: number | undefined
  /** Largest norm of the gradient; 1 unless given. */
  readonly clip?: number | undefined
  /** Sizes are uniform on 1 to this, where the language has them; the language's own unless given. */
  readonly trainSize?: number | undefined
  /** Updates between validations on strings of size 2N; a fortieth of the steps, at least 25, unless given. 0: none. */
  readonly validateEvery?: number | undefined
  /** Validation strings; 64 unless given. */
  readonly validationStrings?: number | undefined
}

/** A recipe with all its numbers. */
export type CompleteRecipe = { readonly [Name in keyof ProbeRecipe]-?: number }

/** What {@link trainProbe} takes. */
export interface TrainProbeOptions {
  readonly backend: Backend
  readonly encoding: Encoding
  readonly learner: Learner
  readonly seeds: readonly number[]
  readonly recipe: ProbeRecipe
  /** Seeds that train in one graph; as {@link seedsTogether} says unless given. */
  readonly groups?: readonly (readonly number[])[] | undefined
  /** Told the losses of every update, by seed. */
  readonly onStep?: ((step: number, losses: ReadonlyMap<number, number>) => void) | undefined
}

/** A trained seed. */
export interface TrainedSeed {
  readonly seed: number
  readonly parameters: Parameters
  /** Loss before each update, in nats. */
  readonly losses: Float32Array
  /** Updates done when all validation strings were first right; null when they never were. */
  readonly solvedAt: number | null
}

/** The recipe with its defaults filled in. */
export function completeRecipe(recipe: ProbeRecipe, encoding: Encoding): CompleteRecipe {
  const { steps, batch = 32, rate = 5e-3, clip = 1, validationStrings = 64 } = recipe
  const trainSize = recipe.trainSize ?? encoding.language.trainSize
  const validateEvery = recipe.validateEvery ?? Math.max(25, Math.ceil(steps / 40))
  return { steps, batch, rate, clip, trainSize, validateEvery, validationStrings }
}

/** The rate of an update: constant for the first half, then linear to 0. */
export function rateOfStep(rate: number, step: number, steps: number): number {
  return rate * Math.min(1, (2 * (steps - step)) / steps)
}

/**
 * Trains a learner once for each seed, the same bytes each time. A seed that trains beside others starts from the same
 * parameters and sees the same strings as alone; sums in another order make a relative difference of about 1e-6 in the
 * first losses, which a long training can grow, so groups are part of what fixes a result.
 *
 * Strings are padded to at most eight lengths, but for a tape that jumps by the length of the word. Several updates in one call do not pay: successive batches have
 * different lengths, and padding them to the longest costs more than the call.
 *
 * @throws `PROBE_NO_SIZES` when the language has no string of a size from 1 to `trainSize`
 */
export async function trainProbe(options: TrainProbeOptions): Promise<TrainedSeed[]> {
  const { encoding, learner, seeds } = options
  const recipe = completeRecipe(options.recipe, encoding)
  const groups = options.groups ?? groupsOf(seeds, learner, encoding, recipe)
  const trained: TrainedSeed[] = []
  for (const group of groups) trained.push(...(await trainGroup(options, recipe, group)))
  return trained
}

/** The groups of seeds that {@link seedsTogether} advises. */
export function groupsOf(
  seeds: readonly number[],
  learner: Learner,
  encoding: Encoding,
  { batch, trainSize }: CompleteRecipe,
): (readonly number[])[] {
  const time = Math.max(1, ...lengthsOf(encoding, trainSize))
  return seedGroups(seeds, seedsTogether({ learner, batch, time }))
}

/** Steps of the strings of each training size. */
function lengthsOf(encoding: Encoding, trainSize: number): number[] {
  const { language } = encoding
  return sizesUpTo(language, trainSize).map(size => encoding.lengthOf(language.lengthOf(size)))
}

async function trainGroup(
  { backend, encoding, learner, onStep }: TrainProbeOptions,
  recipe: CompleteRecipe,
  seeds: readonly number[],
): Promise<TrainedSeed[]> {
  const { steps, batch, trainSize, validateEvery } = recipe
  const sizes = sizesUpTo(encoding.language, trainSize)
  if (sizes.length === 0) throw noSizes(encoding, trainSize)
  const most = learner.needsWordLength ? Number.POSITIVE_INFINITY : MOST_BUCKETS
  const buckets = lengthBuckets(lengthsOf(encoding, trainSize), most)
  const initial = seeds.map(seed => learner.init(random.foldIn(random.key(seed), 'ladder.init')))
  const step = createProbeStep({ backend, encoding, learner, rows: batch, clip: recipe.clip, initial })
  const scorer = createScorer(backend, encoding, learner, initial[0]!)
  const losses = seeds.map(() => new Float32Array(steps))
  const solvedAt = seeds.map((): number | null => null)
  const validation = validateEvery > 0 ? validationStrings(encoding, recipe) : []
  const batchAt = (index: number) => {
    const size = sizeOfStep(sizes, index)
    const strings = seeds.map(seed => stringsOfStep({ encoding, trainSize, batch, seed }, size, index))
    const time = bucketFor(longestOf(strings.flat()), buckets)
    const word = wordLengthFor(learner, encoding, strings[0]![0])
    return { time, word, arrays: batchOf(encoding, strings, time, batch, 'training') }
  }
  try {
    for (let done = 0; done < steps; done++) {
      const { arrays, ...lengths } = batchAt(done)
      const rate = rateOfStep(recipe.rate, done, steps)
      const values = await step.run(arrays, { ...lengths, step: done, rate })
      for (const [i, value] of values.entries()) losses[i]![done] = value
      onStep?.(done, new Map(seeds.map((seed, i) => [seed, values[i]!])))
      const last = done + 1 === steps
      if (validation.length > 0 && ((done + 1) % validateEvery === 0 || last) && solvedAt.includes(null)) {
        await validate(scorer, step.parameters(), validation, solvedAt, done + 1)
      }
    }
    const parameters = step.parameters()
    return seeds.map((seed, i) => ({
      seed,
      parameters: parameters[i]!,
      losses: losses[i]!,
      solvedAt: solvedAt[i]!,
    }))
  } finally {
    await step.dispose()
    await scorer.dispose()
  }
}

/** Notes the seeds that have all validation strings right for the first time. */
async function validate(
  scorer: Scorer,
  parameters: readonly Parameters[],
  strings: readonly EncodedString[],
  solvedAt: (number | null)[],
  done: number,
): Promise<void> {
  for (const [i, own] of parameters.entries()) {
    if (solvedAt[i] !== null) continue
    const score = await scorer.score(own, strings, false)
    if (score.strings.right === score.strings.total) solvedAt[i] = done
  }
}

/** Distinct strings of twice the training size (or the nearest that the language has), the same for all seeds. */
function validationStrings(encoding: Encoding, recipe: CompleteRecipe): readonly EncodedString[] {
  const size = sizeNear(encoding.language, 2 * recipe.trainSize)
  return testSet(encoding, size, recipe.validationStrings, { stream: 'validation' }).strings
}

function noSizes({ language }: Encoding, trainSize: number): ElmanError {
  return new ElmanError('PROBE_NO_SIZES', {
    message: `language "${language.id}" has no strings to train on`,
    expected: `a string of a size from 1 to ${trainSize}`,
    hint: 'raise the training size, or look at the language\'s "hasSize"',
  })
}
