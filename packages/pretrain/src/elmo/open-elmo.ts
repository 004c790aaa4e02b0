/** A trained ELMo from wherever it is kept: a run, the artefact of a stage, or the files of another tool. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ElmanContainer, ElmanError } from '@elman/core'
import { type LoadedElmo, readElmo } from './elmo-files.ts'
import { loadElmoRun } from './load-elmo-run.ts'

/** Name of the file of sizes in a folder of a model. */
export const OPTIONS_FILE = 'options.json'

/** Name of the file of weights that this package writes; other tools have other names. */
export const WEIGHTS_FILE = 'weights.hdf5'

/**
 * Opens a model.
 *
 * @param path - Folder of a run (its best checkpoint), or a folder with `options.json` and one HDF5 file.
 * @throws `ELMO_NOT_FOUND`; as `loadElmoRun` and `readElmo`
 */
export async function openElmo(path: string, container: ElmanContainer): Promise<LoadedElmo> {
  if (existsSync(join(path, 'config.json')) && existsSync(join(path, 'environment.json'))) {
    return loadElmoRun(path, container)
  }
  const names = await readdir(path).catch((): string[] => [])
  const weights = names.filter(name => /\.(hdf5|h5)$/.test(name))
  const chosen = weights.includes(WEIGHTS_FILE) ? WEIGHTS_FILE : weights[0]
  if (
    !names.includes(OPTIONS_FILE) ||
    chosen === undefined ||
    (chosen !== WEIGHTS_FILE && weights.length > 1)
  ) {
    throw new ElmanError('ELMO_NOT_FOUND', {
      message: `there is no ELMo at ${path}`,
      expected: `the folder of a run, or one with ${OPTIONS_FILE} and one file of weights (.hdf5)`,
      found: names.length === 0 ? 'no folder, or nothing in it' : names.slice(0, 12).join(', '),
    })
  }
  return readElmo({ options: join(path, OPTIONS_FILE), weights: join(path, chosen) })
}
