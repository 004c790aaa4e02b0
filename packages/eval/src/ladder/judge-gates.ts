/** Whether records hold the gates, with counts over seeds, and what went wrong where they do not. */

import type { RateBounds } from '../certificates/bounds.ts'
import type { Count, ProbeRecord } from '../probe/record.ts'
import { frontier } from '../probe/scores.ts'
import { exactInterval } from './binomial.ts'
import { BALANCED, type Bar, type Ceiling, GATES, type Gate, type Requirement } from './gates.ts'
import type { NegativesAudit } from './negatives.ts'
import { bestBaselineSizes, frontierMultiple, isExactAt, type Mode, share, sizeAt } from './scores.ts'

/** A learner of a requirement, judged. */
export interface JudgedLearner {
  readonly language: string
  readonly view: string
  readonly learner: string
  readonly must: 'pass' | 'fail'
  /** The bar in words. */
  readonly bar: string
  /** Seeds that reached the bar, of those with a record. */
  readonly reached: Count
  /** Exact 95 % interval of the rate. */
  readonly interval: RateBounds
  /** How many have to reach it; for `fail` how many may: none. */
  readonly needed: number
  readonly holds: boolean
  /** What single seeds did, when it does not hold. */
  readonly explanations: readonly string[]
}

/** `open`: records are missing. `reported`: may fail, or has nothing that must hold. */
export type Verdict = 'holds' | 'fails' | 'open' | 'reported'

/** A gate, judged. */
export interface JudgedGate {
  readonly gate: Gate
  readonly verdict: Verdict
  readonly learners: readonly JudgedLearner[]
  /** `parity/dense/lstm-16`: probes without a record. */
  readonly missing: readonly string[]
}

/** What judging needs besides records. */
export interface JudgeOptions {
  /** Requirements of the smoke profile, and its gates alone. */
  readonly smoke?: boolean
  /** Audits of languages beyond the regular, which G14 looks at. */
  readonly negatives?: readonly NegativesAudit[] | undefined
}

/** Judges all gates, or those of the smoke profile. */
export function judgeGates(
  records: readonly ProbeRecord[],
  { smoke = false, negatives = [] }: JudgeOptions = {},
): JudgedGate[] {
  return GATES.filter(gate => !smoke || gate.smoke).map(gate =>
    gate.id === 'G14' ? judgeNegatives(gate, negatives) : judgeGate(gate, records, smoke),
  )
}

/** How many of so many seeds must pass: 4 of 5, 2 of 3, all of fewer. */
export function seedsNeeded(seeds: number, rate = 0.8): number {
  if (seeds === 3 && rate === 0.8) return 2
  return Math.max(1, Math.ceil(rate * seeds - 1e-9))
}

function judgeGate(gate: Gate, records: readonly ProbeRecord[], smoke: boolean): JudgedGate {
  const requirements = (smoke ? gate.smokeRequirements : undefined) ?? gate.requirements
  const learners: JudgedLearner[] = []
  const missing: string[] = []
  for (const requirement of requirements) {
    for (const learner of requirement.learners) {
      const judged = judgeLearner(requirement, learner, records)
      if (judged === undefined) missing.push(`${requirement.language}/${requirement.view}/${learner}`)
      else learners.push(judged)
    }
  }
  return { gate, learners, missing, verdict: verdictOf(gate, learners, missing) }
}

function verdictOf(gate: Gate, learners: readonly JudgedLearner[], missing: readonly string[]): Verdict {
  if (gate.reportOnly === true) return 'reported'
  if (learners.some(({ holds }) => !holds)) return 'fails'
  return missing.length > 0 || learners.length === 0 ? 'open' : 'holds'
}

function judgeLearner(
  requirement: Requirement,
  learner: string,
  records: readonly ProbeRecord[],
): JudgedLearner | undefined {
  const { language, view, must, bar, ceiling, seeds: rate } = requirement
  const baseline = /^baseline:(.*)$/.exec(learner)?.[1]
  const own = records.filter(
    record =>
      record.language === language &&
      record.view === view &&
      (baseline === undefined ? record.learner === learner : true),
  )
  const judged = baseline === undefined ? own : own.slice(0, 1).flatMap(record => asLearner(record, baseline))
  if (judged.length === 0) return undefined
  const reached = judged.filter(record => reaches(record, bar))
  const over =
    must === 'fail' && ceiling !== undefined ? judged.filter(record => exceeds(record, ceiling)) : []
  const needed = must === 'pass' ? seedsNeeded(judged.length, rate) : 0
  const holds = must === 'pass' ? reached.length >= needed : reached.length === 0 && over.length === 0
  const count = { right: reached.length, total: judged.length }
  const wrong =
    must === 'pass' ? judged.filter(record => !reached.includes(record)) : [...new Set([...reached, ...over])]
  return {
    ...{ language, view, learner, must, needed, holds, reached: count },
    bar: barText(bar, must === 'fail' ? ceiling : undefined),
    interval: exactInterval(count),
    explanations: holds ? [] : wrong.map(record => explain(record, bar)),
  }
}

/** A baseline of a record as if it were a learner. */
function asLearner(record: ProbeRecord, id: string): ProbeRecord[] {
  const found = record.baselines.find(({ baseline }) => baseline === id)
  if (found === undefined) return []
  const { hard: _, hardFrontier: _frontier, certificate: _certificate, ...rest } = record
  return [{ ...rest, soft: found.sizes, frontier: frontier(found.sizes), solvedAt: null }]
}

function reaches(record: ProbeRecord, bar: Bar): boolean {
  if (bar.kind === 'exact') return isExactAt(record, bar.multiple, bar.mode)
  if (bar.kind === 'frontier') return frontierMultiple(record, bar.mode) >= bar.multiple
  if (bar.kind === 'certificate') return record.certificate?.level.startsWith(bar.level) === true
  const result = sizeAt(record, bar.multiple, bar.mode)
  return result !== undefined && share(result.tokens) >= bar.share
}

function exceeds(record: ProbeRecord, ceiling: Ceiling): boolean {
  const result = sizeAt(record, ceiling.multiple, 'soft')
  if (result === undefined) return false
  if (ceiling.kind === 'chance') return Math.abs(share(result.tokens) - 0.5) > ceiling.within
  const baseline = bestBaselineSizes(record).find(({ size }) => size === result.size)
  const limit = (baseline === undefined ? 0.5 : share(baseline.tokens)) + ceiling.margin
  return result.strings.right > 0 || share(result.tokens) > limit
}

function barText(bar: Bar, ceiling: Ceiling | undefined): string {
  const base =
    bar.kind === 'exact'
      ? `exact at ${bar.multiple}N${modeText(bar.mode)}`
      : bar.kind === 'frontier'
        ? `frontier at least ${bar.multiple}N${modeText(bar.mode)}`
        : bar.kind === 'tokens'
          ? `${Math.round(100 * bar.share)} % of tokens at ${bar.multiple}N${modeText(bar.mode)}`
          : `certificate ${bar.level}`
  if (ceiling === undefined) return base
  const under =
    ceiling.kind === 'chance'
      ? `tokens there within 0.5 ± ${ceiling.within}`
      : `at ${ceiling.multiple}N no string right, tokens at most best baseline + ${ceiling.margin}`
  return `${base}; ${under}`
}

const modeText = (mode: Mode) => (mode === 'hard' ? ', hard' : '')

function explain(record: ProbeRecord, bar: Bar): string {
  const { seed, solvedAt, loss, certificate } = record
  if (bar.kind === 'certificate') {
    return `seed ${seed}: ${certificate === undefined ? 'not right up to 2N, so no certificate was looked for' : `${certificate.level}: ${certificate.summary}`}`
  }
  const { mode, multiple } = bar
  const result = sizeAt(record, multiple, mode)
  const counts =
    result === undefined
      ? 'not tested there'
      : `${result.strings.right} of ${result.strings.total} strings and ${percent(result.tokens)} of tokens right at size ${result.size}`
  const other =
    record.hard === undefined
      ? ''
      : `; ${mode === 'hard' ? 'soft' : 'hard'} frontier ${frontierMultiple(record, mode === 'hard' ? 'soft' : 'hard')}N`
  const trained =
    solvedAt === null
      ? `validation at 2N never all right${loss === null ? '' : `, last loss ${Number(loss.toPrecision(3))}`}`
      : `validation at 2N all right from step ${solvedAt}`
  return `seed ${seed}: ${counts}; frontier ${round(frontierMultiple(record, mode))}N${other}; ${trained}`
}

/** G14: baselines on recognise views beyond the regular. */
function judgeNegatives(gate: Gate, audits: readonly NegativesAudit[]): JudgedGate {
  const learners = audits.map(({ language, baseline, right, automaton }): JudgedLearner => {
    const holds = share(right) <= BALANCED
    const beside =
      share(automaton) > BALANCED
        ? [
            `the learned automaton has ${percent(automaton)}: its states count as far as short strings go; not judged`,
          ]
        : []
    return {
      ...{ language, view: 'recognise', learner: `baseline:${baseline}`, must: 'fail', needed: 0, holds },
      ...{ bar: `more than ${Math.round(100 * BALANCED)} % right`, reached: right },
      interval: exactInterval(right),
      explanations: holds ? beside : [`${baseline} has ${percent(right)} right`, ...beside],
    }
  })
  const missing = audits.length === 0 ? ['the audit of the negatives'] : []
  return { gate, learners, missing, verdict: verdictOf(gate, learners, missing) }
}

function percent(count: Count): string {
  return `${(100 * share(count)).toFixed(1)} %`
}

function round(value: number): number {
  return Number(value.toFixed(2))
}

/** Whether a gate that must hold does not. Gates without records do not fail; they are open. */
export function anyGateFails(gates: readonly JudgedGate[]): boolean {
  return gates.some(({ verdict }) => verdict === 'fails')
}

/** `4/5` */
export function countText({ right, total }: Count): string {
  return `${right}/${total}`
}
