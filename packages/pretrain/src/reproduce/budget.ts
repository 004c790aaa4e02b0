/**
 * What a row does when there is less time than its published recipe takes. One rule for all rows:
 *
 * 1. The speed of training is measured, in tokens a second, on the machine and backend that will train.
 * 2. Nine tenths of the budget pay for epochs with the evaluation after each, and for scoring valid and test at the
 *    end; a token that is only read costs a third of one that is trained on.
 * 3. If the published epochs fit, the recipe is left as it is. Else epochs are cut down to what fits, and the schedule
 *    of the rate keeps its shape.
 * 4. If fewer than the row's fewest epochs fit, the sizes are halved and the speed measured again, down to an eighth.
 * 5. If the narrowest does not fit either, it trains for a part of one pass.
 *
 * The text of what was done stands with every result. `full` is the published recipe as it is.
 */
import { ElmanError } from '@elman/core'
import { withNumbers, withValues } from './change-config.ts'
import type { Reduction, RowExperiment } from './row.ts'
import { scaleSchedule } from './scale-schedule.ts'

/** How long a row may take. */
export interface Budget {
  /** As in commands and folders: `full`, `10m`, `1h`. */
  readonly name: string
  /** Seconds; absent for the published recipe, however long it takes. */
  readonly seconds?: number
}

/** Sizes of a text in tokens. */
export interface TextSizes {
  readonly train: number
  readonly valid: number
  readonly test: number
}

/** What a row trains under a budget, and why. */
export interface BudgetPlan {
  readonly experiment: RowExperiment
  /** Whether it is the published recipe, unchanged. */
  readonly full: boolean
  /** What was changed and by which rule, in one or two sentences. */
  readonly rule: string
  /** Tokens a second in training, as measured; absent where nothing was. */
  readonly tokensPerSecond?: number
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const
const WIDTHS = [1, 1 / 2, 1 / 4, 1 / 8]
/** Part of the budget that is planned for; the rest is for start, checkpoints and error of the measurement. */
const PLANNED = 0.9
/** Cost of reading a token, where training on one costs 1: the forward pass without the backward one of twice the work. */
const READING = 1 / 3

/**
 * A budget from its name.
 *
 * @throws `REPRODUCE_BUDGET_INVALID`
 */
export function parseBudget(name: string): Budget {
  if (name === 'full') return { name }
  const match = /^([1-9]\d{0,5})([smh])$/.exec(name)
  if (match !== null) return { name, seconds: Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] }
  throw new ElmanError('REPRODUCE_BUDGET_INVALID', {
    message: `${JSON.stringify(name)} is no budget`,
    expected: 'full, or a time such as 10m, 1h or 90s',
  })
}

/** Epochs that fit into a time at a speed; may be a fraction, and below zero where the scoring alone takes longer. */
export function epochsThatFit(seconds: number, tokensPerSecond: number, sizes: TextSizes): number {
  const tokens = PLANNED * seconds * tokensPerSecond
  const scoring = READING * (sizes.valid + sizes.test)
  return (tokens - scoring) / (sizes.train + READING * sizes.valid)
}

/**
 * What to train under a budget.
 *
 * @param measure - Tokens a second that an experiment trains on; asked only under a budget of time.
 */
export async function planBudget(
  full: RowExperiment,
  reduction: Reduction,
  budget: Budget,
  sizes: TextSizes,
  measure: (experiment: RowExperiment) => Promise<number>,
): Promise<BudgetPlan> {
  if (budget.seconds === undefined) return { experiment: full, full: true, rule: 'the full recipe' }
  const publishedEpochs = epochsOf(full, sizes.train)
  const speed = await measure(full)
  const fits = epochsThatFit(budget.seconds, speed, sizes)
  if (fits >= publishedEpochs) {
    const rule = `the full recipe: its ${epochs(publishedEpochs)} fit into ${budget.name} at ${Math.round(speed)} tokens/s`
    return { experiment: full, full: true, rule, tokensPerSecond: speed }
  }
  const { changes } = reduction
  const changed = changes === undefined ? full : withValues(full, changes.set)
  for (const width of WIDTHS) {
    const narrow = withWidth(changed, reduction, width)
    const tokensPerSecond = width === 1 && changes === undefined ? speed : await measure(narrow)
    const affordable = Math.min(publishedEpochs, epochsThatFit(budget.seconds, tokensPerSecond, sizes))
    const isLast = width === WIDTHS.at(-1) || reduction.widths.length === 0
    if (affordable < Math.min(reduction.minimumEpochs, publishedEpochs) && !isLast) continue
    const rule = [
      `budget ${budget.name} at ${Math.round(tokensPerSecond)} tokens/s: ${passes(affordable, publishedEpochs)}, schedule in proportion`,
      ...(width === 1
        ? []
        : [`sizes × ${width}, as at a larger size fewer than ${reduction.minimumEpochs} epochs fit`]),
      ...(changes === undefined ? [] : [changes.why]),
    ].join('; ')
    const experiment = withEpochs(narrow, publishedEpochs, affordable, sizes.train)
    return { experiment, full: false, rule, tokensPerSecond }
  }
  throw new Error('the last width always returns')
}

/** The experiment with its sizes multiplied, kept multiples of what the row says. */
function withWidth(
  experiment: RowExperiment,
  { widths, multipleOf }: Reduction,
  width: number,
): RowExperiment {
  if (width === 1) return experiment
  const change = (size: number) => Math.max(1, Math.round((size * width) / multipleOf)) * multipleOf
  return withNumbers(experiment, widths, change)
}

/** Epochs of a recipe, which may give updates in their place. */
function epochsOf({ train }: RowExperiment, trainTokens: number): number {
  const { epochs = 5, steps, batch = 20, bptt = 35 } = train as Readonly<Record<string, number | undefined>>
  return steps === undefined ? epochs : Number(((steps * batch * bptt) / trainTokens).toPrecision(3))
}

function withEpochs(
  experiment: RowExperiment,
  published: number,
  affordable: number,
  trainTokens: number,
): RowExperiment {
  const { steps: _, ...train } = experiment.train as { readonly steps?: number; readonly schedule?: unknown }
  const whole = Math.max(1, Math.floor(affordable))
  const schedule = scaleSchedule(train.schedule, published, whole)
  const shorter = { ...train, epochs: whole, ...(schedule === undefined ? {} : { schedule }) }
  if (affordable >= 1) return { ...experiment, train: shorter }
  const { batch = 20, bptt = 35 } = train as { readonly batch?: number; readonly bptt?: number }
  const steps = Math.max(1, Math.floor((Math.max(0, affordable) * trainTokens) / (batch * bptt)))
  return { ...experiment, train: { ...shorter, steps } }
}

function epochs(count: number): string {
  return count === 1 ? '1 epoch' : `${count} epochs`
}

function passes(affordable: number, published: number): string {
  if (affordable >= 1) return `${Math.floor(affordable)} of ${epochs(published)}`
  if (affordable <= 0) return `one update of ${epochs(published)}, as scoring alone takes the time`
  return `${(100 * affordable).toFixed(0)} % of one epoch of ${published}`
}
