/** Stage `language-model`: an experiment of this package as a stage, resumed where it was stopped. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  defineComponent,
  ElmanError,
  loadCheckpoint,
  readRun,
  readRunJson,
  STAGE,
  saveCheckpoint,
  sha256Of,
  writeRunJson,
} from '@elman/core'
import { SPLIT_NAMES } from '@elman/text'
import { z } from 'zod'
import { experimentConfig } from '../../experiment/experiment-config.ts'
import type { ExperimentListener } from '../../experiment/experiment-events.ts'
import { resolveExperiment, resumeExperiment, runExperiment } from '../../experiment/run-experiment.ts'
import type { ExperimentResult } from '../../experiment/train-experiment.ts'
import type { Stage, StageContext, StageEvent } from '../stage.ts'

const languageModelStageConfig = experimentConfig
  .omit({ seed: true, backend: true, corpus: true, initialRun: true })
  .extend({
    corpus: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('how the text is read: unit, lines, vocabulary, as of corpus "text-files"'),
    sample: experimentConfig.shape.sample.default(false),
    baseline: experimentConfig.shape.baseline.default(false),
  })

type Config = z.output<typeof languageModelStageConfig>

/** Name of the run in the stage's work, and of its folder in the artefact. */
const RUN = 'run'

/** Registry entry `language-model`. The artefact's folder `run` is that of a run: it is evaluated and exported as any. */
export const languageModelStage = defineComponent(STAGE, {
  type: 'language-model',
  summary: 'language model trained by an experiment, from the start or from another one',
  config: languageModelStageConfig,
  create: (config): Stage => ({
    inputs: {
      text: { kind: 'text', summary: 'train.txt, valid.txt, test.txt' },
      model: {
        kind: 'language-model',
        summary: 'model of this stage to go on from, with the same vocabulary',
        optional: true,
      },
    },
    outputs: { model: { kind: 'language-model', summary: 'run with its best checkpoint' } },
    async run(context) {
      const result = await trainOrResume(config, context)
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      return writeModel(result, context)
    },
  }),
})

async function trainOrResume(config: Config, context: StageContext): Promise<ExperimentResult> {
  const { inputs, workDirectory, container, backend, backendReference, seed, signal, onEvent } = context
  const options = { backend, container, signal, onEvent: reporter(onEvent) }
  const path = join(workDirectory, RUN)
  if (existsSync(join(path, 'config.json'))) return resumeExperiment(path, options)
  await rm(path, { recursive: true, force: true }) // killed before there was anything to go on from
  const baseDirectory = inputs.text!.path
  const files = SPLIT_NAMES.filter(split => existsSync(join(baseDirectory, `${split}.txt`)))
  const corpus = {
    type: 'text-files',
    ...config.corpus,
    ...Object.fromEntries(files.map(s => [s, `${s}.txt`])),
  }
  const initial = inputs.model === undefined ? {} : { initialRun: { path: initialRun(inputs.model) } }
  const whole = { ...config, ...initial, corpus, seed, backend: backendReference }
  const experiment = resolveExperiment(whole, container)
  return runExperiment(experiment, { ...options, directory: workDirectory, name: RUN, baseDirectory })
}

function initialRun({ path, facts }: StageContext['inputs'][string]): string {
  if (existsSync(join(path, RUN, 'config.json'))) return join(path, RUN)
  throw new ElmanError('STAGE_MODEL_OTHER', {
    message: 'stage "language-model" was given a model of another kind',
    expected: 'one that stage "language-model" has made',
    found: `family ${String(facts.family ?? 'unknown')}`,
    where: path,
  })
}

/** The run with its best checkpoint and without what tells times and places: equal trainings give equal artefacts. */
async function writeModel({ path, test, best, step }: ExperimentResult, { outputDirectory }: StageContext) {
  const { config, environment } = await readRun(path)
  const folder = join(await outputDirectory('model'), RUN)
  await mkdir(folder)
  const { initialRun, ...rest } = config as { readonly [name: string]: never }
  const from = initialRun === undefined ? {} : { initialRun: { path: 'the input of the stage' } }
  await writeRunJson({ path: folder }, 'config.json', { ...rest, ...from })
  const { elman, packages, backend } = environment
  await writeRunJson({ path: folder }, 'environment.json', { elman, packages, backend })
  const vocabulary = await readRunJson({ path }, 'vocabulary.json')
  await writeRunJson({ path: folder }, 'vocabulary.json', vocabulary)
  const checkpoint = await loadCheckpoint({ path }, best === undefined ? 'latest' : 'best')
  const { parameters, optimizer } = checkpoint.arrays
  const run = { name: RUN, path: folder, config, environment, close: () => {} }
  const arrays = { parameters: parameters!, optimizer: optimizer! }
  const scored = checkpoint.score === undefined ? {} : { score: checkpoint.score }
  await saveCheckpoint(run, checkpoint.step, { arrays, state: {} }, scored)
  const scores = {
    ...(best === undefined ? {} : { validPerplexity: Math.exp(best.score) }),
    ...(test === undefined ? {} : { testPerplexity: test.perplexity }),
  }
  const facts = {
    ...{ family: 'language-model', direction: 'forward' as const, step, bestStep: checkpoint.step },
    vocabulary: sha256Of(JSON.stringify(vocabulary)),
  }
  return { outcome: 'finished' as const, outputs: { model: facts }, scores }
}

/** The events of an experiment as a pipeline shows them. */
function reporter(onEvent: (event: StageEvent) => void): ExperimentListener {
  let first: { readonly step: number; readonly tokens: number; readonly time: number } | undefined
  return event => {
    if (event.kind === 'model') onEvent({ kind: 'note', text: `${event.parameters} parameters` })
    if (event.kind === 'start' && event.text !== undefined) onEvent({ kind: 'note', text: event.text })
    if (event.kind === 'evaluate') {
      for (const { split, perplexity, step } of event.records)
        onEvent({ kind: 'score', name: `${split} perplexity`, value: perplexity, step })
    }
    if (event.kind !== 'step') return
    const { step, tokens, totalSteps, loss } = event
    first ??= { step, tokens, time: performance.now() }
    const seconds = (performance.now() - first.time) / 1000
    if (step === first.step || seconds === 0) return
    onEvent({
      ...{ kind: 'progress', phase: 'training', unit: 'tokens', loss },
      rate: (tokens - first.tokens) / seconds,
      done: tokens,
      total: Math.round((tokens / step) * totalSteps),
      secondsLeft: ((totalSteps - step) * seconds) / (step - first.step),
    })
  }
}
