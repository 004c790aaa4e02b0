import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  loadCheckpoint,
  referenceBackend,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { pretrain } from '../plugin.ts'
import { parseBudget } from './budget.ts'
import { checkOrderings } from './check-orderings.ts'
import { collectLadder } from './collect.ts'
import { compareRows } from './compare-rows.ts'
import type { Ladder } from './ladder.ts'
import { ladderCorpus } from './ladder-corpus.ts'
import { resultsPage } from './results-page.ts'
import type { Row } from './row.ts'
import { readRowTokens } from './row-files.ts'
import { type RowEvent, type RunRowOptions, runRow } from './run-row.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const create = referenceBackend as never
    backend(
      defineComponent(BACKEND, {
        type: 'reference',
        summary: 'the interpreter',
        config: z.strictObject({}),
        create,
      }),
    )
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

const plain = { published: [], adaptive: false } as const
const rows: readonly Row[] = [
  {
    ...{ ...plain, name: 'kn3', family: 'n-grams', title: 'trigram' },
    work: { kind: 'n-gram', model: { type: 'kneser-ney', order: 3 } },
    published: [{ test: 3, source: 'mikolov-2011', evidence: 'memory' }],
  },
  {
    ...{ ...plain, name: 'lstm', family: 'lstm', title: 'a small LSTM' },
    work: {
      kind: 'experiment',
      experiment: {
        model: {
          type: 'recurrent-lm',
          embedding: 8,
          cell: { type: 'lstm', hidden: 8 },
          dropout: { output: 0.1 },
        },
        train: {
          epochs: 3,
          batch: 3,
          bptt: 7,
          optimizer: { type: 'adam', rate: 0.02, clip: 1 },
          logEvery: 5,
        },
        evaluate: { batch: 2, time: 8, warmUp: 20 },
      },
      reduction: { minimumEpochs: 2, widths: ['model.embedding', 'model.cell.hidden'], multipleOf: 2 },
    },
  },
  {
    ...{ ...plain, name: 'lstm-again', family: 'lstm', title: 'the same trained on' },
    work: {
      kind: 'experiment',
      experiment: {
        model: { type: 'recurrent-lm' },
        train: { epochs: 1, batch: 3, bptt: 7, optimizer: { type: 'adam', rate: 0.01, clip: 1 } },
        evaluate: { batch: 2, time: 8, warmUp: 20 },
      },
      reduction: { minimumEpochs: 1, widths: ['model.cell.hidden'], multipleOf: 2 },
      from: 'lstm',
    },
  },
  {
    ...{ ...plain, name: 'lstm-cache', family: 'lstm', title: 'the LSTM with a cache', adaptive: true },
    work: { kind: 'evaluation', of: 'lstm', evaluator: { type: 'neural-cache', window: 50 } },
  },
  {
    ...{ ...plain, name: 'mixed', family: 'mixed', title: 'LSTM and trigram' },
    work: {
      kind: 'mixture',
      parts: [
        { row: 'lstm', weight: 0.25 },
        { row: 'kn3', weight: 0.75 },
      ],
    },
  },
]
const ladder: Ladder = {
  ...{ name: 'tiny', title: 'a made-up text', text: { kind: 'penn-treebank' }, rows, seeds: [1] },
  orderings: [
    { better: 'mixed', worse: 'kn3', why: 'two models err apart' },
    { better: 'kn3', worse: 'mixed', why: 'nothing: it is the other way round' },
    { better: 'lstm-again', worse: 'lstm', why: 'it has seen more' },
  ],
}

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-ladder-'))
  const line = (i: number) =>
    ` the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', '<unk>'][(i >> 2) % 2]} \n`
  for (const [split, lines, from] of [
    ['train', 60, 0],
    ['valid', 10, 1],
    ['test', 10, 2],
  ] as const)
    writeFileSync(
      join(root, `ptb.${split}.txt`),
      Array.from({ length: lines }, (_, i) => line(i + from)).join(''),
    )
})
afterEach(() => rmSync(root, { recursive: true }))

async function optionsFor(given: Partial<RunRowOptions> = {}): Promise<RunRowOptions> {
  const directory = join(root, 'rows')
  const text = await ladderCorpus(ladder, { data: root, otherText: true, directory })
  return {
    ...{ ladder, directory, ...text, baseDirectory: root, container },
    ...{ backend: referenceBackend(), backendReference: 'reference', budget: parseBudget('full'), seed: 1 },
    ...given,
  }
}
const names = () => readdirSync(join(root, 'rows')).sort()
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went well',
    error =>
      error.message
        .replaceAll(root, 'ROOT')
        .replaceAll('\\', '/')
        .replace(/[0-9a-f]{64}/g, 'HASH'),
  )

test('a row runs after those it builds on, and what is finished is not done again', async () => {
  const events: string[] = []
  const onEvent = (event: RowEvent) => {
    if (event.kind === 'row') events.push(`${event.row} ${event.state}`)
    if (event.kind === 'row-finished') events.push(`${event.row} ${event.known ? 'known' : 'done'}`)
  }
  const options = await optionsFor({ onEvent })
  const mixed = await runRow('mixed', options)
  expect(events).toEqual([
    ...[
      'lstm starting',
      'lstm scoring',
      'lstm done',
      'kn3 starting',
      'kn3 done',
      'mixed starting',
      'mixed done',
    ],
  ])
  expect(names()).toEqual(['kn3', 'lstm.full.seed-1', 'mixed.full.seed-1'])
  const before = readFileSync(join(root, 'rows/lstm.full.seed-1/result.json'), 'utf8')
  events.length = 0
  expect(await runRow('mixed', options)).toEqual(mixed)
  expect(await runRow('lstm-cache', { ...options, seed: 1 })).toMatchObject({ outcome: 'finished' })
  expect(events).toEqual(['mixed known', 'lstm known', 'lstm-cache starting', 'lstm-cache done'])
  expect(readFileSync(join(root, 'rows/lstm.full.seed-1/result.json'), 'utf8')).toBe(before)
})

test('a mixture is the weighted mean of the probabilities that its rows have stored', async () => {
  await runRow('mixed', await optionsFor())
  const [a, b, mixed] = await Promise.all(
    ['lstm.full.seed-1', 'kn3', 'mixed.full.seed-1'].map(name => readRowTokens(join(root, 'rows', name))),
  )
  expect(mixed!.test).toHaveLength(10 * 7)
  for (const [i, value] of mixed!.test.entries())
    expect(value).toBeCloseTo(Math.log(0.25 * Math.exp(a!.test[i]!) + 0.75 * Math.exp(b!.test[i]!)), 5)
})

test('the score of a row is that of its run, and its perplexity that of the stored tokens', async () => {
  const { result, path } = (await runRow('lstm', await optionsFor())) as Extract<
    Awaited<ReturnType<typeof runRow>>,
    { outcome: 'finished' }
  >
  const lines = readFileSync(join(path, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const test = lines.find(({ kind, split }) => kind === 'evaluate' && split === 'test')
  expect(result.test.loss).toBeCloseTo(test.loss, 12)
  expect(result).toMatchObject({ epochs: 3, adaptive: false, test: { tokens: 70 }, valid: { tokens: 70 } })
  const tokens = await readRowTokens(path)
  const loss = -tokens.test.reduce((sum, value) => sum + value, 0) / tokens.test.length
  expect(Math.exp(loss)).toBeCloseTo(result.test.perplexity, 5)
})

test('a row that starts from another has its parameters and its sizes', async () => {
  const { path } = await runRow('lstm-again', await optionsFor())
  const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))
  expect(config.model).toMatchObject({ embedding: 8, cell: { type: 'lstm', hidden: 8 } })
  expect(config.initialRun.path).toBe(join(root, 'rows/lstm.full.seed-1'))
  expect(JSON.parse(readFileSync(join(path, 'row.json'), 'utf8')).uses).toEqual(['lstm.full.seed-1'])
})

test('a budget measures the speed, cuts the recipe down and says so in the row', async () => {
  const rules: string[] = []
  const onEvent = (event: RowEvent) => void (event.kind === 'row-rule' && rules.push(event.rule))
  const { path } = await runRow('lstm', await optionsFor({ budget: parseBudget('1s'), onEvent }))
  const card = JSON.parse(readFileSync(join(path, 'row.json'), 'utf8'))
  expect(card).toMatchObject({ budget: '1s', rule: rules[0] })
  expect(card.rule).toMatch(/^(budget 1s at|the full recipe: its 3 epochs fit into 1s at) \d+ tokens\/s/)
  expect(card.tokensPerSecond).toBeGreaterThan(0)
})

/** Goes on with rows until it is killed. */
const CHILD = `
import { corePlugin, createContainer, definePlugin, referenceBackend } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { z } from 'zod'
import { pretrain } from ${JSON.stringify(new URL('../plugin.ts', import.meta.url).href)}
import { runRow } from ${JSON.stringify(new URL('./run-row.ts', import.meta.url).href)}
const reference = definePlugin({ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*', register({ backend }) {
  backend({ type: 'reference', summary: 'the interpreter', config: z.strictObject({}), create: referenceBackend })
} })
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])
const onEvent = event => { if (event.event?.kind === 'step' || event.kind === 'row') process.stdout.write('.\\n') }
await runRow('mixed', { ...JSON.parse(process.env.ROWS), container, backend: referenceBackend(), onEvent })
`

test('rows that are killed at any moment and called again end with the numbers of rows that were not', {
  timeout: 120_000,
}, async () => {
  const options = await optionsFor()
  const whole = await runRow('mixed', { ...options, directory: join(root, 'whole') })
  const { container: _, backend: _b, ...data } = options
  const flags = ['--import', 'tsx', '--conditions=elman-source', '--input-type=module', '-e', CHILD]
  let kills = 0
  for (; ; kills++) {
    const child = spawn(process.execPath, flags, {
      cwd: new URL('../..', import.meta.url),
      env: { ...process.env, ROWS: JSON.stringify(data) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let left = kills < 3 ? 2 + 14 * kills : Number.POSITIVE_INFINITY
    child.stdout.on('data', text => {
      left -= String(text).split('\n').length - 1
      if (left <= 0) child.kill('SIGKILL')
    })
    const [code] = await once(child, 'close')
    if (code === 0) break
  }
  expect(kills).toBe(3)
  const again = await runRow('mixed', options)
  const numbers = (outcome: typeof whole) =>
    outcome.outcome === 'finished' && [outcome.result.valid, outcome.result.test]
  expect(numbers(again)).toEqual(numbers(whole))
  const parameters = async (folder: string) =>
    (await loadCheckpoint({ path: join(root, folder, 'lstm.full.seed-1') })).arrays
  expect(await parameters('rows')).toEqual(await parameters('whole'))
})

test('a stop leaves a row that goes on', async () => {
  const controller = new AbortController()
  const onEvent = (event: RowEvent) => {
    if (event.kind === 'experiment' && event.event.kind === 'evaluate') controller.abort()
  }
  const stopped = await runRow('lstm', await optionsFor({ signal: controller.signal, onEvent }))
  expect(stopped.outcome).toBe('interrupted')
  const states: string[] = []
  const again = await runRow(
    'lstm',
    await optionsFor({ onEvent: event => void (event.kind === 'row' && states.push(event.state)) }),
  )
  expect([again.outcome, ...states]).toEqual(['finished', 'resuming', 'scoring'])
})

test('what a process left that died before it said what it is, is taken away; anything else is not', async () => {
  const options = await optionsFor()
  const path = join(root, 'rows/kn3')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'config.json'), '{}')
  expect((await runRow('kn3', options)).outcome).toBe('finished')
  mkdirSync(join(root, 'rows/lstm.full.seed-1'))
  writeFileSync(join(root, 'rows/lstm.full.seed-1/thesis.txt'), 'years of work')
  expect(await messageOf(runRow('lstm', options))).toMatchInlineSnapshot(`
    "REPRODUCE_FOLDER_TAKEN  the folder of this row holds something else
      expected a row with its row.json, or nothing
      found    thesis.txt
      in ROOT/rows/lstm.full.seed-1
      move it away, or give another --directory"
  `)
  expect(existsSync(join(root, 'rows/lstm.full.seed-1/thesis.txt'))).toBe(true)
})

test('a folder of another text, or of a damaged row, is refused', async () => {
  const options = await optionsFor()
  await runRow('kn3', options)
  expect(await messageOf(runRow('kn3', { ...options, publishedText: true }))).toMatchInlineSnapshot(`
    "REPRODUCE_OTHER_TEXT  row kn3 was begun on another text
      expected another text than the published one
      found    the published text
      in ROOT/rows/kn3
      give another --directory for another text: rows are compared on the same tokens"
  `)
  writeFileSync(join(root, 'ptb.test.txt'), ' the cat sat \n')
  expect(await messageOf(runRow('mixed', options))).toMatchInlineSnapshot(`
    "REPRODUCE_OTHER_TEXT  row kn3 was scored on another text
      expected fingerprint HASH
      found    fingerprint HASH
      in ROOT/rows/kn3
      give another --directory for another text: rows are compared on the same tokens"
  `)
  writeFileSync(join(root, 'rows/kn3/result.json'), '{"format": 1}')
  expect(await messageOf(runRow('kn3', options))).toMatchInlineSnapshot(`
    "REPRODUCE_FILE_INVALID  result.json does not have the form that elman writes
      found    valid: Invalid input: expected object, received undefined
      in ROOT/rows/kn3/result.json
      delete the folder and run the row again"
  `)
})

test('the text of a ladder that is not there is asked for', async () => {
  const wanted = { data: join(root, 'none'), otherText: false, directory: root }
  expect(await messageOf(ladderCorpus(ladder, wanted))).toMatchInlineSnapshot(`
    "REPRODUCE_DATA_MISSING  Penn Treebank, which cannot be passed on with elman, was not found
      expected a folder with ptb.train.txt, ptb.valid.txt, ptb.test.txt
      found    no such files in ROOT/none
      give the folder by --data DIR, by elman data add ptb DIR, or by the environment variable ELMAN_DATA
      shakespeare-reduced needs no text of yours"
  `)
})

test('results are gathered from the folders, compared on their tokens, and written with what was expected', async () => {
  for (const seed of [1, 2]) for (const { name } of rows) await runRow(name, await optionsFor({ seed }))
  const collected = await collectLadder(ladder, join(root, 'rows'))
  const [kn3, lstm] = collected.rows
  expect(kn3!.results[0]).toMatchObject({ seeds: [0], full: true, testTokens: 70, test: { deviation: 0 } })
  expect(lstm!.results[0]).toMatchObject({ seeds: [1, 2], epochs: 3 })
  expect(lstm!.results[0]!.test.deviation).toBeGreaterThan(0)

  const comparisons = await compareRows(collected, 'kn3', { samples: 200 })
  expect(comparisons.has(kn3!.results[0]!)).toBe(false)
  const { value, lower, upper } = comparisons.get(lstm!.results[0]!)!.difference
  expect(lower).toBeLessThan(value)
  expect(value).toBeLessThan(upper)
  expect(await messageOf(compareRows(collected, 'kn5'))).toMatchInlineSnapshot(`
    "REPRODUCE_ROW_UNFINISHED  row "kn5" has no result to compare with
      expected one of kn3, lstm, lstm-again, lstm-cache, mixed
      run the row first"
  `)

  const orderings = await checkOrderings(collected)
  const verdicts = orderings.map(({ verdict }) => verdict)
  expect(verdicts[1]).toBe(verdicts[0] === 'reversed' ? 'holds' : 'reversed')
  const page = resultsPage(collected, { compared: { row: 'kn3', comparisons }, orderings })
  const digits = page.replace(/[\d.]+(?= s \|)/g, 'T').replace(/elman 0\.1.*/g, 'MACHINE')
  expect(digits.replace(/[+−]?\d+\.\d+/g, 'N')).toMatchInlineSnapshot(`
    "# Language models on a made-up text

    Made by \`elman reproduce tiny --write-docs FILE\` from the run folders; nothing here is written by hand.

    Perplexity per word, exp of the mean loss in nats. Every token of valid and test is scored once, with one \`<eos>\` a
    line. The state of a network is carried over the whole split; n-gram models see the line. Models that change while
    they read have a column of their own.

    ## Results

    | row | published valid / test | ours, static | ours, adaptive | parameters | seeds | epochs | budget and rule | time | test less that of kn3, 95 % | agrees? |
    |---|---|---|---|---|---|---|---|---|---|---|
    | \`kn3\` trigram | - / N (Mikolov et al. 2011; from memory) | N / N |  | 36 | - | - | full: counted, not trained: nothing to cut down | T s | - | another text |
    | \`lstm\` a small LSTM | none known | N ± N / N ± N |  | 697 | 1, 2 | 3 | full: the full recipe | T s | N (N … N) | another text |
    | \`lstm-again\` the same trained on | none known | N ± N / N ± N |  | 697 | 1, 2 | 1 | full: the full recipe | T s | N (N … N) | another text |
    | \`lstm-cache\` the LSTM with a cache | none known |  | N ± N / N ± N | 697 | 1, 2 | 3 | full: the model of lstm | T s | N (N … N) | another text |
    | \`mixed\` LSTM and trigram | none known | N ± N / N ± N |  | 733 | 1, 2 | - | full: N × lstm + N × kn3 | T s | N (N … N) | another text |

    "yes" is a test perplexity within 2 % of the first published one, of the full recipe on the published text.

    ## Expected orders

    An order holds when every seed of the one is below every seed of the other.

    | order | because | came out | test | difference ± over seeds | over texts, 95 % |
    |---|---|---|---|---|---|
    | \`mixed\` below \`kn3\` | two models err apart | **reversed** | N ± N against N | N ± N | N (N … N) |
    | \`kn3\` below \`mixed\` | nothing: it is the other way round | holds | N against N ± N | N ± N | N (N … N) |
    | \`lstm-again\` below \`lstm\` | it has seen more | holds | N ± N against N ± N | N ± N | N (N … N) |

    ## Where it was measured

    - MACHINE
    "
  `)
})

test('a row that is not registered anywhere says so before a folder is made', async () => {
  const options = await optionsFor({ container: createContainer([corePlugin, layersRecurrent, reference]) })
  expect(await messageOf(runRow('lstm', options))).toMatchInlineSnapshot(`
    "REPRODUCE_COMPONENT_MISSING  row lstm needs what no loaded plugin provides
      found    model: there is no model "recurrent-lm"
      load the plugin that brings it with --plugin, or take a version of elman that has it
      elman plugins list shows what is loaded"
  `)
  expect(existsSync(join(root, 'rows'))).toBe(false)
})
