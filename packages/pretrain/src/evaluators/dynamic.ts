/**
 * Dynamic evaluation: the model goes on learning from the text that it has just been scored on (Mikolov et al. 2010;
 * Krause et al. 2018, "Dynamic Evaluation of Neural Sequence Models").
 */
import {
  copyArray,
  ElmanError,
  type Executable,
  isFloat,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
} from '@elman/core'
import { createEvaluationWindows, startToken } from '@elman/text'
import { z } from 'zod'
import { rmsArrays, rmsRule, sgdRule } from './dynamic-rules.ts'
import {
  collectGradientStatistics,
  type Floats,
  type GradientStatistics,
  statisticsConfig,
} from './gradient-statistics.ts'
import { progressMeter, type ScoringOptions } from './scoring-options.ts'
import { compileSegmentUpdate } from './segment-gradient.ts'
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
      .describe(
        'rms only: squared gradients averaged over batches, or summed as for the paper (0.002, 0.02, 0.001)',
      ),
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

/**
 * Dynamic evaluation: each segment is scored by the parameters as they are, then updates a copy of them. The text is
 * read as one sequence; the gradient goes back to the segment's start, without dropout.
 *
 * Rule `rms` first walks the training text (`setup.training`), once for each record of parameters, which must not be
 * written to between two texts. Its large steps on rarely moved parameters amplify rounding: a change of 1e-9 in one
 * parameter reaches single log-probabilities within some thousand tokens, and perplexities by tenths of a percent. The
 * same machine, threads and precision give the same bits.
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
      const update = isRms ? rmsRule : sgdRule({ rate, decay })
      const executable = await compileSegmentUpdate(backend, model, shape, update, setup)
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
          const factors = statistics && rmsArrays(statistics, { rate, decay, epsilon, settings })
          const start = leavesOf<NdArray>(parameters, isNdArray)
          const arrays = update.arrays.flatMap(kind =>
            start.flatMap((leaf, place) => {
              if (!isFloat(leaf.dtype)) return []
              return [kind === 'start' ? leaf : { ...leaf, data: factors![kind][place]! }]
            }),
          )
          const walk = { executable, segment, start, state, arrays, first: startToken(vocabulary) }
          const { result, updates, drift } = await readAndLearn(walk, ids, options)
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

/** What a reading needs besides the text. */
interface Reading {
  readonly executable: Executable
  readonly segment: number
  /** Parameters to begin with; they are not written to. */
  readonly start: readonly NdArray[]
  readonly state: readonly NdArray[]
  /** What the rule reads. */
  readonly arrays: readonly NdArray[]
  readonly first: number | undefined
}

async function readAndLearn(
  { executable, segment, start, state: initial, arrays, first }: Reading,
  ids: Int32Array,
  options: ScoringOptions,
): Promise<{ result: Float64Array; updates: number; drift: number }> {
  const windows = createEvaluationWindows(ids, { batch: 1, time: segment, warmUp: 0 }, first)
  const meter = progressMeter('score', windows.tokens, options)
  const result = new Float64Array(ids.length).fill(Number.NaN)
  // Two sets of buffers change roles: one is read, the other is written.
  const sets = [0, 1].map(() => start.filter(leaf => isFloat(leaf.dtype)).map(copyArray))
  let learning = start
  let state = initial
  let updates = 0
  for (const { input, target, position, scored } of windows) {
    const tokens = [input, target].map((data): NdArray => ({ dtype: 'int32', shape: [segment, 1], data }))
    const into = [undefined, ...sets[updates % 2]!]
    const outputs = await executable.run([...learning, ...state, ...tokens, ...arrays], { into })
    const losses = outputs[0]!
    for (const [slot, at] of position.entries()) {
      if (at < 0) continue
      const loss = Number(losses.data[slot])
      if (!Number.isFinite(loss) && updates > 0) throw diverged(loss, at, updates)
      result[at] = -loss
    }
    state = outputs.slice(outputs.length - initial.length)
    await meter.advance(scored)
    if (updates === windows.length - 1) break // nothing comes after the last segment, which padding may fill up
    let next = 1
    learning = start.map(leaf => (isFloat(leaf.dtype) ? outputs[next++]! : leaf))
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
    if (!isFloat(start[leaf]!.dtype)) continue
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
