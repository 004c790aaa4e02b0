/** Trained n-gram models as safetensors files: 12 bytes an n-gram of counts, and every bit of every probability. */
import {
  ElmanError,
  type NdArray,
  ndArray,
  openSafetensors,
  type SafetensorsReader,
  type WrittenFile,
  writeSafetensors,
} from '@elman/core'
import { z } from 'zod'
import { backoffModel } from './backoff-model.ts'
import type { NgramOptions } from './count-ngrams.ts'
import { type InterpolatedModel, interpolatedModel } from './interpolated-model.ts'
import type { NgramModel } from './ngram-model.ts'
import { NgramTable } from './ngram-table.ts'

const METADATA = 'elman-ngram'

const description = z.strictObject({
  version: z.literal(1),
  kind: z.enum(['interpolated', 'back-off']),
  name: z.string(),
  order: z.int().min(1).max(64),
  vocabularySize: z
    .int()
    .min(1)
    .max(2 ** 31 - 2),
  endOfSentence: z.int().min(0).nullable(),
  start: z.int().min(-1),
  discounts: z
    .array(
      z.strictObject({
        countsOfCounts: z.tuple([z.number(), z.number(), z.number(), z.number()]),
        values: z.tuple([z.number(), z.number(), z.number()]),
        fallback: z.boolean(),
      }),
    )
    .optional(),
})

/**
 * Saves a model, so that {@link loadNgramModel} gives one with the same bits. A model that interpolates is saved by its
 * counts, others by what an ARPA file would hold. The vocabulary is not in the file.
 *
 * @param path - Usually `….safetensors`; replaced atomically.
 * @throws `FILE_UNWRITABLE`
 */
export async function saveNgramModel(path: string, model: NgramModel): Promise<WrittenFile> {
  const { order, vocabularySize, endOfSentence } = model.options
  const tensors: [string, NdArray][] = []
  const add = (name: string, data: Int32Array | Float64Array): void => {
    tensors.push([name, ndArray(data instanceof Int32Array ? 'int32' : 'float64', [data.length], data)])
  }
  const addTables = (tables: readonly NgramTable[]): void => {
    tables.forEach((table, index) => {
      add(`${index + 1}.contexts`, table.contexts.subarray(0, table.size))
      add(`${index + 1}.words`, table.words.subarray(0, table.size))
    })
  }
  const interpolated = 'counts' in model ? (model as InterpolatedModel) : undefined
  let start: number
  if (interpolated !== undefined) {
    start = interpolated.counts.start
    addTables(interpolated.counts.tables)
    interpolated.counts.tables.forEach((table, index) => {
      add(`${index + 1}.counts`, table.counts.subarray(0, table.size))
    })
  } else {
    const { entries } = model.toBackoff()
    start = entries.start
    addTables(entries.tables)
    entries.logProbabilities.forEach((values, index) => {
      add(`${index + 1}.logProbabilities`, values)
    })
    entries.backoffWeights.forEach((values, index) => {
      add(`${index + 1}.backoffWeights`, values)
    })
    if (entries.wordOf !== undefined) add('wordOf', entries.wordOf)
  }
  const described: z.infer<typeof description> = {
    version: 1,
    kind: interpolated === undefined ? 'back-off' : 'interpolated',
    name: model.name,
    order,
    vocabularySize,
    endOfSentence: endOfSentence ?? null,
    start,
    ...(interpolated === undefined ? {} : { discounts: interpolated.discounts as never }),
  }
  return writeSafetensors(path, tensors, { [METADATA]: JSON.stringify(described) })
}

/**
 * Loads a model that {@link saveNgramModel} saved.
 *
 * @throws `NGRAM_FILE_INVALID`, and what `openSafetensors` throws
 */
export async function loadNgramModel(path: string): Promise<NgramModel> {
  const file = await openSafetensors(path)
  try {
    return await readModel(file, path)
  } finally {
    await file.close()
  }
}

async function readModel(file: SafetensorsReader, path: string): Promise<NgramModel> {
  const { kind, name, order, vocabularySize, endOfSentence, start, discounts } = readDescription(file, path)
  const options: NgramOptions = { order, vocabularySize, endOfSentence: endOfSentence ?? undefined }
  const integers = async (tensor: string): Promise<Int32Array> => (await file.read(tensor)).data as Int32Array
  const numbers = async (tensor: string): Promise<Float64Array> =>
    (await file.read(tensor)).data as Float64Array
  const check = (right: boolean, found: string): void => {
    if (!right) throw invalid(found, path)
  }
  for (const [tensor, { dtype, shape }] of file.entries) {
    const wanted = /(contexts|words|counts|wordOf)$/.test(tensor) ? 'int32' : 'float64'
    check(dtype === wanted && shape.length === 1, `tensor ${tensor} is ${dtype} of ${shape.length} axes`)
  }
  const tables: NgramTable[] = []
  for (let k = 1; k <= order; k++) {
    const contexts = await integers(`${k}.contexts`)
    const words = await integers(`${k}.words`)
    const counts = kind === 'interpolated' ? await integers(`${k}.counts`) : new Int32Array(words.length)
    check(
      contexts.length === words.length && counts.length === words.length,
      `order ${k} has lists of two lengths`,
    )
    const known = k === 1 ? 1 : tables[k - 2]!.size
    check(
      within(contexts, 0, known) && within(words, 0, vocabularySize + 1),
      `order ${k} has numbers out of range`,
    )
    check(within(counts, 0, 2 ** 31), `order ${k} has a count below 0`)
    const table = NgramTable.of(contexts, words, counts)
    check(table !== undefined, `order ${k} has an n-gram twice`)
    tables.push(table!)
  }
  check(endOfSentence === null || endOfSentence < vocabularySize, 'endOfSentence is not a word')
  check(
    start < tables[0]!.size && (start < 0 || tables[0]!.words[start] === vocabularySize),
    'start is not <s>',
  )
  if (kind === 'interpolated') {
    check(discounts?.length === order && start >= 0, 'discounts or start are not there')
    return interpolatedModel(name, options, { tables, start }, discounts!)
  }
  const logProbabilities: Float64Array[] = []
  const backoffWeights: Float64Array[] = []
  for (const table of tables) {
    table.dropCounts()
    const k = logProbabilities.length + 1
    logProbabilities.push(await numbers(`${k}.logProbabilities`))
    if (k < order) backoffWeights.push(await numbers(`${k}.backoffWeights`))
    const lengths = [logProbabilities[k - 1]!.length, backoffWeights[k - 1]?.length ?? table.size]
    check(
      lengths.every(length => length === table.size),
      `order ${k} has lists of two lengths`,
    )
  }
  const wordOf = file.entries.has('wordOf') ? await integers('wordOf') : undefined
  check(
    wordOf === undefined || wordOf.length === vocabularySize,
    'wordOf has another length than the vocabulary',
  )
  return backoffModel({ name, options, tables, start, logProbabilities, backoffWeights, wordOf })
}

function readDescription(file: SafetensorsReader, path: string): z.infer<typeof description> {
  const text = file.metadata[METADATA]
  if (text === undefined) throw invalid('no description of an n-gram model', path)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw invalid('a description that is not JSON', path)
  }
  const parsed = description.safeParse(json)
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), path)
  return parsed.data
}

function within(values: Int32Array, low: number, end: number): boolean {
  return values.every(value => value >= low && value < end)
}

function invalid(found: string, where: string): ElmanError {
  return new ElmanError('NGRAM_FILE_INVALID', {
    message: 'not the file of an n-gram model, or a damaged one',
    found,
    where,
    hint: 'write it again by saveNgramModel; ARPA files are read by readArpa',
  })
}
