/**
 * Fine-tuned models as folders that `transformers` loads too: `config.json` with the labels, `model.safetensors`,
 * `tokenizer.json`.
 */
import { join } from 'node:path'
import { ElmanError, type Parameters, random, writeFileAtomically, writeSafetensors } from '@elman/core'
import { loadTokenizer, saveTokenizer, type Tokenizer } from '@elman/text'
import { z } from 'zod'
import { bertConfigJson, parseBertConfig } from '../hugging-face/config-json.ts'
import { newestNames, readConfigJson, takeWeights, weightsByName } from '../hugging-face/model-folder.ts'
import { readWeightFiles, SAFETENSORS_FILE } from '../hugging-face/weight-files.ts'
import { classifierNames, encoderNames } from '../hugging-face/weight-names.ts'
import { TOKENIZER_FILE } from '../train-masked.ts'
import { type FineTunedModel, type FineTuningTask, fineTunedModel } from './fine-tuned-model.ts'

/** A fine-tuned model with all that is needed to use it. */
export interface FineTunedFolder {
  readonly model: FineTunedModel
  readonly parameters: Parameters
  readonly tokenizer: Tokenizer
  /** Names of the classes by number. */
  readonly labels: readonly string[]
  /** Longest sequence, special tokens counted. */
  readonly length: number
}

const ARCHITECTURES = {
  text: 'BertForSequenceClassification',
  words: 'BertForTokenClassification',
} as const satisfies { readonly [task in FineTuningTask]: string }

const headConfig = z.looseObject({
  architectures: z.tuple([z.enum(Object.values(ARCHITECTURES) as [string])]),
  id2label: z.record(z.string(), z.string()),
  elman_length: z.int().min(8).optional(),
})

/** Writes a model. @throws `FILE_UNWRITABLE` */
export async function writeFineTuned(
  folder: string,
  { model, parameters, tokenizer, labels, length }: FineTunedFolder,
): Promise<void> {
  const json = {
    ...bertConfigJson(model.config, model.vocabularySize),
    architectures: [ARCHITECTURES[model.task]],
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    elman_length: length,
  }
  await writeFileAtomically(join(folder, 'config.json'), `${JSON.stringify(json, null, 2)}\n`)
  await saveTokenizer(tokenizer, join(folder, TOKENIZER_FILE))
  const weights = weightsByName([...encoderNames(model.config), ...classifierNames()], parameters)
  await writeSafetensors(join(folder, SAFETENSORS_FILE), weights, { format: 'pt' })
}

/**
 * Reads a model of {@link writeFineTuned}, or one of `transformers` with a `tokenizer.json` beside it.
 *
 * @throws `BERT_CONFIG_INVALID`, `BERT_WEIGHT_MISSING`, `BERT_WEIGHT_SHAPE`, `BERT_FILES_INVALID`; as `loadTokenizer`
 */
export async function readFineTuned(folder: string): Promise<FineTunedFolder> {
  const json = await readConfigJson(folder)
  const path = join(folder, 'config.json')
  const { config, vocabularySize } = parseBertConfig(json, path)
  const parsed = headConfig.safeParse(json)
  if (!parsed.success) {
    throw new ElmanError('BERT_CONFIG_INVALID', {
      message: 'the config is not of a fine-tuned BERT',
      expected: `architectures of ${Object.values(ARCHITECTURES).join(' or ')}, and id2label`,
      found: z.prettifyError(parsed.error),
      where: path,
    })
  }
  const { architectures, id2label, elman_length: length = config.positions } = parsed.data
  const labels = Array.from(
    { length: Object.keys(id2label).length },
    (_, id) => id2label[id] ?? `LABEL_${id}`,
  )
  const task = architectures[0] === ARCHITECTURES.words ? 'words' : 'text'
  const model = fineTunedModel(config, { vocabularySize, task, classes: labels.length })
  const { tensors, where } = await readWeightFiles(folder)
  const found = newestNames(tensors)
  // Models of transformers for words have no pooler.
  const names = [...encoderNames(config), ...classifierNames()].filter(
    ({ path: own, theirs }) => task === 'text' || found.has(theirs) || !own.startsWith('pooler.'),
  )
  const { parameters } = takeWeights(model.init(random.key(0)), names, found, where)
  return { model, parameters, labels, length, tokenizer: await loadTokenizer(join(folder, TOKENIZER_FILE)) }
}
