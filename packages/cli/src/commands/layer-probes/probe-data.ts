/** What `--pos` and `--senses` name: a treebank in three parts, and instances of word senses. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, sha256Of, sha256OfFile } from '@elman/core'
import { readConllu, readSenses, type SenseProbeData, type TagProbeData } from '@elman/eval'

/** Reads the three CoNLL-U files of a folder: those whose names end in train, dev and test. */
export async function tagData(
  folder: string,
  { set, trainWords }: Pick<TagProbeData, 'set' | 'trainWords'>,
): Promise<TagProbeData> {
  const names = await readdir(folder).catch((): string[] => [])
  const fileOf = (part: string): string => {
    const matching = names.filter(name => new RegExp(`(^|[^a-z])${part}\\.conllu$`).test(name))
    if (matching.length === 1) return join(folder, matching[0]!)
    throw new ElmanError('CLI_TREEBANK_PARTS', {
      message: `--pos ${folder} has ${matching.length === 0 ? 'no' : 'more than one'} ${part} part`,
      expected: 'three files whose names end in train.conllu, dev.conllu and test.conllu',
      found: names.length === 0 ? 'no folder, or nothing in it' : names.slice(0, 12).join(', '),
    })
  }
  const files = [fileOf('train'), fileOf('dev'), fileOf('test')] as const
  const [train, dev, test] = await Promise.all(files.map(readConllu))
  const hashes = await Promise.all(files.map(sha256OfFile))
  const hash = sha256Of(hashes.map(({ sha256 }) => sha256).join(' '))
  return { splits: { train: train!, dev: dev!, test: test! }, hash, set, trainWords }
}

/** Reads instances of senses: a file, or the one `.jsonl` file of a folder. */
export async function senseData(path: string, context: number): Promise<SenseProbeData> {
  const file = await senseFile(path)
  const { sha256 } = await sha256OfFile(file)
  return { instances: await readSenses(file), hash: sha256, context }
}

async function senseFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() === true) return path
  const names = found === undefined ? [] : (await readdir(path)).filter(name => name.endsWith('.jsonl'))
  if (names.length === 1) return join(path, names[0]!)
  throw new ElmanError('CLI_SENSES_FILE', {
    message: `--senses ${path} names no file of word senses`,
    expected: 'a file of JSON lines, or a folder with one .jsonl file',
    found: found === undefined ? 'nothing' : `a folder with ${names.length} such files`,
  })
}
