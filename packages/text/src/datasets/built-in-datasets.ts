import type { DatasetDescriptor } from './dataset.ts'
import { pennTreebank } from './penn-treebank.ts'
import { textFiles } from './text-files.ts'
import { tinyShakespeare } from './tiny-shakespeare.ts'
import { wikiSample } from './wiki-sample.ts'
import { wikitext2 } from './wikitext-2.ts'

/** The datasets this package knows, in the order they are listed. */
export const builtInDatasets: readonly DatasetDescriptor[] = [
  tinyShakespeare,
  wikiSample,
  pennTreebank,
  wikitext2,
  textFiles,
]
