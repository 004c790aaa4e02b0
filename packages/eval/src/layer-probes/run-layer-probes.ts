/** All probes of an encoder, one after the other; what is in the folder already is not run again. */

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Backend,
  ElmanError,
  openJsonLines,
  random,
  readJsonLines,
  writeFileAtomically,
} from '@elman/core'
import { judgeLayerClaim, type LayerClaim, type LayerProbeResults } from './claim.ts'
import type { TaggedSentence } from './conllu.ts'
import type { LayerVectors } from './layer-vectors.ts'
import { renderLayerProbes } from './layers-page.ts'
import type { LayerProbeRecord } from './probe-record.ts'
import { runWork, senseWork, tagWork, type Work } from './probe-work.ts'
import { senseBaselines } from './sense-probe.ts'
import { type SenseInstance, splitSenses } from './senses.ts'
import { type TagSplits, tagTask } from './tag-probe.ts'

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
  /** Hears of progress. */
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
 * @throws `PROBE_DATA_MISSING`, `PROBE_TREEBANK_EMPTY`, `PROBE_SENSES_EMPTY`; as the readers of an encoder
 */
export async function runLayerProbes(options: LayerProbeOptions): Promise<LayerProbeSummary | undefined> {
  const { directory, name, trained, untrained, tags, senses, seeds = [1, 2, 3], signal } = options
  if (tags === undefined && senses === undefined) {
    throw new ElmanError('PROBE_DATA_MISSING', {
      message: 'there is nothing to probe with',
      expected: 'a treebank, instances of word senses, or both',
    })
  }
  checkSenses(senses)
  const drawn = tags && { ...tags.splits, train: drawSentences(tags.splits.train, tags.trainWords) }
  checkTreebank(drawn)
  const task = drawn && tagTask(drawn, tags.set)
  const baselines = senses && senseBaselines(senses.instances, { seeds })
  await mkdir(directory, { recursive: true })
  const path = join(directory, LAYER_RECORDS)
  const finished = existsSync(path)
    ? (readJsonLines(path).records as unknown as readonly LayerProbeRecord[])
    : []
  const log = openJsonLines(path)
  const records: LayerProbeRecord[] = []
  const encoders = [['trained', trained] as const, ...(untrained ? [['untrained', untrained] as const] : [])]
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

function checkTreebank(parts: TagSplits | undefined): void {
  const empty = Object.entries(parts ?? {}).find(([, sentences]) => sentences.length === 0)
  if (empty === undefined) return
  throw new ElmanError('PROBE_TREEBANK_EMPTY', {
    message: `the ${empty[0]} part of the treebank has no sentences`,
    hint: 'a limit on training words takes whole sentences, and needs room for one at least',
  })
}

function checkSenses(senses: SenseProbeData | undefined): void {
  if (senses === undefined) return
  if (splitSenses(senses.instances, { seed: 1 }).test.length > 0) return
  throw new ElmanError('PROBE_SENSES_EMPTY', {
    message: 'there are too few instances of word senses to test any',
    expected: 'several instances of each sense',
    found: `instances: ${senses.instances.length}`,
  })
}
