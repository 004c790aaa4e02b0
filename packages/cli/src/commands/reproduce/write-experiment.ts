import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { ElmanError, isElmanError, writeFileAtomically } from '@elman/core'
import { experimentFileText, findRows, type Ladder, ladderCorpus, rowExperiment } from '@elman/pretrain'
import type { Terminal } from '../../terminal.ts'
import { type ReproduceOptions, textOptions } from './reproduce.ts'

/** Writes the experiment of a row to a file that `elman run` takes. */
export async function writeExperiment(
  ladder: Ladder,
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<void> {
  const { row: names = [], write } = options
  const file = resolve(write!)
  const rows = names.flatMap(name => findRows(ladder, name))
  if (rows.length !== 1) {
    throw new ElmanError('USAGE_REPRODUCE', {
      message: '--write takes the experiment of one row',
      found: rows.length === 0 ? 'no --row' : rows.map(row => row.name).join(', '),
      hint: `elman reproduce ${ladder.name} --row NAME --write ${write}`,
    })
  }
  if (existsSync(file)) {
    throw new ElmanError('CLI_FILE_EXISTS', {
      message: `${write} is there already`,
      hint: 'give another file, or change that one',
    })
  }
  const corpus = await corpusFor(dirname(file), ladder, options)
  const format = file.endsWith('.json') ? 'json' : 'ts'
  const content = rowExperiment(ladder, rows[0]!, corpus)
  await writeFileAtomically(file, experimentFileText(content, format))
  const next = `elman run ${write}`
  terminal.result(
    { file, row: rows[0]!.name, ...content, next },
    [...content.remarks, `wrote ${write}; next: ${next}`].join('\n'),
  )
}

/** The ladder's corpus with paths as they start from the file; a folder named ptb where the text is not at hand. */
async function corpusFor(folder: string, ladder: Ladder, options: ReproduceOptions): Promise<object> {
  try {
    const { corpus } = await ladderCorpus(ladder, await textOptions(ladder, options))
    const paths = Object.entries(corpus).map(([key, value]) => [
      key,
      ['directory', 'train', 'valid', 'test'].includes(key) ? shorter(folder, String(value)) : value,
    ])
    return Object.fromEntries(paths)
  } catch (error) {
    if (isElmanError(error) && error.code === 'REPRODUCE_DATA_MISSING')
      return { type: 'ptb', directory: 'ptb' }
    throw error
  }
}

function shorter(folder: string, path: string): string {
  const near = relative(folder, path)
  return near.startsWith('..') ? path : near || '.'
}
