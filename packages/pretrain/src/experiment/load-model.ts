import {
  type ElmanContainer,
  ElmanError,
  loadCheckpoint,
  MODEL,
  type Parameters,
  readRun,
  readRunJson,
} from '@elman/core'
import { type Vocabulary, vocabularyFromJson } from '@elman/text'
import type { LanguageModel } from '../language-model/language-model.ts'
import { checkpointParameters } from './checkpoint-parameters.ts'
import { createOptimizer } from './create-optimizer.ts'
import type { LanguageModelExperiment } from './experiment-config.ts'
import { readRunData } from './run-data.ts'
import { resolveExperiment } from './run-experiment.ts'

/** A trained model of a run. */
export interface LoadedModel {
  readonly config: LanguageModelExperiment
  readonly model: LanguageModel
  /** What evaluation uses: averages where the optimiser keeps some. */
  readonly parameters: Parameters
  readonly vocabulary: Vocabulary
  /** Updates that the parameters have seen. */
  readonly step: number
  /** Folder that relative paths of the config start from. */
  readonly baseDirectory: string
}

/**
 * The model of a run, to evaluate, generate or export; the run may be going on meanwhile. Word vectors that it began
 * with are in the checkpoint: their file is not read.
 *
 * @param path - The run's folder.
 * @param which - Checkpoint: the best unless given, the latest where none has a score.
 * @throws `RUN_NOT_FOUND`, `RUN_VOCABULARY_MISSING`, `CHECKPOINT_NONE`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_OTHER_MODEL`
 */
export async function loadModel(
  path: string,
  container: ElmanContainer,
  which?: 'latest' | 'best' | number,
): Promise<LoadedModel> {
  const run = await readRun(path)
  const config = resolveExperiment(run.config, container, `${run.name}/config.json`)
  const json = await readRunJson(run, 'vocabulary.json')
  if (json === undefined) {
    throw new ElmanError('RUN_VOCABULARY_MISSING', {
      message: `run "${run.name}" has no vocabulary.json`,
      where: run.path,
      hint: 'resume the run: it writes the file before anything else',
    })
  }
  const vocabulary = vocabularyFromJson(json, `${run.path}, vocabulary.json`)
  const model = container.create(MODEL, config.model, { path: 'model' })(vocabulary.size)
  const optimizer = createOptimizer(config, model, container)
  const best = await readRunJson({ path: `${run.path}/checkpoints` }, 'best.json')
  const checkpoint = await loadCheckpoint(run, which ?? (best === undefined ? 'latest' : 'best'))
  const { baseDirectory = process.cwd() } = await readRunData(run)
  return {
    config,
    model,
    parameters: checkpointParameters(checkpoint, optimizer, model.init([0, 0])),
    vocabulary,
    step: checkpoint.step,
    baseDirectory,
  }
}
