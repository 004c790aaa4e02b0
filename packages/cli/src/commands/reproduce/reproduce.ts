/** `elman reproduce`: what its options ask for, and where a ladder's text and rows are. */
import { resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import { findLadder, type Ladder, type LadderTextOptions } from '@elman/pretrain'
import { findDataFolder } from '@elman/text'
import { readAddedDatasets } from '../../added-datasets.ts'
import type { BackendFlags } from '../../backend.ts'
import { EXIT } from '../../exit-codes.ts'
import type { Terminal } from '../../terminal.ts'
import { listLadder } from './list-ladder.ts'
import { runLadder } from './run-ladder.ts'
import { writeDocs } from './write-docs.ts'
import { writeExperiment } from './write-experiment.ts'

/** Options of `elman reproduce`. */
export interface ReproduceOptions extends BackendFlags {
  readonly list?: boolean
  /** Names of rows or families. */
  readonly row?: readonly string[]
  readonly budget?: string
  readonly seed?: readonly number[]
  /** Folder with the files of Penn Treebank. */
  readonly data?: string
  /** Those files hold another text. */
  readonly otherText?: boolean
  /** Folder of all rows. */
  readonly directory?: string
  /** File for a row's experiment. */
  readonly write?: string
  /** File for the results. */
  readonly writeDocs?: string
  /** Row to compare with on that page. */
  readonly compare?: string
  readonly plugin?: readonly string[]
}

/** Does what the options ask for. Returns the exit status. */
export async function reproduce(
  name: string,
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<number> {
  const ladder = findLadder(name)
  if (options.compare !== undefined && options.writeDocs === undefined) {
    throw new ElmanError('USAGE_REPRODUCE', {
      message: '--compare belongs to --write-docs, which shows the differences',
      hint: `elman reproduce ${name} --write-docs FILE --compare ${options.compare}`,
    })
  }
  if (options.list === true) await listLadder(ladder, options, terminal)
  else if (options.write !== undefined) await writeExperiment(ladder, options, terminal)
  else if (options.writeDocs !== undefined) await writeDocs(ladder, options, terminal)
  else return runLadder(ladder, options, terminal)
  return EXIT.success
}

/** Absolute path of the folder of a ladder's rows. */
export function ladderDirectory(
  { name }: Ladder,
  { directory }: Pick<ReproduceOptions, 'directory'>,
): string {
  return resolve(directory ?? `reproduce/${name}`)
}

/** Where the text is: `--data`, what was added as `ptb` in this folder, or the folder that ELMAN_DATA names. */
export async function textOptions(ladder: Ladder, options: ReproduceOptions): Promise<LadderTextOptions> {
  const { data, otherText = false } = options
  return {
    ...{ otherText, directory: ladderDirectory(ladder, options) },
    data: data === undefined ? await knownData() : resolve(data),
  }
}

async function knownData(): Promise<string | undefined> {
  const added = (await readAddedDatasets(process.cwd())).ptb?.corpus.directory
  return typeof added === 'string' ? resolve(added) : findDataFolder(process.env)
}
