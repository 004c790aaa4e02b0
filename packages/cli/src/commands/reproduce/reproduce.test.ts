import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findLadder } from '@elman/pretrain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTerminal } from '../../terminal.ts'
import { type ReproduceOptions, reproduce } from './reproduce.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-reproduce-'))
  const line = (i: number) =>
    ` the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', '<unk>'][(i >> 2) % 2]} \n`
  for (const [split, lines, from] of [
    ['train', 60, 0],
    ['valid', 10, 1],
    ['test', 10, 2],
  ] as const) {
    const text = Array.from({ length: lines }, (_, i) => line(i + from)).join('')
    writeFileSync(join(root, `ptb.${split}.txt`), text)
  }
})
afterEach(() => rmSync(root, { recursive: true }))

async function call(ladder: string, options: ReproduceOptions, json = false) {
  let [out, err] = ['', '']
  const stream = (take: (text: string) => void) => ({ write: take })
  const terminal = createTerminal(
    { json },
    stream(text => (out += text)),
    stream(text => (err += text)),
    {},
  )
  const here = { data: root, otherText: true, directory: join(root, 'rows'), backend: 'reference' }
  const code = await reproduce(ladder, { ...here, ...options }, terminal)
  return { code, out: out.replaceAll(root, 'ROOT'), err: err.replaceAll(root, 'ROOT') }
}
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went well',
    error => error.message.replaceAll(root, 'ROOT').replaceAll('\\', '/'),
  )

test('--list shows the seven claims with what they are, then every row with its figures and sources', async () => {
  const { out } = await call('ptb', { list: true })
  expect(out).toContain('LSTM-LM (2012), claimed ~78: right number, wrong label')
  expect(out).toContain('Zaremba et al. 2014 (arXiv:1409.2329)')
  expect(out).toMatch(/^lstm-small .*120\.7 \/ 114\.5 \(Zaremba et al\. 2014; as quoted by others\)$/m)
  const { audit, rows } = JSON.parse((await call('ptb', { list: true }, true)).out)
  expect(audit).toHaveLength(7)
  expect(rows.map(({ name }: { name: string }) => name)).toContain('awd-lstm')
})

test('rows are run, listed with what they reached, and written as a page', async () => {
  const { code, out, err } = await call('ptb', { row: ['kn3', 'kn5-cache'] })
  expect(code).toBe(0)
  expect(err).toContain('kn3: starting (seed 1)')
  expect(out).toMatch(
    /^kn5-cache +\d+\.\d\d +\d+\.\d\d +adaptive +full: 0\.9 × kn5 \+ 0\.1 × unigram cache$/m,
  )
  expect((await call('ptb', { row: ['kn3'] })).err).toContain('(finished before)')
  expect((await call('ptb', { list: true })).out).toMatch(/^kn3 +\d+\.\d\d +trigram/m)
  const page = join(root, 'page.md')
  const written = await call('ptb', { writeDocs: page, compare: 'kn5' })
  expect(written.out).toBe(`wrote ROOT/page.md: 3 of ${findLadder('ptb').rows.length} rows have results\n`)
  expect(readFileSync(page, 'utf8')).toMatch(/^\| `kn3` .* another text \|$/m)
})

test('a reduced ladder tells every expected order, measured or not', async () => {
  const { code, out } = await call('ptb-reduced', { row: ['kn5'] })
  expect(code).toBe(0)
  expect(out.match(/not measured/g)).toHaveLength(10)
  expect(existsSync(join(root, 'rows/text/head.train.txt'))).toBe(true)
})

test("a row's experiment is written once, and with a corpus that is found from there", async () => {
  const write = join(root, 'elman.config.json')
  await call('ptb', { row: ['gru'], write })
  const config = JSON.parse(readFileSync(write, 'utf8'))
  expect(config.corpus).toMatchObject({ type: 'text-files', train: 'ptb.train.txt' })
  expect(config.model.cell).toEqual({ type: 'gru', hidden: 650 })
  expect(await messageOf(call('ptb', { row: ['gru'], write }))).toMatchInlineSnapshot(`
    "CLI_FILE_EXISTS  ROOT/elman.config.json is there already
      give another file, or change that one"
  `)
})

test('what the command cannot do, it says with what it can', async () => {
  expect(await messageOf(call('ptb', {}))).toMatchInlineSnapshot(`
    "USAGE_REPRODUCE  which rows of ptb are to be run?
      expected --row with names of rows or families, or all
      elman reproduce ptb --list shows them"
  `)
  expect(await messageOf(call('ptb', { compare: 'kn5', list: true }))).toMatchInlineSnapshot(`
    "USAGE_REPRODUCE  --compare belongs to --write-docs, which shows the differences
      elman reproduce ptb --write-docs FILE --compare kn5"
  `)
  expect(await messageOf(call('ptb', { row: ['rnn*'], write: 'x.ts' }))).toMatchInlineSnapshot(`
    "USAGE_REPRODUCE  --write takes the experiment of one row
      found    rnn, rnn-tanh, rnn-dynamic, rnn-kn5
      elman reproduce ptb --row NAME --write x.ts"
  `)
})
