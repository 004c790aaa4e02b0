/** A trained masked language model from wherever it is kept: a run, an artefact, or a folder of Hugging Face. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  arrangeArrays,
  type ElmanContainer,
  ElmanError,
  loadCheckpoint,
  type Parameters,
  readRun,
  readRunJson,
  sha256Of,
} from '@elman/core'
import { loadTokenizer, type Tokenizer } from '@elman/text'
import { readBertFolder } from './hugging-face/model-folder.ts'
import { type MaskedExperiment, resolveMaskedExperiment } from './masked-experiment.ts'
import { type MaskedLanguageModel, maskedLanguageModel } from './masked-model.ts'
import { TOKENIZER_FILE } from './train-masked.ts'

/** A trained masked language model with what cuts its texts. */
export interface OpenedMaskedModel {
  readonly model: MaskedLanguageModel
  readonly parameters: Parameters
  readonly tokenizer: Tokenizer
}

/** A trained masked language model of a run. */
export interface LoadedMaskedRun extends OpenedMaskedModel {
  readonly config: MaskedExperiment
  /** Updates that the parameters have seen. */
  readonly step: number
}

/**
 * The model of a run; the run may be going on meanwhile.
 *
 * @param which - Checkpoint: the best unless given, the latest where none has a score.
 * @throws `RUN_NOT_FOUND`, `CHECKPOINT_NONE`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_OTHER_MODEL`
 */
export async function loadMaskedRun(
  path: string,
  container: ElmanContainer,
  which?: 'latest' | 'best' | number,
): Promise<LoadedMaskedRun> {
  const run = await readRun(path)
  const config = resolveMaskedExperiment(run.config, container, `${run.name}/config.json`)
  const tokenizer = await loadTokenizer(join(run.path, TOKENIZER_FILE))
  const model = maskedLanguageModel(config.model, tokenizer.vocabularySize)
  const best = await readRunJson({ path: `${run.path}/checkpoints` }, 'best.json')
  const found = await loadCheckpoint(run, which ?? (best === undefined ? 'latest' : 'best'))
  const arrays = found.arrays.parameters ?? new Map()
  const parameters = arrangeArrays(model.init([0, 0]), arrays, `${found.path}, parameters`)
  return { config, model, tokenizer, parameters, step: found.step }
}

/**
 * Opens a model: the folder of a run (its best checkpoint), or one of Hugging Face with `tokenizer.json` in it.
 *
 * @param tokenizer - In place of that of the folder.
 * @throws `MASKED_LM_VOCABULARY`, `MASKED_LM_TOKENIZER_MISSING`; as {@link loadMaskedRun} and `readBertFolder`
 */
export async function openMaskedModel(
  path: string,
  container: ElmanContainer,
  tokenizer?: Tokenizer,
): Promise<OpenedMaskedModel> {
  const isRun = existsSync(join(path, 'config.json')) && existsSync(join(path, 'environment.json'))
  const { model, parameters } = isRun ? await loadMaskedRun(path, container) : await readBertFolder(path)
  const file = join(path, TOKENIZER_FILE)
  const stored = existsSync(file) ? await loadTokenizer(file) : undefined
  const own = tokenizer ?? stored
  if (own === undefined) throw tokenizerMissing(path)
  const differs = stored !== undefined && vocabularyHash(own) !== vocabularyHash(stored)
  // Files of weights may have more rows than there are tokens: some are rounded up.
  if (!differs && own.vocabularySize <= model.vocabularySize) return { model, parameters, tokenizer: own }
  const told = stored === undefined ? '' : `, vocabulary ${vocabularyHash(stored).slice(0, 12)}`
  throw new ElmanError('MASKED_LM_VOCABULARY', {
    message: 'the tokenizer is not that of the model',
    expected: `${model.vocabularySize} tokens${told}`,
    found: `${own.vocabularySize} tokens, vocabulary ${vocabularyHash(own).slice(0, 12)}`,
    where: path,
    hint: 'give the tokenizer that the model was trained with',
  })
}

/** SHA-256 of a tokenizer's tokens by id, as stage `tokenizer` tells it. */
export function vocabularyHash(tokenizer: Tokenizer): string {
  const tokens = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenOf(id) ?? '')
  return sha256Of(JSON.stringify(tokens))
}

function tokenizerMissing(where: string): ElmanError {
  return new ElmanError('MASKED_LM_TOKENIZER_MISSING', {
    message: 'there is no tokenizer beside the model',
    expected: TOKENIZER_FILE,
    where,
    hint: 'put the tokenizer.json of the model there, or give the artefact of a tokenizer',
  })
}
