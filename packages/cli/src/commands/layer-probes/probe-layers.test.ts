import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@elman/core'
import { ELMO_PRESETS, elmoModel, writeElmo } from '@elman/pretrain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTerminal } from '../../terminal.ts'
import { senseData, tagData } from './probe-data.ts'
import { probeLayers } from './probe-layers.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'elman-probe-'))
  await mkdir(join(root, 'treebank'))
  const sentence = (i: number) =>
    ['the DET', `dog${i % 5} NOUN`, `barks${i % 3} VERB`]
      .map((pair, place) => {
        const [word, tag] = pair.split(' ')
        return [place + 1, word, '_', tag, `${tag}-x`, '_', '_', '_', '_', '_'].join('\t')
      })
      .join('\n')
  const part = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => `${sentence(i + from)}\n\n`).join('')
  await writeFile(join(root, 'treebank', 'en-ud-train.conllu'), part(20, 0))
  await writeFile(join(root, 'treebank', 'en-ud-dev.conllu'), part(5, 3))
  await writeFile(join(root, 'treebank', 'en-ud-test.conllu'), part(5, 4))
  const line = (i: number) =>
    JSON.stringify({
      ...{ id: String(i), lemma: 'bank', sense: i % 2 === 0 ? 'money' : 'river', head: 1 },
      text: i % 2 === 0 ? 'cash bank' : 'muddy bank',
    })
  await writeFile(join(root, 'senses.jsonl'), Array.from({ length: 20 }, (_, i) => line(i)).join('\n'))
  await mkdir(join(root, 'model'))
  const options = { ...ELMO_PRESETS.tiny, maxCharacters: 8 }
  const files = { options: join(root, 'model', 'options.json'), weights: join(root, 'model', 'weights.hdf5') }
  await writeElmo(files, { options, parameters: elmoModel(options).init(random.key(1)) })
})
afterAll(() => rm(root, { recursive: true }))

async function run(more: object = {}) {
  let [output, progress] = ['', '']
  const terminal = createTerminal(
    {},
    { write: text => (output += text) },
    { write: text => (progress += text) },
    { NO_COLOR: '1' },
  )
  const status = await probeLayers(
    join(root, 'model'),
    {
      ...{ pos: join(root, 'treebank'), senses: join(root, 'senses.jsonl'), out: join(root, 'out') },
      ...{ tags: 'upos', words: 0, context: 60, seeds: 1, steps: 20, control: true, backend: 'reference' },
      ...more,
    },
    terminal,
  )
  return { status, output, progress }
}

test('a folder of an ELMo is probed to a page; a second call takes all from the first', async () => {
  const { status, output, progress } = await run()
  expect(status).toBe(0)
  expect(output).toContain('lower layer: syntax, upper layer: word sense: not decided')
  expect(progress).not.toContain('from before')
  const page = await readFile(join(root, 'out', 'report.html'), 'utf8')
  expect(page).toContain('<h1>model</h1>')
  const again = await run()
  expect(again.output).toBe(output)
  expect(again.progress.match(/from before/g)).toHaveLength(14)
  const other = await run({ tags: 'xpos' })
  expect(other.progress.match(/from before/g)).toHaveLength(7)
}, 60_000)

test('the parts of a treebank and the file of senses are found by their names, else it is told', async () => {
  const { splits, hash } = await tagData(join(root, 'treebank'), { set: 'upos', trainWords: 10 })
  expect([splits.train.length, splits.dev.length, splits.test.length]).toEqual([20, 5, 5])
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect((await senseData(root, 60)).instances).toHaveLength(20)
  const message = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: Error) => error.message.replaceAll(root, ''),
    )
  const rules = { set: 'upos', trainWords: 10 } as const
  expect([
    await message(tagData(join(root, 'model'), rules)),
    await message(tagData(join(root, 'nowhere'), rules)),
    await message(senseData(join(root, 'model'), 60)),
    await message(senseData(join(root, 'nowhere'), 60)),
  ]).toMatchInlineSnapshot(`
    [
      "CLI_TREEBANK_PARTS  --pos /model has no train part
      expected three files whose names end in train.conllu, dev.conllu and test.conllu
      found    options.json, weights.hdf5",
      "CLI_TREEBANK_PARTS  --pos /nowhere has no train part
      expected three files whose names end in train.conllu, dev.conllu and test.conllu
      found    no folder, or nothing in it",
      "CLI_SENSES_FILE  --senses /model names no file of word senses
      expected a file of JSON lines, or a folder with one .jsonl file
      found    a folder with 0 such files",
      "CLI_SENSES_FILE  --senses /nowhere names no file of word senses
      expected a file of JSON lines, or a folder with one .jsonl file
      found    nothing",
    ]
  `)
  expect(existsSync(join(root, 'nowhere'))).toBe(false)
})
