/** Trained models as folders: `model.json` (what it is), `words.json` (words by id), `model.safetensors` (parameters). */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ElmanError,
  fileError,
  flattenParameters,
  type Parameters,
  readSafetensors,
  sha256Of,
  unflattenParameters,
  writeFileAtomically,
  writeSafetensors,
} from '@elman/core'
import { z } from 'zod'
import { awdSizes } from './awd-lstm.ts'
import { headConfig } from './classifier.ts'

const common = {
  format: z.literal('elman-ulmfit'),
  version: z.literal(1),
  sizes: awdSizes,
  direction: z.enum(['forward', 'backward']),
}
/** Form of `model.json` of a language model. */
export const languageModelCard = z.strictObject({ ...common, kind: z.literal('language-model') })
/** Form of `model.json` of a classifier. */
export const classifierCard = z.strictObject({
  ...common,
  kind: z.literal('classifier'),
  labels: z.array(z.string()).min(1),
  head: headConfig,
  bptt: z.int().min(1),
  keep: z.int().min(1),
})

/** What a folder's language model is. */
export type LanguageModelCard = Omit<z.output<typeof languageModelCard>, 'format' | 'version'>

/** What a folder's classifier is; `labels` are the names of its classes by number. */
export type ClassifierCard = Omit<z.output<typeof classifierCard>, 'format' | 'version'>

/** A model with its words by id and its parameters. */
export interface StoredModel<Card> {
  readonly card: Card
  readonly words: readonly string[]
  readonly parameters: Parameters
}

/** Writes a model into a folder. @throws `FILE_UNWRITABLE` */
export async function saveUlmfitModel(
  folder: string,
  { card, words, parameters }: StoredModel<LanguageModelCard | ClassifierCard>,
): Promise<void> {
  const text = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`
  await writeSafetensors(join(folder, 'model.safetensors'), flattenParameters(parameters))
  await writeFileAtomically(join(folder, 'words.json'), text(words))
  await writeFileAtomically(join(folder, 'model.json'), text({ format: 'elman-ulmfit', version: 1, ...card }))
}

/** Reads a language model. @throws `ULMFIT_FILES_INVALID`, `FILE_UNREADABLE` */
export function loadUlmfitLanguageModel(folder: string): Promise<StoredModel<LanguageModelCard>> {
  return load(folder, languageModelCard, 'embedding')
}

/** Reads a classifier. @throws `ULMFIT_FILES_INVALID`, `FILE_UNREADABLE` */
export function loadUlmfitClassifier(folder: string): Promise<StoredModel<ClassifierCard>> {
  return load(folder, classifierCard, 'encoder.embedding')
}

/** SHA-256 of a vocabulary: equal where words and ids are. */
export function vocabularyHash(words: readonly string[]): string {
  return sha256Of(JSON.stringify(words))
}

async function load<Card>(
  folder: string,
  schema: z.ZodType<Card>,
  table: string,
): Promise<StoredModel<Card>> {
  const card = await readJson(join(folder, 'model.json'), schema)
  const words = await readJson(join(folder, 'words.json'), z.array(z.string()))
  const { tensors } = await readSafetensors(join(folder, 'model.safetensors'))
  const rows = tensors.get(table)?.shape[0]
  if (rows !== words.length) {
    throw filesInvalid(join(folder, 'words.json'), `${words.length} words for ${rows ?? 'no'} word vectors`)
  }
  return { card, words, parameters: unflattenParameters(tensors) as Parameters }
}

async function readJson<Value>(path: string, schema: z.ZodType<Value>): Promise<Value> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw filesInvalid(path, error.message)
    throw fileError('read', path, error)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw filesInvalid(path, z.prettifyError(result.error))
}

function filesInvalid(where: string, found: string): ElmanError {
  return new ElmanError('ULMFIT_FILES_INVALID', {
    message: 'the folder holds no sound model of ULMFiT',
    expected: 'model.json, words.json and model.safetensors of one model',
    found,
    where,
  })
}
