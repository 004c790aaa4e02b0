/** Records of a sweep by the protocol of Delétang et al. as lines that may stand beside the published table. */
import type { ProbeRecord } from '../../probe/record.ts'
import type { OriginalOption } from '../protocol.ts'
import { type Chance, DELETANG_CHANCE, DELETANG_TRIVIAL, type TrivialPredictor } from './chance.ts'
import { deletangProtocol } from './deletang-protocol.ts'
import { type PublishedScore, publishedScore } from './published-score.ts'
import { DELETANG_SOLVED, deletangScore } from './score.ts'
import { deletangTasks } from './tasks.ts'

/** How several runs came out, in [0, 1]. */
export interface Spread {
  /** What the published table prints. */
  readonly maximum: number
  readonly median: number
  readonly worst: number
}

/** A learner on a task, with everything that its score has to be read beside. */
export interface DeletangLine {
  readonly task: string
  readonly learner: string
  /** Share of right tokens, mean over the lengths. */
  readonly score: Spread
  /** Share of strings that are right as a whole, mean over the lengths. */
  readonly exact: Spread
  /** The score of a memory by its likeliest actions; absent without a memory. */
  readonly hard?: Spread
  /** Seeds at or above 90 %, of how many. */
  readonly solved: { readonly right: number; readonly total: number }
  /** The best of the weak predictors on the same strings, by the same score. */
  readonly baseline?: { readonly name: string; readonly score: number }
  readonly chance: Chance
  readonly trivial: readonly TrivialPredictor[]
  readonly published?: PublishedScore
  /** Steps that were trained, and those of the protocol. */
  readonly steps: number
  readonly ofSteps: number
  /** Lengths that were tested, and those of the protocol. */
  readonly lengths: number
  readonly ofLengths: number
}

/**
 * A line for each task and learner, in the order of the published table. Records of other languages are left out.
 *
 * @throws ElmanError `PROTOCOL_NO_LENGTHS` where a record has no length that the score counts
 */
export function deletangLines(
  records: readonly ProbeRecord[],
  { original = false }: OriginalOption = {},
): DeletangLine[] {
  return deletangTasks({ original }).flatMap(({ id, name }) => {
    const own = records.filter(({ language }) => language === id)
    const learners = [...new Set(own.map(({ learner }) => learner))]
    return learners.map(learner =>
      lineOf(
        name,
        own.filter(record => record.learner === learner),
        original,
      ),
    )
  })
}

function lineOf(task: string, records: readonly ProbeRecord[], original: boolean): DeletangLine {
  const scores = records.map(({ soft }) => deletangScore(soft, { original }))
  const score = spreadOf(scores.map(own => own.score))
  const hard = records.flatMap(record =>
    record.hard === undefined ? [] : [deletangScore(record.hard, { original }).score],
  )
  const [first] = records as [ProbeRecord]
  const { steps } = deletangProtocol({ original }).training.budget as { steps: number }
  const baseline = bestBaseline(records, original)
  const published = publishedScore(task, first.learnerConfig)
  return {
    task,
    learner: first.learner,
    score,
    exact: spreadOf(scores.map(({ exact }) => exact)),
    ...(hard.length === 0 ? {} : { hard: spreadOf(hard) }),
    solved: {
      right: scores.filter(own => own.score >= DELETANG_SOLVED).length,
      total: scores.length,
    },
    ...(baseline === undefined ? {} : { baseline }),
    chance: DELETANG_CHANCE.find(own => own.task === task)!,
    trivial: DELETANG_TRIVIAL.filter(own => own.task === task),
    ...(published === undefined ? {} : { published }),
    steps: first.training.steps,
    ofSteps: steps,
    lengths: scores[0]!.lengths,
    ofLengths: scores[0]!.ofLengths,
  }
}

function bestBaseline(records: readonly ProbeRecord[], original: boolean) {
  const scored = records.flatMap(({ baselines }) =>
    baselines.map(({ baseline, sizes }) => ({
      name: baseline,
      score: deletangScore(sizes, { original }).score,
    })),
  )
  return scored.toSorted((a, b) => b.score - a.score)[0]
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!]
  return { maximum: sorted.at(-1)!, median: (lower + upper) / 2, worst: sorted[0]! }
}
