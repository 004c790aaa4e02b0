/** The weights of a folder of Hugging Face, whichever files they are in. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, fileError, isNdArray, type NdArray, readSafetensors } from '@elman/core'
import { z } from 'zod'
import { readTorchFile } from '../../pickle/read-pickle.ts'

/** File of weights that is read first, and the one that this package writes. */
export const SAFETENSORS_FILE = 'model.safetensors'

const INDEX_FILE = 'model.safetensors.index.json'
const TORCH_FILE = 'pytorch_model.bin'

const partName = z.string().regex(/^[^/\\]+\.safetensors$/, 'a part is a .safetensors file beside the index')
const index = z.looseObject({ weight_map: z.record(z.string(), partName) })

/** Weights by name, and the file they came from. */
export interface WeightFiles {
  readonly tensors: ReadonlyMap<string, NdArray>
  readonly where: string
}

/**
 * Reads `model.safetensors`, else the parts that `model.safetensors.index.json` names, else `pytorch_model.bin`, whose
 * pickle is read by an allow-list.
 *
 * @throws `BERT_FILES_INVALID`, `FILE_UNREADABLE`; those of `readSafetensors` and `readTorchFile`
 */
export async function readWeightFiles(folder: string): Promise<WeightFiles> {
  const [single, parts, torch] = [SAFETENSORS_FILE, INDEX_FILE, TORCH_FILE].map(name => join(folder, name))
  if (existsSync(single!)) return { tensors: (await readSafetensors(single!)).tensors, where: single! }
  if (existsSync(parts!)) return { tensors: await readParts(folder, parts!), where: parts! }
  if (existsSync(torch!)) return { tensors: await readTorchWeights(torch!), where: torch! }
  const names = await readdir(folder).catch(error => {
    throw fileError('read', folder, error)
  })
  throw invalid('a folder of BERT has no file of weights', names.slice(0, 12).join(', '), folder)
}

async function readParts(folder: string, path: string): Promise<Map<string, NdArray>> {
  const parsed = index.safeParse(jsonOf(await readFile(path, 'utf8')))
  if (!parsed.success) throw invalid('an index of weights is none', parsed.error.issues[0]!.message, path)
  const byFile = new Map<string, Set<string>>()
  for (const [name, file] of Object.entries(parsed.data.weight_map))
    byFile.set(file, (byFile.get(file) ?? new Set()).add(name))
  const tensors = new Map<string, NdArray>()
  for (const [file, names] of byFile) {
    const read = await readSafetensors(join(folder, file), name => names.has(name))
    for (const [name, array] of read.tensors) tensors.set(name, array)
  }
  return tensors
}

async function readTorchWeights(path: string): Promise<Map<string, NdArray>> {
  const value = await readTorchFile(path)
  const entries = value instanceof Map ? [...value] : []
  const tensors = entries.filter(([name, item]) => typeof name === 'string' && isNdArray(item))
  if (tensors.length > 0) return new Map(tensors as [string, NdArray][])
  throw invalid('a file of torch.save holds no weights by name', 'no tensors', path)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalid(message: string, found: string, where: string): ElmanError {
  return new ElmanError('BERT_FILES_INVALID', {
    message,
    expected: `${SAFETENSORS_FILE}, parts of it with ${INDEX_FILE}, or a state dict in ${TORCH_FILE}`,
    found,
    where,
  })
}
