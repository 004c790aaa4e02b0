import { expect, test } from 'vitest'
import { zarembaMedium } from '../language-model/presets.ts'
import { epochsThatFit, parseBudget, planBudget } from './budget.ts'
import type { Reduction, RowExperiment } from './row.ts'

const pennTreebank = { train: 929_589, valid: 73_760, test: 82_430 }
const reduction: Reduction = {
  minimumEpochs: 6,
  widths: ['model.embedding', 'model.cell.hidden'],
  multipleOf: 10,
}
/** A machine on which training costs as many operations as the model has hidden units, squared. */
const machine =
  (tokensPerSecondAt650: number) =>
  async ({ model }: RowExperiment) =>
    tokensPerSecondAt650 * (650 / (model.embedding as number)) ** 2
const plan = (budget: string, speed: number) =>
  planBudget(zarembaMedium, reduction, parseBudget(budget), pennTreebank, machine(speed))

test('the full recipe needs no measurement and changes nothing', async () => {
  const measure = () => Promise.reject(new Error('asked for the speed'))
  const full = await planBudget(zarembaMedium, reduction, parseBudget('full'), pennTreebank, measure)
  expect(full).toEqual({ experiment: zarembaMedium, full: true, rule: 'the full recipe' })
})

test('a recipe that fits into the time is left as it is', async () => {
  const { experiment, full, rule } = await plan('10h', 2000)
  expect(experiment).toEqual(zarembaMedium)
  expect([full, rule]).toEqual([true, 'the full recipe: its 39 epochs fit into 10h at 2000 tokens/s'])
})

test('epochs are cut down first, and the rate falls as far as in the full recipe', async () => {
  const { experiment, full, rule } = await plan('2h', 2000)
  expect(full).toBe(false)
  expect(rule).toBe('budget 2h at 2000 tokens/s: 13 of 39 epochs, schedule in proportion')
  expect(experiment.model).toEqual(zarembaMedium.model)
  const { schedule, epochs } = experiment.train as {
    schedule: { hold: number; divisor: number }
    epochs: number
  }
  expect([epochs, schedule.hold]).toEqual([13, 2])
  expect(schedule.divisor ** (13 - 2)).toBeCloseTo(1.2 ** (39 - 6), 0)
})

test('sizes are halved when too few epochs fit, and the text says so', async () => {
  const { experiment, rule } = await plan('10m', 2000)
  expect(experiment.model).toMatchObject({ embedding: 160, cell: { hidden: 160 } })
  expect(rule).toBe(
    'budget 10m at 33008 tokens/s: 18 of 39 epochs, schedule in proportion; sizes × 0.25, as at a larger size fewer than 6 epochs fit',
  )
})

test('a machine that is slower still trains for a part of one epoch', async () => {
  const { experiment, rule } = await plan('1m', 40)
  expect(rule).toMatch(/: 9 % of one epoch of 39, schedule in proportion; sizes × 0.125/)
  const { steps, batch, bptt } = experiment.train as Record<string, number>
  expect((steps! * batch! * bptt!) / pennTreebank.train).toBeCloseTo(0.094, 2)
  const slowest = await plan('1m', 10)
  expect(slowest.rule).toContain('one update of 39 epochs, as scoring alone takes the time')
  expect(slowest.experiment.train).toMatchObject({ steps: 1 })
})

test('what is planned takes nine tenths of the time', () => {
  const epochs = epochsThatFit(3600, 5000, pennTreebank)
  const read =
    epochs * (pennTreebank.train + pennTreebank.valid / 3) + (pennTreebank.valid + pennTreebank.test) / 3
  expect(read / 5000).toBeCloseTo(0.9 * 3600, 6)
})

test('updates in place of epochs are cut down as epochs are', async () => {
  const { epochs: _, ...train } = zarembaMedium.train
  const recipe = { ...zarembaMedium, train: { ...train, steps: 50_000 } }
  const { experiment, rule } = await planBudget(
    recipe,
    reduction,
    parseBudget('2h'),
    pennTreebank,
    machine(2000),
  )
  expect(rule).toContain('13 of 37.7 epochs')
  expect(experiment.train).toMatchObject({ epochs: 13 })
  expect(experiment.train).not.toHaveProperty('steps')
})

test('what a budget changes besides is measured with the change', async () => {
  const changes = { set: { 'train.batch': 40, 'train.penalties': undefined }, why: '40 rows in place of 20' }
  const recipe = { ...zarembaMedium, train: { ...zarembaMedium.train, penalties: { activation: 2 } } }
  const measure = async ({ train }: RowExperiment) => (train.batch === 40 ? 4000 : 2000)
  const { experiment, rule } = await planBudget(
    ...([recipe, { ...reduction, changes }, parseBudget('2h'), pennTreebank, measure] as const),
  )
  expect(rule).toBe(
    'budget 2h at 4000 tokens/s: 27 of 39 epochs, schedule in proportion; 40 rows in place of 20',
  )
  expect(experiment.train).not.toHaveProperty('penalties')
})

test('a budget that is no time is refused', () => {
  expect(parseBudget('90s')).toEqual({ name: '90s', seconds: 90 })
  for (const wrong of ['0m', '10', '1d', '', '-1h'])
    expect(() => parseBudget(wrong)).toThrow('REPRODUCE_BUDGET_INVALID')
  expect(() => parseBudget('long')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPRODUCE_BUDGET_INVALID  "long" is no budget
      expected full, or a time such as 10m, 1h or 90s]
  `)
})

test('a width that the experiment does not have is refused by its path', async () => {
  const wrong = { ...reduction, widths: ['model.cells.*.hidden'] }
  const asked = planBudget(zarembaMedium, wrong, parseBudget('1m'), pennTreebank, machine(10))
  await expect(asked).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPRODUCE_PATH_MISSING  the row's experiment has no number at model.cells.*.hidden
      found    nothing
      in reduction.widths of the row
      name the sizes as they stand in the experiment, such as model.cell.hidden]
  `)
})
