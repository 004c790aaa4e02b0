/** The protocol of Delétang et al. as a plan of the ladder's sweeps. */
import type { NamedLearner } from '../../ladder/learner-names.ts'
import type { LadderPlan } from '../../ladder/plan.ts'
import type { Split } from '../protocol.ts'
import { deletangProtocol } from './deletang-protocol.ts'
import { DELETANG_TASKS, deletangTask } from './tasks.ts'

/** Rate of a sweep that names none: the largest of the three that were tried. */
export const DELETANG_RATE = 5e-4

/** What a sweep is about; everything that is left out is as published, but for the rate, which is one of three. */
export interface DeletangSweep {
  /** Names of the table; all unless given. */
  readonly tasks?: readonly string[] | undefined
  readonly learners: readonly NamedLearner[]
  /** Tasks, slice of the score and loss of the released code. */
  readonly original?: boolean | undefined
  readonly steps?: number | undefined
  readonly seeds?: number | undefined
  readonly rate?: number | undefined
  /** Tested lengths; all of 41 to 500 unless given. */
  readonly lengths?: readonly number[] | undefined
  /** Test strings of each length; 512 unless given. */
  readonly strings?: number | undefined
}

/**
 * Batches of 128 strings of one length, uniform on 1 to 40; Adam with its gradient clipped.
 *
 * @throws ElmanError `PROTOCOL_TASK_UNKNOWN`
 */
export function deletangPlan(sweep: DeletangSweep): LadderPlan {
  const { tasks = DELETANG_TASKS, learners, original = false } = sweep
  const { id, trainLengths, splits, training, seeds } = deletangProtocol({ original })
  const { perLength, lengths } = splits.find(({ name }) => name === 'test') as Split & { perLength: number }
  const { strings } = training.batch as { strings: number }
  const { steps } = training.budget as { steps: number }
  const trainSize = trainLengths.to
  const tested =
    sweep.lengths ?? Array.from({ length: lengths.to - lengths.from + 1 }, (_, i) => lengths.from + i)
  return {
    profile: id,
    seeds: Array.from({ length: sweep.seeds ?? seeds }, (_, index) => index + 1),
    test: { multiples: tested.map(length => length / trainSize), strings: sweep.strings ?? perLength },
    probes: tasks.flatMap(task =>
      learners.map(({ name, config }) => ({
        language: deletangTask(task, { original }).id,
        languageConfig: { type: 'deletang', task, original },
        view: 'transduce' as const,
        learner: name,
        learnerConfig: config,
        training: {
          ...{ trainSize, steps: sweep.steps ?? steps, batch: strings },
          ...{ rate: sweep.rate ?? DELETANG_RATE, clip: training.clip },
        },
        certify: false,
      })),
    ),
  }
}
