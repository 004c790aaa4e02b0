import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConllu } from './conllu.ts'
import { senseBaselines } from './sense-probe.ts'
import { readSenses } from './senses.ts'
import { tagTask } from './tag-probe.ts'

// Needs an English Web Treebank and instances of word senses somewhere in the folder of ELMAN_DATA. Skipped without.
const data = process.env.ELMAN_DATA
const files =
  data === undefined || !existsSync(data)
    ? []
    : readdirSync(data)
        .map(name => join(data, name))
        .filter(path => statSync(path).isDirectory())
        .flatMap(folder => readdirSync(folder).map(name => join(folder, name)))
const treebank = ['train', 'dev', 'test'].map(part =>
  files.find(path => path.endsWith(`ewt-ud-${part}.conllu`)),
)
const senseFile = files.find(path => /senses?[^/]*\/[^/]+\.jsonl$/.test(path))

test.skipIf(treebank.includes(undefined))(
  'the treebank has the counts that it gives, and its words tell most of its tags (needs ELMAN_DATA)',
  async () => {
    const [train, dev, held] = await Promise.all(treebank.map(path => readConllu(path!)))
    const splits = { train: train!, dev: dev!, test: held! }
    const words = (list: typeof splits.train) =>
      list.reduce((sum, sentence) => sum + sentence.words.length, 0)
    expect(Object.values(splits).map(part => part.length)).toEqual([12_544, 2001, 2077])
    expect(Object.values(splits).map(words)).toEqual([204_577, 25_147, 25_094])
    const { tags, baselines } = tagTask(splits, 'upos')
    expect(tags).toHaveLength(17)
    expect(tagTask(splits, 'xpos').tags.length).toBeGreaterThanOrEqual(49)
    expect(baselines.mostFrequentTag.right / 25_094).toBeGreaterThan(0.84)
    expect(baselines.mostFrequentTag.right / 25_094).toBeLessThan(0.9)
  },
)

test.skipIf(senseFile === undefined)(
  'four words have their instances and senses, and a most frequent sense that is hard to beat (needs ELMAN_DATA)',
  async () => {
    const instances = await readSenses(senseFile!)
    const { lemmas, senses, splits } = senseBaselines(instances)
    expect([instances.length, lemmas, senses]).toEqual([15_225, 4, 19])
    for (const { mostFrequentSense: first } of splits) expect(first.right / first.total).toBeCloseTo(0.575, 1)
  },
)
