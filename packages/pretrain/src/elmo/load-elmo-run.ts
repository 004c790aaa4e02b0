/** A trained ELMo out of a run's folder. */
import { arrangeArrays, type ElmanContainer, loadCheckpoint, readRun, readRunJson } from '@elman/core'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { elmoModel } from './bidirectional-language-model.ts'
import { type ElmoExperiment, resolveElmoExperiment } from './elmo-experiment.ts'
import type { LoadedElmo } from './elmo-files.ts'
import { elmoObjective, elmoSoftmax } from './elmo-objective.ts'

/** A trained ELMo of a run. */
export interface LoadedElmoRun extends LoadedElmo {
  readonly config: ElmoExperiment
  /** Updates that the parameters have seen. */
  readonly step: number
  /** Words of the softmax's classes, by class. */
  readonly classTokens: readonly string[]
}

/**
 * The model of a run, with its softmax, to embed, evaluate or export; the run may be going on meanwhile.
 *
 * @param which - Checkpoint: the best unless given, the latest where none has a score.
 * @throws `RUN_NOT_FOUND`, `CHECKPOINT_NONE`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_OTHER_MODEL`
 */
export async function loadElmoRun(
  path: string,
  container: ElmanContainer,
  which?: 'latest' | 'best' | number,
): Promise<LoadedElmoRun> {
  const run = await readRun(path)
  const config = resolveElmoExperiment(run.config, container, `${run.name}/config.json`)
  const { tokens } = (await readRunJson(run, 'classes.json')) as { readonly tokens: readonly string[] }
  const model = elmoModel(config.model)
  const softmax = elmoSoftmax(model, tokens.length, container.create(SOFTMAX, config.softmax))
  const like = elmoObjective(model, softmax, { batch: 1, time: 1, dropout: 0 }).init([0, 0])
  const best = await readRunJson({ path: `${run.path}/checkpoints` }, 'best.json')
  const found = await loadCheckpoint(run, which ?? (best === undefined ? 'latest' : 'best'))
  const parameters = arrangeArrays(like, found.arrays.parameters ?? new Map(), `${found.path}, parameters`)
  return { config, options: config.model, parameters, step: found.step, classTokens: tokens }
}
