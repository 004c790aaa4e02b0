import { resolve } from 'node:path'
import { didYouMean, ElmanError, sha256OfFile } from '@elman/core'
import { builtInDatasets, verifyDataset } from '@elman/text'
import { type AddedDataset, kindOfPath, readAddedDatasets } from '../added-datasets.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Result for one file. */
interface Verified {
  readonly file: string
  readonly state: 'same' | 'different' | 'missing'
  readonly sha256?: string
}

/**
 * Compares a dataset's files with the published hashes, or an added text's with those from when it was added.
 *
 * @returns whether all are the same
 */
export async function dataVerify(
  name: string,
  directory: string | undefined,
  terminal: Terminal,
): Promise<boolean> {
  const added = await readAddedDatasets(process.cwd())
  const files = Object.hasOwn(added, name)
    ? await verifyAdded(added[name]!)
    : await verifyBuiltIn(name, directory, Object.keys(added))
  const pass = files.every(({ state }) => state === 'same')
  terminal.result(
    { name, files, pass },
    table(files.map(({ file, state, sha256 = '' }) => [state, file, sha256])),
  )
  return pass
}

async function verifyBuiltIn(
  name: string,
  directory: string | undefined,
  addedNames: readonly string[],
): Promise<Verified[]> {
  const dataset = builtInDatasets.find(({ type }) => type === name)
  if (dataset === undefined) throw unknownDataset(name, addedNames)
  if (dataset.files.length === 0 || (!dataset.bundled && directory === undefined)) {
    throw new ElmanError('CLI_PATH_MISSING', {
      message: `the files of dataset "${name}" do not come with elman`,
      hint: `elman data verify ${name} --directory FOLDER, or first elman data add ${name} FOLDER`,
    })
  }
  const verified = await verifyDataset(dataset, directory)
  return verified.map(({ file, state, sha256 }) => ({
    file: file.name,
    state,
    ...(sha256 === undefined ? {} : { sha256 }),
  }))
}

async function verifyAdded({ sha256 }: AddedDataset): Promise<Verified[]> {
  const files: Verified[] = []
  for (const [file, expected] of Object.entries(sha256)) {
    const path = resolve(file)
    if ((await kindOfPath(path)) !== 'file') {
      files.push({ file, state: 'missing' })
      continue
    }
    const found = (await sha256OfFile(path)).sha256
    files.push({ file, state: found === expected ? 'same' : 'different', sha256: found })
  }
  return files
}

/** The error for a dataset's name that nothing has. */
export function unknownDataset(name: string, addedNames: readonly string[]): ElmanError {
  const names = [...builtInDatasets.map(({ type }) => type), ...addedNames]
  const near = didYouMean(name, names)
  return new ElmanError('DATASET_UNKNOWN', {
    message: `there is no dataset "${name}"`,
    expected: `one of ${names.join(', ')}`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  })
}
