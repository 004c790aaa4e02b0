/**
 * `elman.data.json`: texts that `elman data add` gave a name, so that a config can say `corpus: 'my-letters'`, and
 * `corpus: 'ptb'` without a folder. Each entry keeps the hash of its files: `elman data verify` tells when one changed.
 */
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ElmanError, loadConfigFile, sha256OfFile, writeFileAtomically } from '@elman/core'
import { z } from 'zod'

const addedDataset = z.strictObject({
  /** What stands for the name in a config; paths start from the file's folder. */
  corpus: z.looseObject({ type: z.string() }),
  /** SHA-256 of each file, by its path from the file's folder. */
  sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
})

/** A text that the user gave a name. */
export type AddedDataset = z.output<typeof addedDataset>

/** Texts by their names. */
export type AddedDatasets = Readonly<Record<string, AddedDataset>>

/** The file's name. */
export const ADDED_FILE = 'elman.data.json'

/** Options of a corpus that are paths. */
const PATHS: readonly string[] = ['directory', 'file', 'train', 'valid', 'test']

/**
 * The texts that were added in a folder, by name; none when there is no file.
 *
 * @throws CONFIG_JSON_INVALID, CONFIG_INVALID
 */
export async function readAddedDatasets(folder: string): Promise<AddedDatasets> {
  const file = join(folder, ADDED_FILE)
  if ((await kindOfPath(file)) !== 'file') return {}
  const value = await loadConfigFile(file, path => readFile(path, 'utf8'))
  const read = z.record(z.string(), addedDataset).safeParse(value)
  if (read.success) return read.data
  throw new ElmanError('CONFIG_INVALID', {
    message: `${ADDED_FILE} does not have the form that "elman data add" writes`,
    found: z.prettifyError(read.error).split('\n')[0]!,
    where: ADDED_FILE,
  })
}

/** Writes the texts of a folder. */
export async function writeAddedDatasets(folder: string, datasets: AddedDatasets): Promise<void> {
  await writeFileAtomically(join(folder, ADDED_FILE), `${JSON.stringify(datasets, null, 2)}\n`)
}

/** An entry for a corpus, its files hashed now. */
export async function describeFiles(
  folder: string,
  corpus: AddedDataset['corpus'],
  files: readonly string[],
): Promise<AddedDataset> {
  const sha256: Record<string, string> = {}
  for (const file of files) sha256[file] = (await sha256OfFile(resolve(folder, file))).sha256
  return { corpus, sha256 }
}

/** A config whose corpus is what was added under its name; options that the config gives itself win. */
export function withAddedCorpus(
  config: Readonly<Record<string, unknown>>,
  datasets: AddedDatasets,
  folder: string,
): Readonly<Record<string, unknown>> {
  const { corpus } = config
  const reference = typeof corpus === 'string' ? { type: corpus } : (corpus as { type?: unknown } | undefined)
  const name = reference?.type
  if (typeof name !== 'string') return config
  if (!Object.hasOwn(datasets, name)) return { ...config, corpus: reference }
  const added: Record<string, unknown> = { ...datasets[name]!.corpus }
  for (const key of PATHS) if (typeof added[key] === 'string') added[key] = resolve(folder, added[key])
  return { ...config, corpus: { ...added, ...reference, type: added.type } }
}

/** What lies at a path. */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | undefined> {
  return stat(path).then(
    found => (found.isDirectory() ? 'folder' : 'file'),
    () => undefined,
  )
}
