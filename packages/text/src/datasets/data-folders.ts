import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ElmanError } from '@elman/core'

/** Folders that may hold the bundled datasets: the published package's own, and the repository's. */
const BUNDLED = ['../../datasets/', '../../../../datasets/']

/**
 * Folder of a bundled dataset.
 *
 * @throws `DATASET_NOT_BUNDLED` when this copy of the package came without it.
 */
export function bundledFolder(name: string): string {
  for (const place of BUNDLED) {
    const folder = fileURLToPath(new URL(`${place}${name}`, import.meta.url))
    if (existsSync(folder)) return folder
  }
  throw new ElmanError('DATASET_NOT_BUNDLED', {
    message: `the files of dataset "${name}" are not in this copy of @elman/text`,
    hint: 'install the package again; its folder "datasets" is missing',
  })
}

/**
 * Folder of the corpora that cannot be bundled (`ptb/`, `wikitext-2/`, …), if there is one on this machine: what
 * the environment variable `ELMAN_DATA` names, else a neighbour `shared/data` of the repository.
 */
export function findDataFolder(environment: {
  readonly [name: string]: string | undefined
}): string | undefined {
  const named = environment.ELMAN_DATA
  if (named !== undefined && named !== '') return named
  const neighbour = fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
  return existsSync(neighbour) ? neighbour : undefined
}
