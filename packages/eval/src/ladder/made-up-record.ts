/** A record with chosen counts, for tests of what is read off records. */
import type { View } from '../languages/language.ts'
import type { ProbeRecord, SizeResult } from '../probe/record.ts'
import { frontier } from '../probe/scores.ts'

/** What a made-up record says. */
export interface MadeUp {
  readonly language?: string
  readonly view?: View
  readonly learner?: string
  readonly seed?: number
  /** Right strings of 512 at N, 2N and 4N. */
  readonly right?: readonly number[]
  readonly hard?: readonly number[]
  /** Share of right tokens at every size; that of the strings unless given. */
  readonly tokens?: number
  readonly baselines?: ProbeRecord['baselines']
  readonly certificate?: ProbeRecord['certificate']
}

const N = 20
const STRINGS = 512

/** Sizes N, 2N, 4N with so many right strings. */
export function madeUpSizes(right: readonly number[], tokens?: number): SizeResult[] {
  return right.map((count, index) => {
    const size = N * 2 ** index
    const share = tokens ?? count / STRINGS
    const total = STRINGS * (size + 1)
    return {
      ...{ size, length: size + 1, strings: { right: count, total: STRINGS } },
      tokens: { right: Math.round(share * total), total },
    }
  })
}

/** A record. */
export function madeUpRecord(facts: MadeUp = {}): ProbeRecord {
  const { language = 'parity', view = 'dense', learner = 'lstm-16', seed = 1 } = facts
  const { right = [512, 512, 512], hard, tokens, certificate } = facts
  const soft = madeUpSizes(right, tokens)
  const hardSizes = hard && madeUpSizes(hard)
  const baselines = facts.baselines ?? [{ baseline: 'majority', sizes: madeUpSizes([0, 0, 0], 0.5) }]
  return {
    ...{ probe: `${language}/${view}/${learner}/seed-${seed}`, language, view, learner, seed },
    learnerConfig: { type: 'recurrent', cell: { type: 'lstm', hidden: 16 } },
    parameters: 1000,
    training: { trainSize: N, steps: 1500 },
    ...{ configHash: '0'.repeat(64), dataHash: '1'.repeat(64), loss: 0.01 },
    solvedAt: soft[1]?.strings.right === STRINGS ? 500 : null,
    soft,
    ...(hardSizes && { hard: hardSizes, hardFrontier: frontier(hardSizes), hardSkill: 0.5 }),
    baselines,
    ...{ bestBaseline: baselines[0]!.baseline, skill: 0.5, frontier: frontier(soft) },
    ...(certificate && { certificate }),
    versions: { node: 'v20.0.0' },
    timing: { seconds: 1.5 },
  }
}
