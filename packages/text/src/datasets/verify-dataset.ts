import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { isElmanError } from '@elman/core'
import { readBytes } from '../read/read-bytes.ts'
import { bundledFolder } from './data-folders.ts'
import type { DatasetDescriptor, DatasetFile } from './dataset.ts'

/** Result of comparing one file of a dataset with the published one. */
export interface VerifiedFile {
  readonly file: DatasetFile
  readonly path: string
  /** `same` bytes, `different`, or `missing`. */
  readonly state: 'same' | 'different' | 'missing'
  /** Hash found; absent when the file is missing. */
  readonly sha256?: string
}

/**
 * Hashes the files of a dataset and compares them with the published ones; encodes nothing.
 *
 * @param directory - Folder of the files; a bundled dataset knows its own.
 * @throws `DATASET_NOT_BUNDLED` when no folder is given for a dataset that is not there.
 */
export async function verifyDataset(dataset: DatasetDescriptor, directory?: string): Promise<VerifiedFile[]> {
  const folder = directory ?? bundledFolder(dataset.type)
  const results: VerifiedFile[] = []
  for (const file of dataset.files) {
    const path = join(folder, file.name)
    const sha256 = await hashFile(path)
    const state = sha256 === undefined ? 'missing' : sha256 === file.sha256 ? 'same' : 'different'
    results.push({ file, path, state, ...(sha256 === undefined ? {} : { sha256 }) })
  }
  return results
}

async function hashFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const _ of readBytes(path, { hash }));
  } catch (error) {
    if (isElmanError(error) && error.code === 'TEXT_FILE_UNREADABLE') return undefined
    throw error
  }
  return hash.digest('hex')
}
