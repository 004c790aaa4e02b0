/** Folders of Hugging Face with a BERT in them: `config.json` beside its weights. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ElmanError,
  fileError,
  flattenParameters,
  type NdArray,
  type Parameters,
  random,
  unflattenParameters,
  writeFileAtomically,
  writeSafetensors,
} from '@elman/core'
import { type MaskedLanguageModel, maskedLanguageModel } from '../masked-model.ts'
import { bertConfigJson, parseBertConfig } from './config-json.ts'
import { readWeightFiles } from './weight-files.ts'
import { encoderNames, headNames, newestName, type WeightName } from './weight-names.ts'

/** A model with its weights. */
export interface LoadedMaskedModel {
  readonly model: MaskedLanguageModel
  readonly parameters: Parameters
  /** Path here of each weight there, by the names of the file. */
  readonly keyMap: { readonly [theirs: string]: string }
  /** Parts the file lacks, which were drawn anew: `pooler`, `masked`. */
  readonly drawn: readonly string[]
  /** Names of the file that nothing here takes, such as those of other heads. */
  readonly unused: readonly string[]
}

/**
 * Reads a BERT from a folder with `config.json` and `model.safetensors`, parts of it with
 * `model.safetensors.index.json`, or `pytorch_model.bin`. Names may lack the prefix `bert.`, may be `gamma` and `beta`, and may have numbers of
 * positions among them; the decoder may be missing. Encoders without pooler or head get fresh ones.
 *
 * @param seed of parts that the file lacks
 * @throws `BERT_CONFIG_INVALID`, `BERT_FILES_INVALID`, `BERT_WEIGHT_MISSING`, `BERT_WEIGHT_SHAPE`; those of
 *   `readSafetensors` and `readTorchFile`
 */
export async function readBertFolder(folder: string, seed = 0): Promise<LoadedMaskedModel> {
  const json = await readConfigJson(folder)
  const { tensors, where } = await readWeightFiles(folder)
  return bertFromWeights(json, tensors, { seed, where })
}

/** The `config.json` of a folder, parsed. @throws `BERT_CONFIG_INVALID`, `FILE_UNREADABLE` */
export async function readConfigJson(folder: string): Promise<unknown> {
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch(error => {
    throw fileError('read', path, error)
  })
  return parseJson(text, path)
}

/** The model that a `config.json` and weights by their names are. @throws as {@link readBertFolder} */
export function bertFromWeights(
  configJson: unknown,
  tensors: ReadonlyMap<string, NdArray>,
  { seed = 0, where = 'weights' }: { readonly seed?: number; readonly where?: string } = {},
): LoadedMaskedModel {
  const { config, vocabularySize } = parseBertConfig(configJson, where)
  const found = newestNames(tensors)
  const has = (name: string) => found.has(name)
  const model = maskedLanguageModel(
    { ...config, nextSentence: has('cls.seq_relationship.weight') },
    vocabularySize,
  )
  const parts = { pooler: has('bert.pooler.dense.weight'), masked: has('cls.predictions.bias') }
  const drawn = Object.entries(parts).flatMap(([part, there]) => (there ? [] : [part]))
  const names = [...encoderNames(model.config), ...headNames(model.config)]
  const wanted = names.filter(({ path }) => !drawn.includes(path.split('.')[0]!))
  const { parameters, keyMap } = takeWeights(model.init(random.key(seed)), wanted, found, where)
  const copies = ['cls.predictions.decoder.bias', ...(config.tied ? ['cls.predictions.decoder.weight'] : [])]
  for (const name of copies) found.delete(name)
  return { model, parameters, keyMap, drawn, unused: [...found.values()].map(({ name }) => name) }
}

/** Weights of a file by their newest names. */
export type NamedWeights = Map<string, { readonly name: string; readonly array: NdArray }>

/** Weights by their newest names; numbers of positions are left out. */
export function newestNames(tensors: ReadonlyMap<string, NdArray>): NamedWeights {
  const found: NamedWeights = new Map()
  for (const [name, array] of tensors) {
    const newest = newestName(name)
    if (newest !== undefined) found.set(newest, { name, array })
  }
  return found
}

/**
 * Parameters with weights of a file in the places of some; these are taken out of `found`.
 *
 * @throws `BERT_WEIGHT_MISSING`, `BERT_WEIGHT_SHAPE`
 */
export function takeWeights(
  fresh: Parameters,
  wanted: readonly WeightName[],
  found: NamedWeights,
  where: string,
): { readonly parameters: Parameters; readonly keyMap: { readonly [theirs: string]: string } } {
  const leaves = flattenParameters(fresh)
  const keyMap: { [theirs: string]: string } = {}
  for (const weight of wanted) {
    const own = found.get(weight.theirs)
    if (own === undefined) throw missing(weight, where)
    leaves.set(weight.path, oriented(own.array, weight, leaves.get(weight.path)!, where))
    keyMap[own.name] = weight.path
    found.delete(weight.theirs)
  }
  return { parameters: unflattenParameters(leaves), keyMap }
}

/** Weights by the names that `transformers` gives them today; a tied decoder is left out. */
export function bertWeights({ config }: MaskedLanguageModel, parameters: Parameters): Map<string, NdArray> {
  return weightsByName([...encoderNames(config), ...headNames(config)], parameters)
}

/** Parameters by the names and in the layout of a file. */
export function weightsByName(names: readonly WeightName[], parameters: Parameters): Map<string, NdArray> {
  const ours = flattenParameters(parameters)
  return new Map(
    names.map(({ path, theirs, transposed }) => {
      const array = ours.get(path)!
      return [theirs, transposed ? transposeArray(array) : array]
    }),
  )
}

/** Writes a folder that `transformers` loads. @throws `FILE_UNWRITABLE` */
export async function writeBertFolder(
  folder: string,
  model: MaskedLanguageModel,
  parameters: Parameters,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const json = JSON.stringify(bertConfigJson(model.config, model.vocabularySize), null, 2)
  await writeFileAtomically(join(folder, 'config.json'), `${json}\n`)
  await writeSafetensors(join(folder, 'model.safetensors'), bertWeights(model, parameters), { format: 'pt' })
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ElmanError('BERT_CONFIG_INVALID', {
      message: 'a config of BERT is not JSON',
      found: (error as Error).message,
      where,
      cause: error,
    })
  }
}

/** A weight in our layout and dtype. */
function oriented(array: NdArray, weight: WeightName, like: NdArray, where: string): NdArray {
  const turned = weight.transposed && array.shape.length === 2 ? transposeArray(array) : array
  if (turned.shape.join() !== like.shape.join() || !turned.dtype.startsWith('float')) {
    throw new ElmanError('BERT_WEIGHT_SHAPE', {
      message: `weight "${weight.theirs}" does not fit the config beside it`,
      expected: `floats [${(weight.transposed ? [...like.shape].reverse() : like.shape).join(',')}]`,
      found: `${array.dtype} [${array.shape.join(',')}]`,
      where,
    })
  }
  return turned
}

/** (rows, columns) to (columns, rows). */
function transposeArray(array: NdArray): NdArray {
  const [rows, columns] = array.shape as [number, number]
  const data = array.data.slice() as Float32Array
  const from = array.data as Float32Array
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) data[column * rows + row] = from[row * columns + column]!
  return { dtype: array.dtype, shape: [columns, rows], data }
}

function missing({ theirs }: WeightName, where: string): ElmanError {
  return new ElmanError('BERT_WEIGHT_MISSING', {
    message: `there is no weight "${theirs}", nor one under an older name`,
    where,
    hint: 'the file may be of another kind of model, or one part of several',
  })
}
