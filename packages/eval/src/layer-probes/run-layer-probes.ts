/** All probes of an encoder, one after the other; what is in the folder already is not run again. */

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Backend,
  ElmanError,
  hashConfig,
  openJsonLines,
  random,
  readJsonLines,
  writeFileAtomically,
} from '@elman/core'
import { judgeLayerClaim, type LayerClaim, type LayerProbeResults } from './claim.ts'
import type { TaggedSentence } from './conllu.ts'
import { collectLayers, type LayerRows, type LayerVectors } from './layer-vectors.ts'
import { renderLayerProbes } from './layers-page.ts'
import type { LayerProbeRecord, LayerTask, ProbedEncoder } from './probe-record.ts'
import { probeSenses, senseBaselines } from './sense-probe.ts'
import { contextOf, type SenseInstance } from './senses.ts'
import { probeTags, type TagSplits, type TagTask, tagTask } from './tag-probe.ts'

/** A treebank to probe with. */
export interface TagProbeData {
  readonly splits: TagSplits
  /** Hash of its files. */
  readonly hash: string
  /** Universal tags, or the treebank's own. */
  readonly set: 'upos' | 'xpos'
  /** Most words to train on: whole sentences, drawn by seed 1; Infinity for all. */
  readonly trainWords: number
}

/** Instances of senses to probe with. */
export interface SenseProbeData {
  readonly instances: readonly SenseInstance[]
  readonly hash: string
  /** Most tokens of an instance that the encoder reads, around the word. */
  readonly context: number
}

/** How far a phase is. */
export interface LayerProbeProgress {
  readonly phase: string
  readonly done: number
  readonly total: number
  readonly unit: 'sentences' | 'probes'
  /** Units a second. */
  readonly rate: number
  readonly secondsLeft: number
}

/** What is probed, with what. */
export interface LayerProbeOptions {
  readonly backend: Backend
  /** Folder of the results; made when it is not there. */
  readonly directory: string
  /** Name of the encoder on the page. */
  readonly name: string
  readonly trained: LayerVectors
  /** The same encoder before training. */
  readonly untrained?: LayerVectors | undefined
  readonly tags?: TagProbeData | undefined
  readonly senses?: SenseProbeData | undefined
  /** Seeds of control tasks and of splits; 1, 2, 3 unless given. */
  readonly seeds?: readonly number[] | undefined
  /** Most iterations of a linear probe; 500 unless given. */
  readonly maxSteps?: number | undefined
  readonly onProgress?: ((progress: LayerProbeProgress) => void) | undefined
  /** Told of each finished probe; `reused` where it was in the folder. */
  readonly onRecord?: ((record: LayerProbeRecord, reused: boolean) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What was found. */
export interface LayerProbeSummary extends LayerProbeResults {
  readonly name: string
  readonly claim: LayerClaim
}

/** Name of the file of records in a folder of results. */
export const LAYER_RECORDS = 'records.jsonl'

/**
 * Probes every layer and the learned mix of an encoder, and every layer of its untrained twin; writes `records.jsonl`,
 * `summary.json` and `report.html`.
 *
 * @returns undefined when it was stopped: the probes that were finished are kept.
 * @throws `PROBE_DATA_MISSING`; as the readers of an encoder
 */
export async function runLayerProbes(options: LayerProbeOptions): Promise<LayerProbeSummary | undefined> {
  const { directory, name, trained, untrained, tags, senses, seeds = [1, 2, 3], signal } = options
  if (tags === undefined && senses === undefined) {
    throw new ElmanError('PROBE_DATA_MISSING', {
      message: 'there is nothing to probe with',
      expected: 'a treebank, instances of word senses, or both',
    })
  }
  await mkdir(directory, { recursive: true })
  const path = join(directory, LAYER_RECORDS)
  const finished = existsSync(path)
    ? (readJsonLines(path).records as unknown as readonly LayerProbeRecord[])
    : []
  const log = openJsonLines(path)
  const records: LayerProbeRecord[] = []
  const encoders = [['trained', trained] as const, ...(untrained ? [['untrained', untrained] as const] : [])]
  const drawn = tags && { ...tags.splits, train: drawSentences(tags.splits.train, tags.trainWords) }
  const task = drawn && tagTask(drawn, tags.set)
  const baselines = senses && senseBaselines(senses.instances, { seeds })
  try {
    for (const [encoder, vectors] of encoders) {
      const of = { encoder, vectors, finished, seeds, options }
      const work: (Work | undefined)[] = [
        task && { ...of, ...tagWork(task, drawn, tags, of) },
        senses && { ...of, ...senseWork(senses, of) },
      ]
      for (const part of work) {
        if (part === undefined) continue
        const complete = await runWork(part, record => {
          records.push(record)
          if (!finished.includes(record)) log.append(record)
        })
        if (!complete || signal?.aborted === true) return undefined
      }
    }
    log.sync()
  } finally {
    log.close()
  }
  const results = { records, tagBaselines: task?.baselines, senseBaselines: baselines }
  const summary = { name, ...results, claim: judgeLayerClaim(results) }
  await writeFileAtomically(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  await writeFileAtomically(join(directory, 'report.html'), renderLayerProbes(summary))
  return summary
}

/** What the probes of one task on one encoder share. */
interface Encoding {
  readonly encoder: ProbedEncoder
  readonly vectors: LayerVectors
  readonly finished: readonly LayerProbeRecord[]
  readonly seeds: readonly number[]
  readonly options: LayerProbeOptions
}

/** The probes of one task on one encoder. */
interface Work extends Encoding {
  readonly task: LayerTask
  /** Everything but encoder and layer that decides the numbers. */
  readonly settings: unknown
  readonly embed: () => Promise<readonly (readonly LayerRows[])[] | undefined>
  /** `parts`: the vectors of each part (train, dev, test), each of the layers to probe. */
  readonly probe: (parts: readonly (readonly LayerRows[])[]) => Promise<object | undefined>
}

function tagWork(
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

function senseWork(
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
async function runWork(work: Work, done: (record: LayerProbeRecord) => void): Promise<boolean> {
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

/** Sentences in an order drawn once, until they have so many words; in the order of the file again. */
export function drawSentences(
  sentences: readonly TaggedSentence[],
  words: number,
): readonly TaggedSentence[] {
  const total = sentences.reduce((sum, sentence) => sum + sentence.words.length, 0)
  if (total <= words) return sentences
  const order = random.permutation(random.foldIn(random.key(1), 'training sentences'), sentences.length)
  const chosen = new Set<number>()
  let taken = 0
  for (const index of order) {
    const length = sentences[index]!.words.length
    if (taken + length > words) continue
    taken += length
    chosen.add(index)
  }
  return sentences.filter((_, index) => chosen.has(index))
}

/** Data without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
