import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SPLIT_NAMES } from '@elman/text'
import type { Artefact } from './artefact.ts'

/**
 * The files of an artefact `text` as a corpus, those of its splits that are there. Without an artefact nothing: the
 * config's schema says that the corpus is missing.
 */
export function textFilesCorpus(text: Artefact | undefined): unknown {
  if (text === undefined) return undefined
  const files = SPLIT_NAMES.map(name => [name, join(text.path, `${name}.txt`)] as const)
  return { type: 'text-files', ...Object.fromEntries(files.filter(([, file]) => existsSync(file))) }
}
