/**
 * Dynamic evaluation: the model goes on learning from the text that it has just been scored on (Mikolov et al. 2010;
 * Krause et al. 2018, "Dynamic Evaluation of Neural Sequence Models").
 */
import {
  copyArray,
  ElmanError,
  type Executable,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
} from '@elman/core'
import { createEvaluationWindows, startToken } from '@elman/text'
import { z } from 'zod'
import { rmsRule, sgdRule, type UpdateRule } from './dynamic-rules.ts'
import {
  collectGradientStatistics,
  type Floats,
  floatsLike,
  type GradientStatistics,
  statisticsConfig,
} from './gradient-statistics.ts'
import { progressMeter, type ScoringOptions } from './scoring-options.ts'
import { compileSegmentGradient } from './segment-gradient.ts'
import type { EvaluatorFactory } from './text-evaluator.ts'

/** Options of evaluator `dynamic`. */
export const dynamicConfig = z
  .strictObject({
    rule: z
      .enum(['rms', 'sgd'])
      .default('rms')
      .describe('gradients over their usual size (Krause et al. 2018), or as they are (Mikolov et al. 2010)'),
    segment: z.int().min(1).default(5).describe('tokens between two updates'),
    rate: z
      .number()
      .min(0)
      .optional()
      .describe("η: 0.00005 for rms, on the mean of a segment's losses; 0.1 for sgd, on their sum"),
    decay: z
      .number()
      .min(0)
      .optional()
      .describe('λ: pull towards the trained parameters; 0.002 for rms, 0 for sgd'),
    epsilon: z.number().positive().optional().describe('ε: rms only; 0.00002 unless given'),
    settings: z
      .enum(['mean', 'sum'])
      .optional()
      .describe('rms only: units of rate, decay and epsilon; sum is that of the paper (0.002, 0.02, 0.001)'),
    statistics: statisticsConfig.optional().describe('rms only: how gradients are collected over training'),
  })
  .refine(({ rule, decay = 0 }) => rule === 'rms' || decay <= 1, {
    message: 'a pull above 1 passes over the trained parameters',
    path: ['decay'],
  })
  .refine(
    ({ rule, epsilon, settings, statistics }) =>
      rule === 'rms' || (epsilon ?? settings ?? statistics) === undefined,
    { message: 'epsilon, settings and statistics are options of rule "rms"', path: ['rule'] },
  )

/** How a score came about that no number can be given for. */
interface Walk {
  readonly executable: Executable
  readonly rule: UpdateRule
  readonly segment: number
  readonly state: readonly NdArray[]
  readonly first: number | undefined
}

/**
 * Dynamic evaluation: each segment is scored by the parameters as they are, then updates a copy of them. The text is
 * read as one sequence; the gradient goes back to the segment's start, without dropout.
 *
 * Rule `rms` first walks the training text (`setup.training`), once for each set of parameters.
 *
 * @throws from `create` `DYNAMIC_TRAINING_TEXT_MISSING`; from scoring `DYNAMIC_EVALUATION_DIVERGED`
 */
export function dynamicEvaluator(config: z.input<typeof dynamicConfig> = {}): EvaluatorFactory {
  const { rule, segment, statistics: how, ...given } = dynamicConfig.parse(config)
  const isRms = rule === 'rms'
  const { rate = isRms ? 5e-5 : 0.1, decay = isRms ? 0.002 : 0, epsilon = 2e-5, settings = 'mean' } = given
  const name = `dynamic, ${isRms ? 'RMS' : 'SGD'} (segments of ${segment}, η ${rate}, λ ${decay})`
  return {
    adaptive: true,
    readsTraining: isRms,
    async create(model, vocabulary, backend, setup = {}) {
      const { training } = setup
      if (isRms && training === undefined) throw withoutTraining()
      const reduction = isRms ? 'mean' : 'sum'
      const shape = { batch: 1, time: segment, reduction } as const
      const executable = await compileSegmentGradient(backend, model, shape, setup)
      const known = new WeakMap<Parameters, GradientStatistics>()
      const collect = async (parameters: Parameters, options: ScoringOptions) => {
        const found = known.get(parameters)
        if (found !== undefined) return found
        const layout = { ...statisticsConfig.parse(how ?? {}), time: segment }
        const made = await collectGradientStatistics(
          ...([backend, model, parameters, training!, layout, setup, options] as const),
        )
        known.set(parameters, made)
        return made
      }
      const state = leavesOf<NdArray>(model.initialState(1, setup.dtype) as Parameters, isNdArray)
      return {
        name,
        adaptive: true,
        async tokenLogProbabilities(parameters, ids, options = {}) {
          const statistics = isRms ? await collect(parameters, options) : undefined
          const numbers = { rate, decay, epsilon, settings }
          const update = statistics === undefined ? sgdRule(numbers) : rmsRule(statistics, numbers)
          const first = startToken(vocabulary)
          const walk = { executable, rule: update, segment, state, first }
          const { result, updates, drift } = await readAndLearn(walk, parameters, ids, options)
          const { batches, batch } = statistics ?? {}
          const collected = batches === undefined ? {} : { statistics: { batches, batch } }
          options.onDetails?.({
            ...{ rule, segment, rate, decay, updates, drift },
            ...(isRms ? { epsilon, settings } : {}),
            ...collected,
          })
          return result
        },
        dispose: () => executable.dispose(),
      }
    },
  }
}

async function readAndLearn(
  { executable, rule, segment, state: initial, first }: Walk,
  parameters: Parameters,
  ids: Int32Array,
  options: ScoringOptions,
): Promise<{ result: Float64Array; updates: number; drift: number }> {
  const start = leavesOf<NdArray>(parameters, isNdArray)
  const learning = start.map(leaf => (floatsLike(leaf) === undefined ? leaf : copyArray(leaf)))
  const gradients = start.map(leaf => (floatsLike(leaf) === undefined ? undefined : copyArray(leaf)))
  const into = [undefined, ...gradients]
  const windows = createEvaluationWindows(ids, { batch: 1, time: segment, warmUp: 0 }, first)
  const meter = progressMeter('score', windows.tokens, options)
  const result = new Float64Array(ids.length).fill(Number.NaN)
  let state = initial
  let updates = 0
  for (const { input, target, position, scored } of windows) {
    const tokens = [input, target].map((data): NdArray => ({ dtype: 'int32', shape: [segment, 1], data }))
    const outputs = await executable.run([...learning, ...state, ...tokens], { into })
    const losses = outputs[0]!
    for (const [slot, at] of position.entries()) {
      if (at < 0) continue
      const loss = Number(losses.data[slot])
      if (!Number.isFinite(loss) && updates > 0) throw diverged(loss, at, updates)
      result[at] = -loss
    }
    state = outputs.slice(1 + start.length)
    await meter.advance(scored)
    if (updates === windows.length - 1) break // nothing comes after the last segment, which padding may fill up
    for (const [leaf, gradient] of gradients.entries()) {
      if (gradient === undefined) continue
      const data = (array: NdArray) => array.data as Floats
      rule.update(leaf, data(learning[leaf]!), data(start[leaf]!), data(outputs[1 + leaf]!))
    }
    updates += 1
  }
  return { result, updates, drift: driftOf(learning, start) }
}

/** ‖θ − θ₀‖ / ‖θ₀‖ over all parameters. */
function driftOf(values: readonly NdArray[], start: readonly NdArray[]): number {
  let moved = 0
  let size = 0
  for (const [leaf, { data }] of values.entries()) {
    const before = start[leaf]!.data as Floats
    if (floatsLike(start[leaf]!) === undefined) continue
    for (let i = 0; i < before.length; i++) {
      moved += ((data[i] as number) - before[i]!) ** 2
      size += before[i]! ** 2
    }
  }
  return size === 0 ? 0 : Math.sqrt(moved / size)
}

function withoutTraining(): ElmanError {
  return new ElmanError('DYNAMIC_TRAINING_TEXT_MISSING', {
    message: 'rule "rms" of dynamic evaluation measures gradients over the training text, and none was given',
    hint: ['give the text that the model was trained on as setup.training', 'or use rule "sgd"'],
  })
}

function diverged(loss: number, at: number, updates: number): ElmanError {
  return new ElmanError('DYNAMIC_EVALUATION_DIVERGED', {
    message: `the updates of dynamic evaluation threw the model off: a loss is not finite at token ${at}`,
    found: `${loss}; updates so far: ${updates}`,
    hint: 'lower the rate',
  })
}
