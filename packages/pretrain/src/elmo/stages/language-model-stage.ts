/** Stage `elmo-language-model`: sentences to a bidirectional language model. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  defineComponent,
  flattenParameters,
  type NdArray,
  STAGE,
  sha256Of,
  writeFileAtomically,
  writeSafetensors,
} from '@elman/core'
import { z } from 'zod'
import { trainingReporter } from '../../stages/report-training.ts'
import type { Stage, StageContext } from '../../stages/stage.ts'
import { textFilesCorpus } from '../../stages/text-files.ts'
import { elmoExperimentConfig, resolveElmoExperiment } from '../elmo-experiment.ts'
import { writeElmo } from '../elmo-files.ts'
import { elmoKeyMap } from '../elmo-names.ts'
import { loadElmoRun } from '../load-elmo-run.ts'
import { OPTIONS_FILE, WEIGHTS_FILE } from '../open-elmo.ts'
import { type ElmoResult, resumeElmoExperiment, runElmoExperiment } from '../train-elmo.ts'

/** Options of the stage: those of an ELMo experiment, whose seed and backend are the pipeline's. */
export const elmoLanguageModelConfig = elmoExperimentConfig.omit({ seed: true, backend: true }).extend({
  corpus: elmoExperimentConfig.shape.corpus
    .optional()
    .describe('where the sentences come from; the artefact `text` unless given'),
  model: z.record(z.string(), z.unknown()).default({}).describe('sizes, in place of those of `preset`'),
})

type Config = z.output<typeof elmoLanguageModelConfig>

/** Name of the run in the stage's folder. */
const RUN = 'run'

/** Trains an ELMo; the files of its artefact are those that bilm-tf and AllenNLP read, and its softmax. */
export function elmoLanguageModelStage(config: Config): Stage {
  return {
    inputs: {
      text: {
        kind: 'text',
        summary: 'train.txt, valid.txt and test.txt: a sentence a line, tokens between spaces',
        optional: true,
      },
    },
    outputs: {
      model: { kind: 'language-model', summary: 'options.json, weights.hdf5, softmax.safetensors' },
    },
    async run(context) {
      const result = await trainOrResume(config, context)
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      return writeArtefact(result, context)
    },
  }
}

async function trainOrResume(config: Config, context: StageContext): Promise<ElmoResult> {
  const { workDirectory, baseDirectory, container, backend, backendReference, seed, signal, onEvent } =
    context
  const path = join(workDirectory, RUN)
  const options = { backend, container, signal, onEvent: trainingReporter(onEvent, 'perplexity') }
  if (existsSync(join(path, 'config.json'))) return resumeElmoExperiment(path, options)
  await rm(path, { recursive: true, force: true }) // killed before there was anything to go on from
  const corpus = config.corpus ?? textFilesCorpus(context.inputs.text)
  const experiment = resolveElmoExperiment({ ...config, corpus, seed, backend: backendReference }, container)
  return runElmoExperiment(experiment, { ...options, directory: workDirectory, name: RUN, baseDirectory })
}

async function writeArtefact({ path, test, best }: ElmoResult, { container, outputDirectory }: StageContext) {
  const { options, parameters, classTokens, step } = await loadElmoRun(path, container)
  const folder = await outputDirectory('model')
  const files = { options: join(folder, OPTIONS_FILE), weights: join(folder, WEIGHTS_FILE) }
  await writeElmo(files, { options, parameters })
  const softmax = flattenParameters(parameters as { readonly [name: string]: never })
  const kept = [...softmax].filter(([name]) => /^(softmax|projection)\b/.test(name)) as [string, NdArray][]
  await writeSafetensors(join(folder, 'softmax.safetensors'), kept)
  const words = `${classTokens.join('\n')}\n`
  await writeFileAtomically(join(folder, 'vocabulary.txt'), words)
  const scores = {
    ...(best === undefined ? {} : { 'valid perplexity': Math.exp(best.score) }),
    ...(test === undefined
      ? {}
      : {
          'test perplexity': test.perplexity,
          'test perplexity forward': test.forward.perplexity,
          'test perplexity backward': test.backward.perplexity,
        }),
  }
  const facts = {
    ...{ family: 'elmo', direction: 'both' as const, vocabulary: sha256Of(words), step },
    ...{ classes: classTokens.length, layers: options.layers + 1, features: 2 * options.projection },
    keyMap: elmoKeyMap(options),
  }
  return { outcome: 'finished' as const, outputs: { model: facts }, scores }
}

/** Registry entry `elmo-language-model`. */
export const elmoLanguageModelComponent = defineComponent(STAGE, {
  type: 'elmo-language-model',
  summary: 'trains a bidirectional language model over characters (ELMo, Peters et al. 2018)',
  config: elmoLanguageModelConfig,
  create: elmoLanguageModelStage,
})
