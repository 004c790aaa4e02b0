/** Records put together: all seeds of a probe, and probes by kind of learner. */
import type { ProbeRecord } from '../../probe/record.ts'
import { probeGroup } from '../plan.ts'
import { bestMode, frontierMultiple, isSolved, type Mode } from '../scores.ts'

/** All seeds of a probe. */
export interface RecordGroup {
  readonly group: string
  readonly language: string
  readonly view: string
  readonly learner: string
  /** The learner without its width. */
  readonly kind: string
  readonly records: readonly ProbeRecord[]
  readonly solved: number
  /** The mode in which more seeds are right. */
  readonly mode: Mode
  /** Median over seeds in that mode, as a multiple of the training size. */
  readonly frontier: number
}

/** Groups in the order of the records. */
export function groupRecords(records: readonly ProbeRecord[]): RecordGroup[] {
  const groups = new Map<string, ProbeRecord[]>()
  for (const record of records) {
    const group = probeGroup(record)
    groups.set(group, [...(groups.get(group) ?? []), record])
  }
  return [...groups].map(([group, own]) => {
    const { language, view, learner } = own[0]!
    const mode: Mode = own.some(record => bestMode(record) === 'hard') ? 'hard' : 'soft'
    const frontiers = own.map(record => frontierMultiple(record, mode)).toSorted((a, b) => a - b)
    return {
      ...{ group, language, view, learner, mode, records: own },
      kind: kindOf(learner),
      solved: own.filter(isSolved).length,
      frontier: frontiers[(frontiers.length - 1) >> 1]!,
    }
  })
}

/** `lstm` of `lstm-16`; a window keeps its size, which is no width. */
export function kindOf(learner: string): string {
  return /^(window|n-gram)/.test(learner) ? learner : learner.replace(/-\d+$/, '')
}

const ORDER = [
  ...[
    'n-gram',
    'window',
    'transformer',
    'diagonal-01',
    'diagonal-11',
    'elman-tanh',
    'elman-relu',
    'gru',
    'lstm',
  ],
  ...['stack-rnn', 'stack-lstm', 'superposition-stack', 'queue-rnn', 'tape-rnn'],
]

/** Kinds from the weakest to the strongest; those that are not known come last by name. */
export function sortKinds(kinds: Iterable<string>): string[] {
  const rank = (kind: string) => {
    const found = ORDER.findIndex(known => kind === known || kind.startsWith(`${known}-`))
    return found < 0 ? ORDER.length : found
  }
  return [...new Set(kinds)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** The better of probes: by solved seeds, then by frontier. */
export function bestGroup(groups: readonly RecordGroup[]): RecordGroup | undefined {
  return groups.toSorted(
    (a, b) => b.solved / b.records.length - a.solved / a.records.length || b.frontier - a.frontier,
  )[0]
}
