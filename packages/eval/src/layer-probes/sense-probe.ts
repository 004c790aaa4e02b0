/** Word senses out of one layer, or out of the mix that a linear classifier of senses learns. */
import type { Backend } from '@elman/core'
import type { LayerRows } from './layer-vectors.ts'
import { createLinearTrainer, mixedRows, predictClasses } from './linear-probe.ts'
import {
  countRight,
  type FitRecord,
  packFlags,
  type SenseBaselines,
  type SenseRecord,
  type SenseSplitResult,
  shareOf,
} from './probe-record.ts'
import { mostFrequentSenses, nearestSenses } from './sense-centroids.ts'
import { type SenseInstance, type SenseSplit, senseName, splitSenses } from './senses.ts'
import { featureScale, standardiseRows } from './standardise.ts'
import { chooseProbe, namedMix } from './tag-probe.ts'

/** How senses are probed. */
export interface SenseProbeOptions {
  /** Seeds of splits; 1, 2 and 3 unless given. */
  readonly seeds?: readonly number[] | undefined
  /** Share of each sense's instances to learn from; 0.8 unless given. */
  readonly trainShare?: number | undefined
  /** For the mix: penalties to choose from; 0.01, 0.001 and 0.0001 unless given. */
  readonly l2?: readonly number[] | undefined
  readonly maxSteps?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const SEEDS = [1, 2, 3]

/** What a probe found, without its name. */
export type SenseResult = Pick<SenseRecord, 'splits' | 'mix'>

/** The most frequent sense of each lemma, on the same splits. */
export function senseBaselines(
  instances: readonly SenseInstance[],
  { seeds = SEEDS, trainShare }: SenseProbeOptions = {},
): SenseBaselines {
  return {
    task: 'senses',
    lemmas: new Set(instances.map(({ lemma }) => lemma)).size,
    senses: new Set(instances.map(senseName)).size,
    splits: seeds.map(seed => {
      const { train, test } = splitSenses(instances, { seed, trainShare })
      const first = mostFrequentSenses(train)
      const right = Uint8Array.from(test, ({ lemma, sense }) => Number(first.get(lemma) === sense))
      return { seed, train: train.length, mostFrequentSense: countRight(right), right: packFlags(right) }
    }),
  }
}

/**
 * Scores the nearest centroid, split by split.
 *
 * @param layers - Vectors of the instances' heads: one layer, or several to mix. Each is
 *   standardised by its training instances: raw layers share a large mean, which would hide their angles.
 */
export async function probeSenses(
  backend: Backend,
  instances: readonly SenseInstance[],
  layers: readonly LayerRows[],
  options: SenseProbeOptions = {},
): Promise<SenseResult | undefined> {
  const { seeds = SEEDS, trainShare, signal } = options
  const place = new Map(instances.map((instance, index) => [instance, index]))
  const splits: SenseSplitResult[] = []
  const mixes: NonNullable<SenseRecord['mix']>[] = []
  for (const seed of seeds) {
    if (signal?.aborted === true) return undefined
    const split = splitSenses(instances, { seed, trainShare })
    const rowsOf = (part: readonly SenseInstance[]) =>
      layers.map(layer =>
        pickRows(
          layer,
          part.map(instance => place.get(instance)!),
        ),
      )
    const learning = rowsOf(split.train)
    const scales = learning.map(featureScale)
    const scaled = (rows: readonly LayerRows[]) =>
      rows.map((layer, index) => standardiseRows(layer, scales[index]!))
    let [train, test] = [scaled(learning), scaled(rowsOf(split.test))]
    let fit: FitRecord | undefined
    if (layers.length > 1) {
      const learned = await learnMix(backend, split, train, seed, options)
      if (learned === undefined) return undefined
      ;({ fit } = learned)
      mixes.push(learned.named)
      train = [mixedRows(train, learned.mix)]
      test = [mixedRows(test, learned.mix)]
    }
    const found = nearestSenses(
      { instances: split.train, layer: train[0]! },
      { instances: split.test, layer: test[0]! },
    )
    const right = Uint8Array.from(split.test, ({ sense }, row) => Number(found[row] === sense))
    splits.push({ seed, ...scoresOf(split.test, right), fit, right: packFlags(right) })
  }
  return { splits, mix: meanMix(mixes) }
}

/** A mix by a classifier over the senses of an instance's own lemma, its penalty chosen on a fifth of the instances. */
async function learnMix(
  backend: Backend,
  { train: instances }: SenseSplit,
  layers: readonly LayerRows[],
  seed: number,
  { l2 = [1e-2, 1e-3, 1e-4], maxSteps, signal }: SenseProbeOptions,
) {
  const senses = [...new Set(instances.map(senseName))].sort()
  const lemmas = senses.map(name => name.slice(0, name.indexOf('\t')))
  const inner = splitSenses(instances, { seed, trainShare: 0.8 })
  const place = new Map(instances.map((instance, index) => [instance, index]))
  const part = (chosen: readonly SenseInstance[]) => ({
    layers: layers.map(layer =>
      pickRows(
        layer,
        chosen.map(instance => place.get(instance)!),
      ),
    ),
    labels: Int32Array.from(chosen, instance => senses.indexOf(senseName(instance))),
    allowed: Uint8Array.from(chosen.flatMap(({ lemma }) => lemmas.map(other => Number(other === lemma)))),
  })
  const [fitted, heldOut] = [part(inner.train), part(inner.test)]
  const trainer = await createLinearTrainer(backend, fitted, senses.length)
  try {
    const chosen = await chooseProbe(trainer, l2, fitted.labels, { maxSteps, signal }, probe =>
      Uint8Array.from(predictClasses(probe, heldOut), (kind, row) => Number(kind === heldOut.labels[row])),
    )
    if (chosen === undefined) return undefined
    return { fit: chosen.fit, mix: chosen.probe.mix!, named: namedMix(chosen.probe, layers)! }
  } finally {
    await trainer.dispose()
  }
}

function scoresOf(
  instances: readonly SenseInstance[],
  right: Uint8Array,
): Pick<SenseSplitResult, 'score' | 'lemmas' | 'senseRecall'> {
  const of = (choose: (instance: SenseInstance) => boolean) =>
    countRight(right, item => choose(instances[item]!))
  const lemmas = [...new Set(instances.map(({ lemma }) => lemma))].sort()
  const senses = [...new Set(instances.map(senseName))]
  const recalls = senses.map(name => shareOf(of(instance => senseName(instance) === name)))
  return {
    score: countRight(right),
    lemmas: Object.fromEntries(lemmas.map(lemma => [lemma, of(instance => instance.lemma === lemma)])),
    senseRecall: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
  }
}

/** Mean over splits of shares and γ. */
function meanMix(mixes: readonly NonNullable<SenseRecord['mix']>[]): SenseRecord['mix'] {
  const [first] = mixes
  if (first === undefined) return undefined
  const mean = (value: (mix: NonNullable<SenseRecord['mix']>) => number) =>
    mixes.reduce((sum, mix) => sum + value(mix), 0) / mixes.length
  return {
    shares: Object.fromEntries(Object.keys(first.shares).map(name => [name, mean(mix => mix.shares[name]!)])),
    gamma: mean(mix => mix.gamma),
  }
}

function pickRows({ name, features, data }: LayerRows, rows: readonly number[]): LayerRows {
  const picked = new Float32Array(rows.length * features)
  for (const [row, from] of rows.entries()) {
    picked.set(data.subarray(from * features, (from + 1) * features), row * features)
  }
  return { name, features, rows: rows.length, data: picked }
}
