/** Parts of speech out of one layer, or out of the learned mix. */
import type { Backend } from '@elman/core'
import type { TaggedSentence } from './conllu.ts'
import type { LayerRows } from './layer-vectors.ts'
import { createLinearTrainer, type LinearProbe, type LinearTrainer, predictClasses } from './linear-probe.ts'
import {
  countRight,
  type FitRecord,
  packFlags,
  shareOf,
  type TagBaselines,
  type TagRecord,
} from './probe-record.ts'
import { featureScale, standardiseRows } from './standardise.ts'
import { controlTask, mostFrequent, mostFrequentTags, type TaggedWords, tagCounts } from './tag-baselines.ts'

/** Sentences of a treebank in three parts. */
export interface TagSplits {
  readonly train: readonly TaggedSentence[]
  readonly dev: readonly TaggedSentence[]
  readonly test: readonly TaggedSentence[]
}

/** Words of the three parts, with classes in place of tags. */
export interface TagTask {
  readonly tags: readonly string[]
  readonly train: TaggedWords
  readonly dev: TaggedWords
  readonly test: TaggedWords
  readonly baselines: TagBaselines
}

/** The vectors of all words of the three parts: one layer, or several to mix. */
export interface TagRows {
  readonly train: readonly LayerRows[]
  readonly dev: readonly LayerRows[]
  readonly test: readonly LayerRows[]
}

/** How probes are trained. */
export interface TagProbeOptions {
  /** Penalties to choose from; 0.01, 0.001, 0.0001 and 0.00001 unless given. */
  readonly l2?: readonly number[] | undefined
  /** Seeds of control tasks; 1, 2 and 3 unless given. */
  readonly controlSeeds?: readonly number[] | undefined
  readonly maxSteps?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a probe found, without its name. */
export type TagResult = Pick<
  TagRecord,
  'score' | 'known' | 'unknown' | 'control' | 'selectivity' | 'fit' | 'right' | 'mix'
>

/** Words and classes of a treebank, and the baselines. `tags`: universal ones, or the treebank's own. */
export function tagTask(splits: TagSplits, set: 'upos' | 'xpos'): TagTask {
  const tags = [...new Set([splits.train, splits.dev, splits.test].flat().flatMap(item => item[set]))].sort()
  const classes = new Map(tags.map((tag, index) => [tag, index]))
  const wordsOf = (sentences: readonly TaggedSentence[]): TaggedWords => ({
    words: sentences.flatMap(({ words }) => words),
    tags: Int32Array.from(sentences.flatMap(item => item[set].map(tag => classes.get(tag)!))),
  })
  const [train, dev, test] = [wordsOf(splits.train), wordsOf(splits.dev), wordsOf(splits.test)]
  const majority = mostFrequent(tagCounts(train.tags, tags.length))
  const guessed = mostFrequentTags(train, test.words, tags.length)
  const known = knownWords(train, test)
  const right = test.tags.map((tag, item) => Number(guessed[item] === tag))
  const flags = Uint8Array.from(right)
  const baselines: TagBaselines = {
    ...{ task: 'pos', tags, trainWords: train.words.length, trainSentences: splits.train.length },
    majority: countRight(Uint8Array.from(test.tags, tag => Number(tag === majority))),
    mostFrequentTag: countRight(flags),
    mostFrequentTagKnown: countRight(flags, item => known[item]!),
    mostFrequentTagUnknown: countRight(flags, item => !known[item]!),
    mostFrequentTagRight: packFlags(flags),
    sentenceLengths: splits.test.map(({ words }) => words.length),
  }
  return { tags, train, dev, test, baselines }
}

/**
 * Trains probes with each penalty, from the strongest to the weakest, keeps the one that the held-out part likes best
 * (the strongest among equals), and scores it; then trains the same probe on control tasks.
 */
export async function probeTags(
  backend: Backend,
  task: TagTask,
  rows: TagRows,
  options: TagProbeOptions = {},
): Promise<TagResult | undefined> {
  const { l2: penalties = [1e-2, 1e-3, 1e-4, 1e-5], controlSeeds = [1, 2, 3], signal } = options
  const scales = rows.train.map(featureScale)
  const scaled = (layers: readonly LayerRows[]) =>
    layers.map((layer, index) => standardiseRows(layer, scales[index]!))
  const [train, dev, test] = [scaled(rows.train), scaled(rows.dev), scaled(rows.test)]
  const settings = { maxSteps: options.maxSteps, signal }
  const trainer = await createLinearTrainer(backend, { layers: train }, task.tags.length)
  try {
    const chosen = await chooseProbe(trainer, penalties, task.train.tags, settings, probe =>
      rightOf(probe, dev, task.dev.tags),
    )
    if (chosen === undefined) return undefined
    const { probe, fit } = chosen
    const right = rightOf(probe, test, task.test.tags)
    const known = knownWords(task.train, task.test)
    const control: TagRecord['control'][number][] = []
    for (const seed of controlSeeds) {
      const tagOf = controlTask(tagCounts(task.train.tags, task.tags.length), seed)
      const fitted = await trainer.train(Int32Array.from(task.train.words, tagOf), {
        ...settings,
        l2: probe.l2,
      })
      if (signal?.aborted === true) return undefined
      const flags = rightOf(fitted, test, Int32Array.from(task.test.words, tagOf))
      control.push({ seed, ...countRight(flags) })
    }
    const score = countRight(right)
    const controlMean = control.reduce((sum, count) => sum + shareOf(count), 0) / control.length
    return {
      ...{ score, control, fit, right: packFlags(right) },
      known: countRight(right, item => known[item]!),
      unknown: countRight(right, item => !known[item]!),
      selectivity: shareOf(score) - controlMean,
      mix: namedMix(probe, train),
    }
  } finally {
    await trainer.dispose()
  }
}

/** The probe that a held-out set likes best. Undefined when it was asked to stop. */
export async function chooseProbe(
  trainer: LinearTrainer,
  penalties: readonly number[],
  labels: Int32Array,
  settings: { readonly maxSteps?: number | undefined; readonly signal?: AbortSignal | undefined },
  heldOut: (probe: LinearProbe) => Uint8Array,
): Promise<{ readonly probe: LinearProbe; readonly fit: FitRecord } | undefined> {
  let best: { readonly probe: LinearProbe; readonly fit: FitRecord } | undefined
  let initial: LinearProbe | undefined
  for (const l2 of penalties.toSorted((a, b) => b - a)) {
    initial = await trainer.train(labels, { ...settings, l2, initial })
    if (settings.signal?.aborted === true) return undefined
    const count = countRight(heldOut(initial))
    if (best?.fit.heldOut !== undefined && count.right <= best.fit.heldOut.right) continue
    const { steps, converged, gradientNorm, firstGradientNorm } = initial
    const relativeGradient = firstGradientNorm === 0 ? 0 : gradientNorm / firstGradientNorm
    best = { probe: initial, fit: { l2, steps, converged, relativeGradient, heldOut: count } }
  }
  return best
}

/** Shares of a mix by the names of its layers. */
export function namedMix({ mix }: LinearProbe, layers: readonly LayerRows[]): TagRecord['mix'] {
  if (mix === undefined) return undefined
  return {
    shares: Object.fromEntries(layers.map(({ name }, index) => [name, mix.shares[index]!])),
    gamma: mix.gamma,
  }
}

function rightOf(probe: LinearProbe, layers: readonly LayerRows[], labels: Int32Array): Uint8Array {
  return Uint8Array.from(predictClasses(probe, { layers }), (kind, row) => Number(kind === labels[row]))
}

function knownWords(train: TaggedWords, test: TaggedWords): readonly boolean[] {
  const seen = new Set(train.words)
  return test.words.map(word => seen.has(word))
}
