/** Stage `masked-lm`: text to a BERT, as a folder that `transformers` loads. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defineComponent, STAGE } from '@elman/core'
import { saveTokenizer } from '@elman/text'
import { z } from 'zod'
import type { ExperimentListener } from '../../experiment/experiment-events.ts'
import { trainingReporter } from '../../stages/report-training.ts'
import type { Stage, StageContext, StageEvent } from '../../stages/stage.ts'
import { textFilesCorpus } from '../../stages/text-files.ts'
import { writeBertFolder } from '../hugging-face/model-folder.ts'
import { loadMaskedRun } from '../load-masked-run.ts'
import { maskedExperimentConfig, resolveMaskedExperiment } from '../masked-experiment.ts'
import {
  type MaskedResult,
  resumeMaskedExperiment,
  runMaskedExperiment,
  TOKENIZER_FILE,
} from '../train-masked.ts'
import { tokenizerFacts } from './start-model.ts'

/** Options of the stage: those of a masked-LM experiment, whose seed and backend are the pipeline's. */
export const maskedStageConfig = maskedExperimentConfig.omit({ seed: true, backend: true }).extend({
  corpus: maskedExperimentConfig.shape.corpus
    .optional()
    .describe('where the text comes from; the artefact `text` unless given'),
  model: z.record(z.string(), z.unknown()).default({}).describe('options in place of those of `preset`'),
})

type Config = z.output<typeof maskedStageConfig>

/** Name of the run in the stage's folder. */
const RUN = 'run'

/** Registry entry `masked-lm`. Scores are of masked tokens: no perplexity among them is one of a causal model. */
export const maskedLanguageModelStage = defineComponent(STAGE, {
  type: 'masked-lm',
  summary: 'trains a masked language model (BERT, Devlin et al. 2019)',
  config: maskedStageConfig,
  create: (config): Stage => ({
    inputs: {
      text: { kind: 'text', summary: 'train.txt, valid.txt and test.txt: a sentence a line', optional: true },
      tokenizer: {
        kind: 'tokenizer',
        summary: 'what cuts the text, in place of the option',
        optional: true,
      },
    },
    outputs: { model: { kind: 'language-model', summary: 'config.json, model.safetensors, tokenizer.json' } },
    async run(context) {
      const result = await trainOrResume(config, context)
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      const { model, parameters, tokenizer, step } = await loadMaskedRun(result.path, context.container)
      const folder = await context.outputDirectory('model')
      await writeBertFolder(folder, model, parameters)
      await saveTokenizer(tokenizer, join(folder, TOKENIZER_FILE))
      const { best, test } = result
      const scores = {
        ...(best === undefined ? {} : { 'valid masked loss': best.score }),
        ...(test === undefined
          ? {}
          : { 'test masked loss': test.loss, 'test masked accuracy': test.accuracy }),
      }
      const { layers, size } = model.config
      const facts = { family: 'masked-lm', direction: 'both' as const, step, layers, features: size }
      return {
        outcome: 'finished',
        outputs: { model: { ...facts, ...tokenizerFacts(tokenizer) } },
        scores,
      }
    },
  }),
})

async function trainOrResume(config: Config, context: StageContext): Promise<MaskedResult> {
  const { workDirectory, baseDirectory, container, backend, backendReference, seed, signal, inputs } = context
  const path = join(workDirectory, RUN)
  const options = { backend, container, signal, onEvent: reporter(context.onEvent) }
  if (existsSync(join(path, 'config.json'))) return resumeMaskedExperiment(path, options)
  await rm(path, { recursive: true, force: true }) // killed before there was anything to go on from
  const corpus = config.corpus ?? textFilesCorpus(context.inputs.text)
  const tokenizer =
    inputs.tokenizer === undefined
      ? config.tokenizer
      : { type: 'file', file: join(inputs.tokenizer.path, TOKENIZER_FILE) }
  const whole = { ...config, corpus, tokenizer, seed, backend: backendReference }
  const experiment = resolveMaskedExperiment(whole, container)
  return runMaskedExperiment(experiment, { ...options, directory: workDirectory, name: RUN, baseDirectory })
}

/** The events of a training as a pipeline shows them, with the size of the model. */
function reporter(onEvent: (event: StageEvent) => void): ExperimentListener {
  const report = trainingReporter(onEvent, 'loss')
  return event => {
    if (event.kind === 'model') onEvent({ kind: 'note', text: `${event.parameters} parameters` })
    return report(event)
  }
}
