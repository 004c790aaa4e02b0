/** Evidence to certificate: the level that it carries, the line that says it, the table and the seal. */
import { hashConfig } from '@elman/core'
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'
import type { Language } from '../languages/language.ts'
import type { Exhaustive } from './exhaustive.ts'
import type { Extraction } from './extraction.ts'
import type { AutomatonTable, Certificate, Evidence } from './format.ts'
import type { SnappedTwin } from './snapped-twin.ts'

/** What a certificate says of its network; nothing in it can be checked without the network. */
export interface NetworkFacts {
  /** Name in tables: `elman-tanh-16`. */
  readonly learner: string
  readonly seed: number
  /** SHA-256 of the probe's complete config. */
  readonly configHash: string
  readonly weightsHash?: string
}

/** An automaton as data. */
export function tableOf({ symbols, start, next, classes }: Dfa): AutomatonTable {
  return {
    start,
    next: Array.from(classes, (_, state) => [...next.subarray(state * symbols, (state + 1) * symbols)]),
    classes: [...classes],
  }
}

/** The part of a certificate that is about the language. */
export function languagePart(
  language: Language,
  target: 'class' | 'flags',
  automaton: Dfa | undefined,
): Certificate['language'] {
  return {
    id: language.id,
    alphabet: [...language.alphabet],
    classes: [...(language.recognition?.classes ?? [])],
    ...{ target, trainSize: language.trainSize },
    ...(automaton && { automaton: tableOf(automaton) }),
  }
}

/** Evidence of an enumeration. */
export function exhaustiveEvidence(found: Exhaustive): NonNullable<Evidence['exhaustive']> {
  const { length, words, steps, stopped, wrong } = found
  return {
    ...{ length, words: `${words}`, steps, stopped },
    ...(wrong && { wrong: { ...wrong, word: [...wrong.word] } }),
  }
}

/** Evidence of an extraction that came to an end; undefined for others. */
export function extractionEvidence(found: Extraction): Evidence['extraction'] {
  const { verdict, dfa, word, hypotheses, steps, sampled, suite } = found
  if (verdict === 'open' || verdict === 'free' || !dfa || !sampled || !suite) return undefined
  return {
    ...{ verdict, automaton: tableOf(dfa), hypotheses, steps, sampled },
    ...(word && { word: [...word] }),
    suite: { ...suite, separating: suite.separating.map(own => [...own]) },
  }
}

/** Evidence of a twin that is right on all words. */
export function twinEvidence(twin: SnappedTwin, stateSize: number, raw: Exhaustive): Evidence['twin'] {
  return {
    tolerance: twin.tolerance,
    centroids: twin.centroids.length / stateSize,
    automaton: tableOf(twin.dfa),
    minimal: minimise(twin.dfa).classes.length,
    // the twin is right on all words, so the raw network agrees with it as long as it is right
    agreement: { length: raw.length, words: `${raw.words}` },
  }
}

/** The certificate of what was found: its level is the highest that the evidence carries. */
export function sealed(content: {
  readonly language: Certificate['language']
  readonly network: NetworkFacts & { readonly stateSize: number }
  readonly evidence: Evidence
}): Certificate {
  const level = levelOf(content.evidence)
  const certificate = {
    format: 'elman-certificate' as const,
    version: 1 as const,
    ...level,
    ...content,
    summary: summaryOf(level, content),
  }
  return { ...certificate, sha256: hashConfig(certificate) }
}

type LevelOf = Pick<Certificate, 'level' | 'subject'>

function levelOf({ sampled, exhaustive, extraction, twin, counters, memory }: Evidence): LevelOf {
  if (twin !== undefined)
    return { level: 'K4', subject: twin.tolerance === 0 ? 'raw network' : 'snapped twin' }
  if (memory !== undefined) return { level: 'K4', subject: 'control table' }
  const subject = 'raw network'
  const allShort = exhaustive !== undefined && exhaustive.wrong === undefined
  if (allShort && extraction?.verdict === 'equal') return { level: 'K3', subject }
  if (allShort || (exhaustive === undefined && counters !== undefined && counters.wrong === undefined)) {
    return { level: 'K2', subject }
  }
  const errors = exhaustive?.wrong !== undefined || counters?.wrong !== undefined
  const clean = sampled?.sizes.every(({ right, total }) => right === total) ?? false
  return { level: clean && !errors ? 'K1' : 'K0', subject }
}

function summaryOf(
  { level, subject }: LevelOf,
  { language, network, evidence }: Pick<Certificate, 'language' | 'network' | 'evidence'>,
): string {
  const { sampled, exhaustive, extraction, twin, counters, memory } = evidence
  const parts: string[] = []
  if (sampled !== undefined) {
    const right = sampled.sizes.reduce((sum, own) => sum + own.right, 0)
    const total = sampled.sizes.reduce((sum, own) => sum + own.total, 0)
    const largest = Math.max(...sampled.sizes.map(({ size }) => size))
    parts.push(
      right === total ? `exact@${multiple(largest, language.trainSize)}` : `${right}/${total} strings`,
    )
  }
  if (exhaustive !== undefined) {
    parts.push(`E*=${exhaustive.length}${exhaustive.wrong ? ` (errs at ${exhaustive.length + 1})` : ''}`)
  }
  if (counters !== undefined) parts.push(`frontier ${counters.frontier} of ${counters.bound}`)
  if (twin !== undefined && subject === 'snapped twin') {
    parts.push(`K4-twin (${twin.centroids} centroids, tol ${twin.tolerance})`)
  } else if (twin !== undefined) parts.push(`K4-raw (${twin.centroids} states)`)
  else if (memory !== undefined) {
    parts.push(`K4-table (${memory.table.controls} controls, ${memory.kind}, tol ${memory.tolerance})`)
  } else if (level === 'K3' && extraction !== undefined) {
    parts.push(`K3 (${extraction.automaton.classes.length} states, W bound ${extraction.suite.bound})`)
  } else if (level === 'K1' && sampled !== undefined) {
    parts.push(`K1 (error rate below ${sampled.upper.toPrecision(2)})`)
  } else parts.push(level)
  return `${language.id}, ${network.learner}, seed ${network.seed}: ${parts.join(', ')}`
}

/** A size in training sizes: `4N`, or itself where it is no whole multiple. */
function multiple(size: number, trainSize: number): string {
  return size % trainSize === 0 ? `${size / trainSize}N` : `${size}`
}
