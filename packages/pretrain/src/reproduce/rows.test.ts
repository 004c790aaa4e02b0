import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  MODEL,
  random,
  referenceBackend,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { resolveExperiment } from '../experiment/run-experiment.ts'
import { parameterCount } from '../language-model/language-model.ts'
import { pretrain } from '../plugin.ts'
import { audit } from './audit.ts'
import { parseBudget, planBudget } from './budget.ts'
import { experimentFileText, rowExperiment } from './experiment-file.ts'
import { findRows, rowsByName } from './ladder.ts'
import { findLadder, ladders } from './ladders.ts'
import { checkComponents, missingComponents } from './missing-components.ts'
import { type Row, rowsBefore } from './row.ts'
import { sources } from './sources.ts'

const onnxruntime = definePlugin({
  ...{ name: 'engine', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const config = z.looseObject({})
    const create = referenceBackend as never
    backend(defineComponent(BACKEND, { type: 'onnxruntime', summary: 'stands in for it', config, create }))
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, onnxruntime])
const every = ladders.flatMap(ladder =>
  ladder.rows.map(row => ({ ladder, row, name: `${ladder.name} ${row.name}` })),
)
const [ptb] = ladders
const runnable = every.filter(({ row }) => missingComponents(row, container).length === 0)
const writable = runnable.filter(({ row }) => row.name !== 'katz5')

test.each(every)('$name has a name for folders, and builds on rows before it', ({ ladder, row }) => {
  expect(row.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  const names = ladder.rows.map(({ name }) => name)
  expect(names.indexOf(row.name)).toBe(names.lastIndexOf(row.name))
  for (const before of rowsBefore(row)) expect(names.slice(0, names.indexOf(row.name))).toContain(before)
  if (row.work.kind === 'mixture') {
    expect(row.work.parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
    expect(row.adaptive).toBe(row.work.parts.some(part => 'cache' in part))
  }
})

test('every row can be run with what comes with elman', () => {
  expect(every.filter(each => !runnable.includes(each)).map(({ name }) => name)).toEqual([])
})

test('orderings and audit name rows that are there', () => {
  for (const { rows, orderings } of ladders) {
    const names = rows.map(({ name }) => name)
    for (const { better, worse } of orderings) expect(names).toEqual(expect.arrayContaining([better, worse]))
  }
  expect(audit).toHaveLength(7)
  for (const { measuredBy, sources: from } of audit) {
    expect(ptb!.rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...measuredBy]))
    for (const name of from) expect(sources[name].short).not.toBe('')
  }
})

test.each(writable)(
  '$name is an experiment that elman run takes, and says what was published',
  ({ ladder, row }) => {
    const file = rowExperiment(ladder, row, { type: 'ptb', directory: 'ptb' })
    const config = JSON.parse(experimentFileText(file, 'json'))
    expect(resolveExperiment(config, container).corpus).toEqual({ type: 'ptb', directory: 'ptb' })
    expect(file.remarks.join('\n')).toContain(
      row.published[0] === undefined ? 'none known' : sources[row.published[0].source].short,
    )
  },
)

test.each(runnable.filter(({ row }) => row.work.kind === 'experiment'))(
  '$name can be made narrower at every width of a budget',
  async ({ row }) => {
    const work = row.work as Extract<Row['work'], { kind: 'experiment' }>
    if (work.reduction.widths.length === 0) return
    const sizes = { train: 929_589, valid: 73_760, test: 82_430 }
    const tried: unknown[] = []
    const plan = await planBudget(
      work.experiment,
      work.reduction,
      parseBudget('60s'),
      sizes,
      async candidate => {
        tried.push(candidate)
        return 100
      },
    )
    for (const candidate of [...tried, plan.experiment]) {
      const { model } = resolveExperiment({ ...(candidate as object), corpus: 'any' }, container)
      expect(container.create(MODEL, model)(20).vocabularySize).toBe(20)
    }
    expect(plan.full).toBe(false)
  },
)

test('networks have as many parameters as published', () => {
  const count = (name: string) => {
    const { work } = rowsByName(ptb!).get(name)!
    const { model } = resolveExperiment(
      { ...(work as { experiment: object }).experiment, corpus: 'any' },
      container,
    )
    return parameterCount(container.create(MODEL, model)(10_000).init(random.key(1)))
  }
  expect(count('lstm-small')).toBe(4_651_600)
  expect(count('tied-small')).toBe(2_651_600)
  expect(count('melis-10m')).toBeLessThan(10_000_000)
})

test('a row whose component is not there says which, and does not start', () => {
  const [row] = findRows(ptb!, 'lstm-small')
  const lost: Row = { ...row!, work: { ...row!.work, experiment: unknownCell(row!) } as Row['work'] }
  expect(() => checkComponents(lost, container)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPRODUCE_COMPONENT_MISSING  row lstm-small needs what no loaded plugin provides
      found    model.cell: there is no cell "mega-cell"
               train.optimizer: there is no optimizer "sgd-2"
      load the plugin that brings it with --plugin, or take a version of elman that has it
      elman plugins list shows what is loaded]
  `)
  const withoutEvaluators = createContainer([corePlugin, layersRecurrent])
  expect(missingComponents(rowsByName(ptb!).get('neural-cache')!, withoutEvaluators)).toMatchInlineSnapshot(`
    [
      "evaluator: there is no evaluator "neural-cache"",
    ]
  `)
})

function unknownCell({ work }: Row): object {
  const { experiment } = work as Extract<Row['work'], { kind: 'experiment' }>
  return {
    ...experiment,
    model: { ...experiment.model, cell: { type: 'mega-cell' } },
    train: { ...experiment.train, optimizer: 'sgd-2' },
  }
}

test('a model that no file can name is not written', () => {
  const [row] = findRows(ptb!, 'katz5')
  expect(() => rowExperiment(ptb!, row!, {})).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPRODUCE_NO_EXPERIMENT  row katz5 is a count-based model that no experiment file can name
      expected a row that trains, or Kneser-Ney, which is the baseline of experiments
      found    katz
      in code it is trainKatz of @elman/pretrain; elman reproduce measures it]
  `)
})

test('a row is found by its name, its family, or all of them', () => {
  expect(findRows(ptb!, 'rnn').map(({ name }) => name)).toEqual(['rnn'])
  expect(findRows(ptb!, 'rnn*').map(({ name }) => name)).toEqual([
    'rnn',
    'rnn-tanh',
    'rnn-dynamic',
    'rnn-kn5',
  ])
  expect(findRows(ptb!, 'variational')).toHaveLength(4)
  expect(findRows(ptb!, 'all')).toBe(ptb!.rows)
  expect(() => findRows(findLadder('ptb-reduced'), 'lstm-tide')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPRODUCE_ROW_UNKNOWN  ladder ptb-reduced has no row "lstm-tide"
      expected one of kn5, feed-forward, rnn, lstm, lstm-dropout, lstm-variational, lstm-tied, min-gru, transformer, lstm-tied-kn5; a family; names with * at the end; or all
      did you mean lstm-tied?]
  `)
  expect(() => findLadder('ptb-reduce')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPRODUCE_LADDER_UNKNOWN  there is no ladder "ptb-reduce"
      expected one of ptb, ptb-reduced, shakespeare-reduced
      did you mean ptb-reduced?]
  `)
})

test('an experiment is written as TypeScript that says what it is', () => {
  const [row] = findRows(ptb!, 'lstm-small')
  const file = rowExperiment(ptb!, row!, { type: 'ptb', directory: 'ptb' })
  expect(experimentFileText(file, 'ts')).toMatchInlineSnapshot(`
    "import { defineExperiment } from '@elman/core'

    // lstm-small of ladder ptb: LSTM 2 × 200, no dropout
    // published: 120.7 / 114.5 (Zaremba et al. 2014; as quoted by others)
    // published figures are of the last epoch: elman evaluate RUN --checkpoint latest
    export default defineExperiment({
      corpus: { type: 'ptb', directory: 'ptb' },
      model: {
        type: 'recurrent-lm',
        embedding: 200,
        cell: { type: 'lstm', hidden: 200 },
        layers: 2,
        initialScale: 0.1,
        dropout: { input: 0, between: 0, output: 0 },
      },
      train: {
        epochs: 13,
        batch: 20,
        bptt: 20,
        loss: 'sum-over-time',
        optimizer: { type: 'sgd', rate: 1, clip: 5 },
        schedule: { type: 'hold-then-divide', hold: 4, divisor: 2 },
      },
    })
    "
  `)
})
