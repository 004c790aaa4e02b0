/** Parameters that a run takes over from another one: the second stage of a training. */
import { resolve } from 'node:path'
import {
  type ElmanContainer,
  ElmanError,
  loadCheckpoint,
  type Parameters,
  readRun,
  readRunJson,
  resolveConfig,
} from '@elman/core'
import { type Vocabulary, vocabularyFromJson } from '@elman/text'
import type { LanguageModel } from '../language-model/language-model.ts'
import { checkpointParameters } from './checkpoint-parameters.ts'
import { createOptimizer } from './create-optimizer.ts'
import { experimentConfig, type LanguageModelExperiment } from './experiment-config.ts'

/** What has to fit the parameters. */
export interface InitialRunTarget {
  readonly model: LanguageModel
  readonly vocabulary: Vocabulary
  /** Fresh parameters of the model, for their arrangement. */
  readonly parameters: Parameters
  readonly container: ElmanContainer
  /** Folder that a relative path starts from. */
  readonly baseDirectory: string
}

/** Parameters of another run, and a line that says where they are from. */
export interface InitialParameters {
  readonly parameters: Parameters
  readonly text: string
}

/**
 * Reads the parameters that a run of the same model and vocabulary would be evaluated with: averages where its
 * optimiser keeps some.
 *
 * @throws `RUN_NOT_FOUND`, `CHECKPOINT_NONE`, `CHECKPOINT_DAMAGED`; `INITIAL_RUN_VOCABULARY` when its words are others,
 *   `CHECKPOINT_OTHER_MODEL` when its parameters are
 */
export async function readInitialRun(
  { path, checkpoint }: NonNullable<LanguageModelExperiment['initialRun']>,
  { model, vocabulary, parameters, container, baseDirectory }: InitialRunTarget,
): Promise<InitialParameters> {
  const run = await readRun(resolve(baseDirectory, path))
  const config = resolveConfig(experimentConfig, run.config, 'the experiment', {
    registryOf: kind => container.registryOf(kind),
    file: `${run.name}/config.json`,
  })
  await checkVocabulary(run.path, vocabulary)
  const found = await loadCheckpoint(run, checkpoint)
  const score = found.score === undefined ? '' : `, valid loss ${Number(found.score.toPrecision(6))}`
  return {
    parameters: checkpointParameters(found, createOptimizer(config, model, container), parameters),
    text: `parameters of run ${run.name}, step ${found.step}${score}`,
  }
}

async function checkVocabulary(path: string, vocabulary: Vocabulary): Promise<void> {
  const json = await readRunJson({ path }, 'vocabulary.json')
  const known = json === undefined ? undefined : vocabularyFromJson(json, `${path}, vocabulary.json`)
  if (known !== undefined && JSON.stringify(known.tokens) === JSON.stringify(vocabulary.tokens)) return
  throw new ElmanError('INITIAL_RUN_VOCABULARY', {
    message: 'the run to go on from was trained on another vocabulary',
    expected: `its own ${known?.size ?? 0} tokens in their order`,
    found: `${vocabulary.size} tokens${known?.size === vocabulary.size ? ', others or in another order' : ''}`,
    where: path,
    hint: 'train on the same corpus with the same rules for its vocabulary',
  })
}
