/** The first lines of Penn Treebank as a corpus of their own, for ladders that are done in minutes. */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of, sha256OfFile, writeFileAtomically } from '@elman/core'
import { type CorpusOptions, planCorpus, SPLIT_NAMES, type SplitName } from '@elman/text'

/** Tokens of each split, at most; lines stay whole, and each has one `<eos>`. */
export type HeadSizes = Readonly<Record<SplitName, number>>

/**
 * Writes the first lines of each split of a word corpus into files of the same names under a folder, and gives the
 * corpus of these files. The vocabulary is that of the shorter training text: other words of valid and test become
 * `<unk>`. Files that are there already and hold the same are left.
 *
 * @param corpus - The `corpus` part of an experiment whose splits are a file each.
 * @throws what `planCorpus` throws; `FILE_UNWRITABLE`
 */
export async function writeTextHead(
  corpus: unknown,
  sizes: HeadSizes,
  folder: string,
  options: CorpusOptions,
): Promise<{
  readonly type: 'text-files'
  readonly train: string
  readonly valid: string
  readonly test: string
}> {
  const { plan } = planCorpus(corpus, options)
  await mkdir(folder, { recursive: true })
  const files = { train: '', valid: '', test: '' }
  for (const split of SPLIT_NAMES) {
    const lines = (await readFile(plan.splits[split]!.path, 'utf8')).split('\n')
    const text = `${lines.slice(0, linesFor(lines, sizes[split])).join('\n')}\n`
    files[split] = join(folder, `head.${split}.txt`)
    const same = existsSync(files[split]) && (await sha256OfFile(files[split])).sha256 === sha256Of(text)
    if (!same) await writeFileAtomically(files[split], text)
  }
  return { type: 'text-files', ...files }
}

/** How many lines hold at most so many tokens; one at least. */
function linesFor(lines: readonly string[], tokens: number): number {
  let sum = 0
  for (const [index, line] of lines.entries()) {
    sum += 1 + line.split(' ').filter(word => word !== '').length
    if (sum > tokens) return Math.max(1, index)
  }
  return lines.at(-1) === '' ? lines.length - 1 : lines.length
}
