/** Stage `evaluate`: predictions against the labels that the texts have. */
import { join } from 'node:path'
import { defineComponent, ElmanError, STAGE, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import { classificationScores, type LabelPair } from '../classification-scores.ts'
import { readPredictions } from '../predictions.ts'
import type { Port, Stage, StageContext } from '../stage.ts'
import { readLabelledSplit } from './labelled-splits.ts'

const evaluateStageConfig = z.strictObject({
  split: z.enum(['train', 'valid', 'test']).default('test').describe('texts that the predictions are of'),
  folds: z
    .int()
    .min(2)
    .max(100)
    .optional()
    .describe(
      'inputs predictions-1, labelled-1, … in place of one pair; scores of each, and of all together',
    ),
})

type Config = z.output<typeof evaluateStageConfig>

/** Registry entry `evaluate`. Artefact `scores` has `scores.json`: accuracy, macro F1, each label, confusion, each fold. */
export const evaluateStage = defineComponent(STAGE, {
  type: 'evaluate',
  summary: 'accuracy, macro F1 and confusion of predictions, also over folds',
  config: evaluateStageConfig,
  create: (config): Stage => ({
    inputs: portsOf(config),
    outputs: { scores: { kind: 'scores', summary: 'scores.json' } },
    async run(context) {
      const { outputDirectory } = context
      const folds: { pairs: LabelPair[]; scores: ReturnType<typeof classificationScores> }[] = []
      for (const suffix of suffixesOf(config)) {
        const pairs = await pairsOf(suffix, config, context)
        folds.push({ pairs, scores: classificationScores(pairs) })
      }
      const all = classificationScores(folds.flatMap(({ pairs }) => pairs))
      const spread =
        config.folds === undefined ? undefined : spreadOf(folds.map(({ scores }) => scores.accuracy))
      const result = {
        split: config.split,
        ...all,
        ...(spread === undefined
          ? {}
          : { accuracyOfFolds: spread, folds: folds.map(({ scores }) => scores) }),
      }
      const path = join(await outputDirectory('scores'), 'scores.json')
      await writeFileAtomically(path, `${JSON.stringify(result, null, 1)}\n`)
      const { accuracy, macroF1, texts } = all
      const scores = {
        ...{ accuracy, macroF1, texts },
        ...(spread === undefined
          ? {}
          : { 'mean accuracy of folds': spread.mean, 'deviation of folds': spread.deviation }),
      }
      return { outcome: 'finished', outputs: { scores: { split: config.split, ...scores } }, scores }
    },
  }),
})

function suffixesOf({ folds }: Config): string[] {
  return folds === undefined ? [''] : Array.from({ length: folds }, (_, index) => `-${index + 1}`)
}

function portsOf(config: Config): { [name: string]: Port } {
  const pairs = suffixesOf(config).flatMap((suffix): [string, Port][] => [
    [`predictions${suffix}`, { kind: 'predictions', summary: 'what a model says' }],
    [`labelled${suffix}`, { kind: 'labelled-texts', summary: 'what is right' }],
  ])
  return Object.fromEntries(pairs)
}

/** Pairs by id. @throws `EVALUATE_TEXTS_DIFFER` when predictions and texts have not the same ids */
async function pairsOf(suffix: string, { split }: Config, { inputs }: StageContext): Promise<LabelPair[]> {
  const [given, right] = [inputs[`predictions${suffix}`]!, inputs[`labelled${suffix}`]!]
  const predictions = new Map((await readPredictions(given.path)).map(({ id, label }) => [id, label]))
  const texts = (await readLabelledSplit(right.path, split)) ?? []
  const missing = texts.filter(({ id }) => !predictions.has(id)).map(({ id }) => id)
  if (missing.length > 0 || predictions.size !== texts.length || texts.length === 0) {
    throw new ElmanError('EVALUATE_TEXTS_DIFFER', {
      message: 'the predictions are not those of the texts',
      expected: `${texts.length} of split ${split} (${right.path})`,
      found: `${predictions.size} predictions (${given.path})${missing.length > 0 ? `; none of ${missing.slice(0, 5).join(', ')}` : ''}`,
      hint: 'give the labelled texts that the classifier was given, and the split that it predicts',
    })
  }
  return texts.map(({ id, label }) => ({ expected: label, predicted: predictions.get(id)! }))
}

/** Mean and standard deviation of a sample. */
function spreadOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}
