/** Stopping at the first number that is none, with what is known of the cause. */
import { ElmanError } from '../errors/elman-error.ts'
import type { StepReport } from './train-step.ts'

/** Whether a step's numbers can be gone on with. */
export function isSound(report: StepReport): boolean {
  return Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm)
}

/** The facts around a step whose loss or gradient is not finite. */
export interface Divergence {
  /** Number of the step, from 1. */
  readonly step: number
  readonly report: StepReport
  /** The step before it, if there was one in this process. */
  readonly before: StepReport | undefined
  readonly rate: number
  readonly clip: number | undefined
  /** Step of the last checkpoint, if any. */
  readonly checkpoint: number | undefined
  readonly where: string | undefined
}

/** The error of a run that diverged. */
export function diverged(facts: Divergence): ElmanError {
  const { step, report, before, rate, clip, checkpoint, where } = facts
  const what = Number.isFinite(report.loss) ? 'gradient' : 'loss'
  const norms = Object.entries(report.gradientNorms())
  const bad = norms.filter(([, norm]) => !Number.isFinite(norm)).map(([path]) => path)
  const blame = bad.length > 0 && bad.length < norms.length
  const largest = largestOf(before) ?? 'no step before it'
  return new ElmanError('TRAINING_DIVERGED', {
    message: `the ${what} is no longer a finite number at step ${step}`,
    found: [
      `loss ${report.loss}, gradient norm ${report.gradientNorm}, rate ${rate}`,
      blame
        ? `gradient not finite: ${bad.join(', ')}`
        : `gradient not finite: all of ${bad.length} parameters`,
      `largest gradient of the step before: ${largest}`,
    ].join('\n           '),
    ...(where === undefined ? {} : { where }),
    hint: [
      checkpoint === undefined
        ? 'there is no checkpoint to go back to'
        : `the last good checkpoint is that of step ${checkpoint}`,
      clip === undefined
        ? 'set a clip on the global gradient norm, or lower the rate'
        : 'lower the rate or the clip',
    ],
  })
}

function largestOf(report: StepReport | undefined): string | undefined {
  if (report === undefined) return undefined
  const [first] = Object.entries(report.gradientNorms()).sort(([, a], [, b]) => b - a)
  return first === undefined ? undefined : `${first[0]}, norm ${first[1].toPrecision(4)}`
}
