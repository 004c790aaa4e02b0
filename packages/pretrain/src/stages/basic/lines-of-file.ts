import { readFile } from 'node:fs/promises'
import { fileError } from '@elman/core'

/** The lines of a text file in UTF-8, without their ends; the empty piece after the last end is none. */
export async function linesOfFile(path: string): Promise<string[]> {
  try {
    const lines = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines
  } catch (error) {
    throw fileError('read', path, error)
  }
}
