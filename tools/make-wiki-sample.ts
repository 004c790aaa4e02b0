// Makes the bundled dataset `wiki-sample` from the training file of WikiText-2, which may be shared alike.
//
//   npx tsx tools/make-wiki-sample.ts SOURCE [TARGET]
//
// SOURCE is a folder with wiki.train.tokens (version 1, word level), TARGET the dataset's folder
// (datasets/wiki-sample unless given). The first 80 articles are taken without a change, about 1.4 MB: they are
// training text of WikiText-2, so a model of the sample has not seen that benchmark's validation or test set.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SIZES = { train: 66, valid: 7, test: 7 }

const [source, target = join('datasets', 'wiki-sample')] = process.argv.slice(2)
if (source === undefined) {
  console.error('usage: tsx tools/make-wiki-sample.ts SOURCE [TARGET]')
  process.exit(2)
}

const lines = readFileSync(join(source, 'wiki.train.tokens'), 'utf8').split('\n')
const heading = /^ = ([^=].*) = $/
/** A title stands between empty lines; table legends look the same but follow each other. */
const starts = lines.flatMap((line, at) =>
  heading.test(line) && lines[at - 1]?.trim() === '' && lines[at + 1]?.trim() === '' ? [at] : [],
)

mkdirSync(target, { recursive: true })
const notice: string[] = []
const hashes: string[] = []
let next = 0
for (const [split, articles] of Object.entries(SIZES)) {
  // Each article keeps the empty line before its title.
  const begin = starts[next]! - 1
  const titles = starts.slice(next, next + articles).map(at => heading.exec(lines[at]!)![1]!)
  next += articles
  const text = `${lines.slice(begin, starts[next]! - 1).join('\n')}\n`
  const name = `wiki.${split}.tokens`
  writeFileSync(join(target, name), text)
  const words = text
    .split('\n')
    .slice(0, -1)
    .reduce((sum, line) => sum + line.split(' ').filter(Boolean).length + 1, 0)
  const sha256 = createHash('sha256').update(text).digest('hex')
  hashes.push(`| \`${name}\` | ${Buffer.byteLength(text)} | ${articles} | ${words} | \`${sha256}\` |`)
  notice.push(`### ${split}`, '', ...titles.map(title => `- ${title}`), '')
}

writeFileSync(
  join(target, 'NOTICE.md'),
  `# wiki-sample: notice

The text is from articles of English Wikipedia, © their authors, who are named in each article's history at
https://en.wikipedia.org. It was collected, cut into words and published as WikiText-2 by Stephen Merity, Caiming Xiong,
James Bradbury and Richard Socher ("Pointer Sentinel Mixture Models", 2016, https://arxiv.org/abs/1609.07843), who
replaced words that occur fewer than three times in it by \`<unk>\`.

Licence of the text, and of these files: Creative Commons Attribution-ShareAlike 3.0 Unported,
https://creativecommons.org/licenses/by-sa/3.0/. You may share and adapt it if you give this attribution, say what you
changed, and share what you make of it under the same licence. No warranty is given.

Changes made here: the first ${next} articles of the training file were taken and divided into three files at article
boundaries. Nothing else was changed. \`tools/make-wiki-sample.ts\` does it.

| file | bytes | articles | tokens with one \`<eos>\` a line | SHA-256 |
|---|---|---|---|---|
${hashes.join('\n')}

## Articles (titles as WikiText-2 spells them)

${notice.join('\n')}`,
)
for (const line of hashes) console.log(line)
