import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import { builtInDatasets, SPLIT_NAMES, verifyDataset } from '@elman/text'
import {
  ADDED_FILE,
  type AddedDataset,
  describeFiles,
  kindOfPath,
  readAddedDatasets,
  writeAddedDatasets,
} from '../added-datasets.ts'
import type { Terminal } from '../terminal.ts'

/** Gives a text a name in `elman.data.json` of the working directory. */
export async function dataAdd(name: string, path: string, terminal: Terminal): Promise<void> {
  const folder = process.cwd()
  const kind = await kindOfPath(resolve(path))
  if (kind === undefined) {
    throw new ElmanError('CLI_PATH_MISSING', {
      message: `there is nothing at ${path}`,
      hint: 'give a text file, or a folder with the files of train, valid and test',
    })
  }
  const local = relative(folder, resolve(path)) || '.'
  const entry = await describe(name, local, kind)
  await writeAddedDatasets(folder, { ...(await readAddedDatasets(folder)), [name]: entry })
  const used = `use it in a config as corpus: '${name}'`
  terminal.result({ name, ...entry }, `added ${name} to ${ADDED_FILE}; ${used}`)
}

async function describe(name: string, path: string, kind: 'file' | 'folder'): Promise<AddedDataset> {
  const folder = process.cwd()
  const known = builtInDatasets.find(({ type }) => type === name)
  if (known !== undefined) {
    if (known.bundled || known.files.length === 0) {
      throw new ElmanError('CLI_NAME_TAKEN', {
        message: `"${name}" is a dataset of elman already`,
        hint: 'choose another name for your text',
      })
    }
    const wrong = (await verifyDataset(known, resolve(path))).filter(({ state }) => state !== 'same')
    if (wrong.length > 0) {
      throw new ElmanError('DATASET_HASH_MISMATCH', {
        message: `${path} does not hold the published files of ${name}`,
        found: wrong.map(({ file, state }) => `${file.name}: ${state}`).join(', '),
        hint: 'to use the text as your own, add it under another name',
      })
    }
    const files = known.files.map(file => join(path, file.name))
    return describeFiles(folder, { type: name, directory: path }, files)
  }
  if (kind === 'file') return describeFiles(folder, { type: 'text-files', file: path }, [path])
  const splits = splitFiles(await readdir(resolve(path)))
  if (splits.train === undefined) {
    throw new ElmanError('CLI_PATH_MISSING', {
      message: `${path} holds no file of a training split`,
      expected: 'files whose names contain train, and valid or test, such as train.txt',
    })
  }
  const corpus = Object.fromEntries(Object.entries(splits).map(([split, file]) => [split, join(path, file)]))
  return describeFiles(folder, { type: 'text-files', ...corpus }, Object.values(corpus))
}

/** For each split the first file whose name contains it. */
function splitFiles(names: readonly string[]): Partial<Record<'train' | 'valid' | 'test', string>> {
  const found = SPLIT_NAMES.flatMap(split => {
    const file = [...names].sort().find(name => name.toLowerCase().includes(split))
    return file === undefined ? [] : [[split, file]]
  })
  return Object.fromEntries(found)
}
