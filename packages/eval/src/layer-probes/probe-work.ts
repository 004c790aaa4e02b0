/** The probes of one task on one encoder: its vectors are made once, when the first probe needs them. */
import { hashConfig } from '@elman/core'
import { collectLayers, type LayerRows, type LayerVectors } from './layer-vectors.ts'
import type { LayerProbeRecord, LayerTask, ProbedEncoder } from './probe-record.ts'
import type { LayerProbeOptions, SenseProbeData, TagProbeData } from './run-layer-probes.ts'
import { probeSenses } from './sense-probe.ts'
import { contextOf } from './senses.ts'
import { probeTags, type TagSplits, type TagTask } from './tag-probe.ts'

/** What the probes of one task on one encoder share. */
export interface Encoding {
  readonly encoder: ProbedEncoder
  readonly vectors: LayerVectors
  readonly finished: readonly LayerProbeRecord[]
  readonly seeds: readonly number[]
  readonly options: LayerProbeOptions
}

/** The probes of one task on one encoder. */
export interface Work extends Encoding {
  readonly task: LayerTask
  /** Everything but encoder and layer that decides the numbers. */
  readonly settings: unknown
  readonly embed: () => Promise<readonly (readonly LayerRows[])[] | undefined>
  /** `parts`: the vectors of each part (train, dev, test), each of the layers to probe. */
  readonly probe: (parts: readonly (readonly LayerRows[])[]) => Promise<object | undefined>
}

/** Probes for parts of speech. */
export function tagWork(
  task: TagTask,
  { train, dev, test }: TagSplits,
  { hash, set, trainWords }: TagProbeData,
  { seeds, vectors, encoder, options }: Encoding,
) {
  const { backend, maxSteps, signal } = options
  return {
    task: 'pos' as const,
    settings: {
      hash,
      set,
      words: trainWords === Number.POSITIVE_INFINITY ? 'all' : trainWords,
      seeds,
      maxSteps,
    },
    async embed() {
      const parts: LayerRows[][] = []
      for (const [part, sentences] of Object.entries({ train, dev, test })) {
        const collected = await collect(
          vectors,
          sentences.map(({ words }) => words),
          `${encoder}, ${part} words`,
          options,
        )
        if (collected === undefined) return undefined
        parts.push(collected)
      }
      return parts
    },
    probe: ([forTrain, forDev, forTest]: readonly (readonly LayerRows[])[]) =>
      probeTags(
        backend,
        task,
        { train: forTrain!, dev: forDev!, test: forTest! },
        { controlSeeds: seeds, maxSteps, signal },
      ),
  }
}

/** Probes for word senses. */
export function senseWork(
  { instances, hash, context }: SenseProbeData,
  { seeds, vectors, encoder, options }: Encoding,
) {
  const { backend, maxSteps, signal } = options
  const contexts = instances.map(instance => contextOf(instance, context))
  return {
    task: 'senses' as const,
    settings: { hash, context, seeds, maxSteps },
    async embed() {
      const collected = await collect(
        vectors,
        contexts.map(({ tokens }) => tokens),
        `${encoder}, instances of senses`,
        options,
        index => [contexts[index]!.head],
      )
      return collected && [collected]
    },
    probe: ([layers]: readonly (readonly LayerRows[])[]) =>
      probeSenses(backend, instances, layers!, { seeds, maxSteps, signal }),
  }
}

/** Runs what is not finished. False when it was stopped. */
export async function runWork(work: Work, done: (record: LayerProbeRecord) => void): Promise<boolean> {
  const { encoder, vectors, task, settings, finished, options } = work
  const { onProgress, onRecord, signal } = options
  const { layers, identity } = vectors
  const size = layers.at(-1)!.features
  const mixed = layers.filter(({ features }) => features === size).map(({ name }) => name)
  const probes = [
    ...layers.map(({ name }) => ({ layer: name, of: [name] })),
    // an untrained encoder is a control for layers; a mix of its layers would say no more
    ...(mixed.length > 1 && encoder === 'trained' ? [{ layer: 'mix', of: mixed }] : []),
  ]
  let embedded: readonly (readonly LayerRows[])[] | undefined
  const start = performance.now()
  let ran = 0
  for (const [index, { layer, of }] of probes.entries()) {
    const hash = hashConfig(plain({ form: 2, identity, settings, task, layer, of }))
    const probe = `${task}/${encoder}/${layer}`
    const known = finished.find(record => record.probe === probe && record.hash === hash)
    if (known !== undefined) {
      done(known)
      onRecord?.(known, true)
      continue
    }
    embedded ??= await work.embed()
    if (embedded === undefined || signal?.aborted === true) return false
    const begin = performance.now()
    const result = await work.probe(embedded.map(part => part.filter(({ name }) => of.includes(name))))
    if (result === undefined) return false
    ran += 1
    const seconds = (performance.now() - begin) / 1000
    const record = { probe, task, encoder, layer, features: size, hash, ...result, seconds }
    const features = layers.find(({ name }) => name === layer)?.features ?? size
    const complete = { ...record, features } as unknown as LayerProbeRecord
    done(complete)
    onRecord?.(complete, false)
    const rate = ran / ((performance.now() - start) / 1000)
    const total = probes.length
    const secondsLeft = (total - index - 1) / rate
    onProgress?.({ phase: `${encoder}, ${task}`, done: index + 1, total, unit: 'probes', rate, secondsLeft })
  }
  return true
}

function collect(
  vectors: LayerVectors,
  sentences: readonly (readonly string[])[],
  phase: string,
  { onProgress, signal }: LayerProbeOptions,
  places?: (sentence: number) => readonly number[],
): Promise<LayerRows[] | undefined> {
  const start = performance.now()
  return collectLayers(vectors, sentences, {
    ...{ places, signal },
    onSentence(done) {
      if (done % 16 !== 0 && done !== sentences.length) return
      const rate = (1000 * done) / (performance.now() - start)
      const total = sentences.length
      onProgress?.({ phase, done, total, unit: 'sentences', rate, secondsLeft: (total - done) / rate })
    },
  })
}

/** Data without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
