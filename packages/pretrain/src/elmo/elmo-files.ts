/** Trained models as bilm-tf and AllenNLP keep them: `options.json` and an HDF5 file of weights. */
import { readFile } from 'node:fs/promises'
import {
  ElmanError,
  fileError,
  flattenParameters,
  type NdArray,
  type Parameters,
  unflattenParameters,
  writeFileAtomically,
} from '@elman/core'
import { checkEntryShape, elmoEntries, withoutSoftmax } from './elmo-names.ts'
import { type ElmoOptions, elmoOptionsFromJson, elmoOptionsToJson } from './elmo-options.ts'
import { datasetAt } from './hdf5/dataset.ts'
import { type Hdf5File, readHdf5 } from './hdf5/read-hdf5.ts'
import { createHdf5 } from './hdf5/write-hdf5.ts'

/** A model from files. */
export interface LoadedElmo {
  readonly options: ElmoOptions
  /** `characters`, `forward`, `backward`, float32; the files hold no softmax. */
  readonly parameters: Parameters
}

/** Files of a model. */
export interface ElmoFiles {
  /** `options.json`. */
  readonly options: string
  /** The HDF5 file of weights. */
  readonly weights: string
}

/**
 * Reads a model of bilm-tf or AllenNLP.
 *
 * @throws `FILE_UNREADABLE`, `ELMO_OPTIONS_INVALID`, `ELMO_SHAPE_MISMATCH`, `ELMO_VECTORS_ONLY`; as `readHdf5`
 */
export async function readElmo(files: ElmoFiles): Promise<LoadedElmo> {
  const options = await readElmoOptions(files.options)
  const file = await readHdf5(files.weights)
  return { options, parameters: elmoParameters(options, file) }
}

/** Reads an `options.json`. @throws `FILE_UNREADABLE`, `ELMO_OPTIONS_INVALID` */
export async function readElmoOptions(path: string): Promise<ElmoOptions> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ElmanError('ELMO_OPTIONS_INVALID', {
      message: 'options.json is not JSON',
      found: (error as Error).message,
      where: path,
    })
  }
  return elmoOptionsFromJson(json, path)
}

/** The parameters that a file of weights holds. */
function elmoParameters(options: ElmoOptions, { datasets, where }: Hdf5File): Parameters {
  if (!datasets.has('char_embed') && datasets.has('0')) throw vectorsOnly(where)
  const flat = new Map<string, NdArray>()
  for (const entry of elmoEntries(options)) {
    const missing = datasets.has(entry.name) ? undefined : entry.whenMissing?.()
    const arrays = missing ?? readEntry()
    for (const [index, path] of entry.paths.entries()) flat.set(path, arrays[index]!)
    function readEntry(): readonly NdArray[] {
      const dataset = datasetAt(datasets, entry.name, where)
      checkEntryShape(entry, dataset.shape, where)
      return entry.fromFile(dataset.read())
    }
  }
  return unflattenParameters(flat)
}

/**
 * Writes a model for bilm-tf and AllenNLP: float32, `W_P_0` also where a layer has as many outputs as cells, without
 * the softmax, which their format has no place for.
 *
 * @throws `FILE_UNWRITABLE`
 */
export async function writeElmo(files: ElmoFiles, { options, parameters }: LoadedElmo): Promise<void> {
  const flat = flattenParameters(withoutSoftmax(parameters))
  const writer = await createHdf5(files.weights)
  try {
    for (const entry of elmoEntries(options)) {
      const array = entry.toFile(entry.paths.map(path => flat.get(path)!))
      checkEntryShape(entry, array.shape, files.weights)
      await writer.write(entry.name, {
        ...array,
        dtype: 'float32',
        data: Float32Array.from(array.data as Float32Array),
      })
    }
    await writer.close()
  } catch (error) {
    await writer.discard()
    throw error
  }
  await writeFileAtomically(files.options, `${JSON.stringify(elmoOptionsToJson(options), null, 2)}\n`)
}

function vectorsOnly(where: string): ElmanError {
  return new ElmanError('ELMO_VECTORS_ONLY', {
    message: 'this file holds the vectors of sentences, not the weights of a model',
    expected: 'datasets char_embed, CNN/…, CNN_proj/…, RNN_0/…, RNN_1/…',
    found: 'datasets 0, 1, …, one for each sentence',
    where,
  })
}
