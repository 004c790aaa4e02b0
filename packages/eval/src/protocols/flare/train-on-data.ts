/**
 * Trains a learner to recognise FLaRe's strings: the released label after the last symbol. Strings of an epoch are
 * shuffled, put into batches of neighbours in length, padded behind, and the batches shuffled.
 */
import {
  type Backend,
  type ComponentReference,
  componentData,
  type ElmanContainer,
  ElmanError,
  hashConfig,
  type Parameters,
  random,
  resolveComponent,
  sha256Of,
} from '@elman/core'
import { drawsAt } from '../../languages/draws.ts'
import type { EncodedString, Encoding } from '../../languages/encoding.ts'
import { encodeView } from '../../languages/view.ts'
import { isCounted, LEARNER, type Learner } from '../../learners/learner.ts'
import { countParameters } from '../../probe/flat-parameters.ts'
import { bucketFor, lengthBuckets } from '../../probe/length-buckets.ts'
import { createProbeStep } from '../../probe/probe-step.ts'
import { createScorer } from '../../probe/scorer.ts'
import { batchOf } from '../../probe/string-batch.ts'
import { longestOf } from '../../probe/test-strings.ts'
import { flareLanguage } from './languages.ts'
import type { FlareData } from './layout.ts'
import { type FlareBin, scoreByBin } from './score-by-bin.ts'

/** How a run is trained: Adam, the rate halved after 5 checkpoints without gain, an end after 10. */
export interface FlareRecipe {
  /** Updates at most. */
  readonly steps: number
  /** Strings of an update. */
  readonly batch: number
  readonly rate: number
  readonly clip: number
  /** Strings between checkpoints. */
  readonly checkpointEvery: number
}

/** What {@link trainOnFlare} takes. */
export interface FlareRunOptions {
  readonly backend: Backend
  readonly container: ElmanContainer
  readonly learner: ComponentReference
  readonly train: FlareData
  /** Chooses the checkpoint; without it the last one stands. */
  readonly validation?: FlareData | undefined
  readonly test: FlareData
  readonly seed: number
  readonly recipe: FlareRecipe
  /** Hears of each update. */
  readonly onStep?: ((step: number) => void) | undefined
}

/** A finished run. */
export interface FlareRun {
  readonly language: string
  readonly learnerConfig: unknown
  readonly seed: number
  readonly parameters: number
  readonly recipe: FlareRecipe
  /** Updates that were done, and after how many the tested parameters were taken. */
  readonly steps: number
  readonly takenAt: number
  /** See {@link flareRunHash}. */
  readonly configHash: string
  /** Right answers on the test split by length: by the released labels, and by our own definition. */
  readonly bins: readonly FlareBin[]
}

/** Checkpoints without gain after which the rate is halved, and after which the run ends. */
const HALVE = 5
const STOP = 10

/** Hash of what fixes a run: learner, seed, recipe and strings. */
export function flareRunHash({
  learner,
  seed,
  recipe,
  train,
  validation,
  test,
}: Pick<FlareRunOptions, 'learner' | 'seed' | 'recipe' | 'train' | 'validation' | 'test'>): string {
  const textOf = (data: FlareData | undefined) =>
    data?.strings.map(({ word, label }) => `${word.join()} ${label}`).join('\n') ?? ''
  const strings = sha256Of(Buffer.from([train, validation, test].map(textOf).join('\n\n')))
  return hashConfig({ protocol: 'flare', language: train.language, learner, seed, recipe, strings })
}

/**
 * One run.
 *
 * @throws ElmanError `FLARE_LEARNER_UNSUITABLE` for a learner that counts, or one that must know the words' length
 */
export async function trainOnFlare(options: FlareRunOptions): Promise<FlareRun> {
  const { backend, train, validation, test, seed, recipe } = options
  const encoding = encodeView(flareLanguage(train.language), 'recognise')
  const { learner, learnerConfig } = learnerOf(options, encoding)
  const initial = learner.init(random.foldIn(random.key(seed), 'flare.init'))
  const strings = train.strings.map(({ word, label }) => withLabel(encoding.encode(word), label))
  const buckets = lengthBuckets(strings.map(({ inputs }) => inputs.length))
  const step = createProbeStep({
    ...{ backend, encoding, learner, rows: recipe.batch, clip: recipe.clip, initial: [initial] },
  })
  const scorer = createScorer(backend, encoding, learner, initial)
  try {
    let { rate } = recipe
    let best: { parameters: Parameters; right: number; at: number } | undefined
    let [done, seen, without] = [0, 0, 0]
    for (let epoch = 0; done < recipe.steps && without < STOP; epoch++) {
      for (const batch of batchesOf(strings, recipe.batch, seed, epoch)) {
        if (done === recipe.steps || without === STOP) break
        const time = bucketFor(longestOf(batch), buckets)
        const arrays = batchOf(encoding, [batch], time, recipe.batch, 'training')
        await step.run(arrays, { time, step: done, rate })
        done += 1
        seen += batch.length
        options.onStep?.(done)
        const last = done === recipe.steps
        if (validation === undefined || (seen < recipe.checkpointEvery && !last)) continue
        seen = 0
        const parameters = step.parameters()[0]!
        const bins = await scoreByBin(scorer, encoding, parameters, validation)
        const right = bins.reduce((sum, { released }) => sum + released.right, 0)
        if (best === undefined || right > best.right) {
          best = { parameters, right, at: done }
          without = 0
        } else if (++without % HALVE === 0) rate /= 2
      }
    }
    const parameters = best?.parameters ?? step.parameters()[0]!
    return {
      language: train.language,
      learnerConfig,
      seed,
      parameters: countParameters(initial),
      recipe,
      steps: done,
      takenAt: best?.at ?? done,
      configHash: flareRunHash(options),
      bins: await scoreByBin(scorer, encoding, parameters, test),
    }
  } finally {
    await step.dispose()
    await scorer.dispose()
  }
}

function learnerOf(
  { container, learner }: FlareRunOptions,
  { inputs, outputs }: Encoding,
): { readonly learner: Learner; readonly learnerConfig: unknown } {
  const resolved = resolveComponent(container.registry(LEARNER), learner, {
    path: 'learner',
    registryOf: container.registryOf,
  })
  const product = resolved.descriptor.create(resolved.config, container)
  const made = isCounted(product) ? undefined : product({ inputs, outputs })
  if (made !== undefined && made.needsWordLength !== true) {
    return { learner: made, learnerConfig: componentData(resolved) }
  }
  throw new ElmanError('FLARE_LEARNER_UNSUITABLE', {
    message: 'this learner cannot be trained on strings of mixed lengths',
    expected: 'a learner that follows gradients and is not told the length of a word',
    found: made === undefined ? 'one that counts' : 'one that jumps by the length of the word',
    hint: 'the audit of shortcuts has the learners that count',
  })
}

function withLabel(string: EncodedString, label: number): EncodedString {
  return { ...string, targets: string.targets.with(-1, label) }
}

/** Batches of an epoch. */
function batchesOf(
  strings: readonly EncodedString[],
  size: number,
  seed: number,
  epoch: number,
): EncodedString[][] {
  const draws = drawsAt({ seed, stream: 'flare-order', size: epoch, index: 0 })
  const shuffled = <Item>(items: readonly Item[]): Item[] => {
    const own = [...items]
    for (let i = own.length - 1; i > 0; i--) {
      const j = draws.below(i + 1)
      ;[own[i], own[j]] = [own[j]!, own[i]!]
    }
    return own
  }
  const ordered = shuffled(strings).sort((a, b) => a.inputs.length - b.inputs.length)
  const batches = Array.from({ length: Math.ceil(ordered.length / size) }, (_, i) =>
    ordered.slice(i * size, (i + 1) * size),
  )
  return shuffled(batches)
}
