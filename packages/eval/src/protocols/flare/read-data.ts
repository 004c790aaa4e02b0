/** Reader and writer of FLaRe's released data; the layout is told in layout.ts. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError } from '@elman/core'
import type { Word } from '../../languages/language.ts'
import { flareLanguage } from './languages.ts'
import { type FlareData, type FlareSplitName, type FlareString, flareSplitPath } from './layout.ts'

/**
 * Reads a split of a language.
 *
 * @param root the folder with the languages' folders
 * @throws ElmanError `FLARE_FILE_MISSING` for a file that is not there, `FLARE_LINE_INVALID` for a line that cannot be
 * read, `FLARE_COUNT_MISMATCH` for files whose numbers of lines do not go together, `PROTOCOL_LANGUAGE_UNKNOWN`.
 */
export async function readFlareSplit(root: string, name: string, split: FlareSplitName): Promise<FlareData> {
  const { alphabet } = flareLanguage(name)
  const folder = join(root, name, flareSplitPath(split))
  const wordsFile = join(folder, 'main.tok')
  const symbolOf = new Map(alphabet.map((text, symbol) => [text, symbol]))
  const words = (await requiredLines(wordsFile)).map((text, i) =>
    wordOf(text, symbolOf, `${wordsFile}:${i + 1}`),
  )
  const labels = await labelsOf(folder, split, words.length)
  const positives = labels.filter(label => label === 1).length
  const edits = await optionalLines(
    join(folder, 'num-edits.txt'),
    words.length - positives,
    'negative',
    editsOf,
  )
  const next = await optionalLines(join(folder, 'next-symbols.jsonl'), positives, 'positive', (text, where) =>
    nextOf(text, symbolOf, where),
  )
  let [positive, negative] = [0, 0]
  const strings = words.map((word, i): FlareString => {
    const string = { word, label: labels[i]!, line: i + 1 }
    if (string.label === 0) {
      const own = edits?.[negative++]
      return own === undefined ? string : { ...string, edits: own }
    }
    const place = positive++
    const sets = next?.[place]
    if (sets === undefined) return string
    if (sets.length !== word.length + 1) {
      throw new ElmanError('FLARE_COUNT_MISMATCH', {
        message: `next symbols are given for ${sets.length} prefixes of a string of ${word.length} symbols`,
        expected: `${word.length + 1}`,
        found: `${sets.length}`,
        where: `${join(folder, 'next-symbols.jsonl')}:${place + 1}, the string at ${wordsFile}:${i + 1}`,
      })
    }
    return { ...string, next: sets }
  })
  return { language: name, split, alphabet, strings }
}

/** Writes a split so that FLaRe's programs and {@link readFlareSplit} can read it. */
export async function writeFlareSplit(root: string, data: FlareData): Promise<void> {
  const { language, split, alphabet, strings } = data
  const folder = join(root, language, flareSplitPath(split))
  await mkdir(folder, { recursive: true })
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(folder, name), lines.map(line => `${line}\n`).join(''))
  const textOf = (word: Iterable<number>) => Array.from(word, symbol => alphabet[symbol]!).join(' ')
  const [positives, negatives] = [1, 0].map(label => strings.filter(string => string.label === label))
  await write(
    'main.tok',
    strings.map(({ word }) => textOf(word)),
  )
  if (split !== 'test-edit-distance') {
    await write(
      'labels.txt',
      strings.map(({ label }) => `${label}`),
    )
  }
  await write(
    'num-edits.txt',
    negatives!.map(({ edits }) => (edits === undefined ? '' : `${edits}`)),
  )
  if (positives!.length === 0 || positives!.some(({ next }) => next === undefined)) return
  await write(
    'next-symbols.jsonl',
    positives!.map(({ next }) =>
      JSON.stringify(
        next!.map(flags => ({
          s: textOf([...alphabet.keys()].filter(symbol => flags[symbol] === 1)),
          e: flags[alphabet.length] === 1,
        })),
      ),
    ),
  )
}

async function linesOf(path: string): Promise<string[] | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined
    throw cause
  })
  if (text === undefined) return undefined
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

async function requiredLines(path: string): Promise<string[]> {
  const lines = await linesOf(path)
  if (lines !== undefined) return lines
  throw new ElmanError('FLARE_FILE_MISSING', {
    message: 'a file of the released data is not there',
    expected:
      'LANGUAGE/main.tok and labels.txt for training, LANGUAGE/datasets/SPLIT/ with the same for the other splits',
    found: `no ${path}`,
    hint: 'not every language has every split; give the folder that has the languages’ folders in it',
  })
}

/** Lines of a file that need not be there, one for each string of a label. */
async function optionalLines<T>(
  path: string,
  count: number,
  label: string,
  read: (text: string, where: string) => T,
): Promise<T[] | undefined> {
  const lines = await linesOf(path)
  if (lines === undefined) return undefined
  if (lines.length !== count) throw countMismatch(path, `${count}, one for each ${label}`, lines.length)
  return lines.map((text, i) => read(text, `${path}:${i + 1}`))
}

async function labelsOf(folder: string, split: FlareSplitName, count: number): Promise<(0 | 1)[]> {
  const path = join(folder, 'labels.txt')
  if (split === 'test-edit-distance') return Array<0 | 1>(count).fill(0)
  const lines = await requiredLines(path)
  if (lines.length !== count)
    throw countMismatch(path, `${count}, one for each line of main.tok`, lines.length)
  return lines.map((text, i) => {
    if (text !== '0' && text !== '1') throw invalid(`${path}:${i + 1}`, '0 or 1', text)
    return text === '1' ? 1 : 0
  })
}

function wordOf(text: string, symbolOf: ReadonlyMap<string, number>, where: string): Word {
  if (text === '') return new Uint8Array(0)
  return Uint8Array.from(text.split(' '), symbol => {
    const known = symbolOf.get(symbol)
    if (known === undefined) {
      throw invalid(where, `the symbols ${[...symbolOf.keys()].join(' ')} with single spaces between`, symbol)
    }
    return known
  })
}

function editsOf(text: string, where: string): number | undefined {
  if (text === '') return undefined
  if (!/^[1-9][0-9]*$/.test(text)) throw invalid(where, 'a number of edits, or nothing', text)
  return Number(text)
}

function nextOf(text: string, symbolOf: ReadonlyMap<string, number>, where: string): Uint8Array[] {
  const expected = 'a list of {"s": "symbols", "e": true or false}'
  let sets: unknown
  try {
    sets = JSON.parse(text)
  } catch {
    throw invalid(where, expected, text)
  }
  if (!Array.isArray(sets)) throw invalid(where, expected, text)
  return sets.map((set: unknown) => {
    const { s, e } = (set ?? {}) as { s?: unknown; e?: unknown }
    if (typeof s !== 'string' || typeof e !== 'boolean') throw invalid(where, expected, JSON.stringify(set))
    const flags = new Uint8Array(symbolOf.size + 1)
    for (const symbol of wordOf(s, symbolOf, where)) flags[symbol] = 1
    flags[symbolOf.size] = Number(e)
    return flags
  })
}

function invalid(where: string, expected: string, found: string): ElmanError {
  return new ElmanError('FLARE_LINE_INVALID', {
    message: 'a line of the released data cannot be read',
    expected,
    found: found === '' ? 'nothing' : found.length > 60 ? `${found.slice(0, 60)}…` : found,
    where,
  })
}

function countMismatch(path: string, expected: string, found: number): ElmanError {
  return new ElmanError('FLARE_COUNT_MISMATCH', {
    message: 'two files of a split have numbers of lines that do not go together',
    expected,
    found: `${found}`,
    where: path,
    hint: 'a file may have been cut off',
  })
}
