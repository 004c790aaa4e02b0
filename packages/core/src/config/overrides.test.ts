import { expect, test } from 'vitest'
import { applyOverrides } from './overrides.ts'

const config = {
  model: { cell: 'lstm', layers: [{ hidden: 1 }, { hidden: 2 }] },
  train: { epochs: 5, optimizer: { type: 'sgd', rate: 1 } },
}

function textOf(override: string): string {
  try {
    applyOverrides(config, [override])
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

test('a value is JSON when it reads as JSON, else a string', () => {
  const values = ['3', '1e-3', 'true', 'null', '[1,2]', '{"a":1}', '"3"', 'text', 'C:\\data', '', 'a=b']
  expect(values.map(value => applyOverrides<object>({}, [`x=${value}`]))).toEqual(
    [3, 0.001, true, null, [1, 2], { a: 1 }, '3', 'text', 'C:\\data', '', 'a=b'].map(x => ({ x })),
  )
})

test('paths go through objects by key and arrays by index, and make what is not there', () => {
  const changed = applyOverrides(config, [
    'train.epochs=3',
    'model.layers.1.hidden=9',
    'model.layers.2.hidden=4',
    'report.title=x',
  ])
  expect(changed).toEqual({
    model: { cell: 'lstm', layers: [{ hidden: 1 }, { hidden: 9 }, { hidden: 4 }] },
    train: { epochs: 3, optimizer: { type: 'sgd', rate: 1 } },
    report: { title: 'x' },
  })
})

test('a component in its short form grows into its long form', () => {
  expect(applyOverrides(config, ['model.cell.hidden=64']).model.cell).toEqual({ type: 'lstm', hidden: 64 })
})

test('later overrides see earlier ones, and the config itself stays as it was', () => {
  const before = structuredClone(config)
  const changed = applyOverrides(config, ['model.cell=gru', 'model.cell.hidden=2'])
  expect(changed.model.cell).toEqual({ type: 'gru', hidden: 2 })
  expect(config).toEqual(before)
  expect(changed.train).toBe(config.train)
})

test('an override never reaches Object.prototype', () => {
  const changed = applyOverrides<object>({}, ['__proto__.polluted=1', 'constructor.prototype.polluted=1'])
  expect(Object.keys(changed)).toEqual(['__proto__', 'constructor'])
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('CONFIG_OVERRIDE_INVALID tells what is wrong with the override', () => {
  expect(textOf('train.epochs')).toMatchInlineSnapshot(`
    "CONFIG_OVERRIDE_INVALID  --set train.epochs: it has no "="
      expected --set path=value, such as --set train.epochs=3 or --set model.layers.0.hidden=64"
  `)
  expect(textOf('train..epochs=3')).toMatchInlineSnapshot(`
    "CONFIG_OVERRIDE_INVALID  --set train..epochs=3: a key in its path is empty
      expected --set path=value, such as --set train.epochs=3 or --set model.layers.0.hidden=64"
  `)
  expect(textOf('train.epochs.first=3')).toMatchInlineSnapshot(`
    "CONFIG_OVERRIDE_INVALID  --set train.epochs.first=3: train.epochs is 5, which has no "first"
      expected --set path=value, such as --set train.epochs=3 or --set model.layers.0.hidden=64"
  `)
  expect(textOf('model.layers.7.hidden=3')).toMatchInlineSnapshot(`
    "CONFIG_OVERRIDE_INVALID  --set model.layers.7.hidden=3: model.layers is an array: "7" is not an index from 0 to 2
      expected --set path=value, such as --set train.epochs=3 or --set model.layers.0.hidden=64"
  `)
  expect(textOf('model.layers.first=3')).toMatchInlineSnapshot(`
    "CONFIG_OVERRIDE_INVALID  --set model.layers.first=3: model.layers is an array: "first" is not an index from 0 to 2
      expected --set path=value, such as --set train.epochs=3 or --set model.layers.0.hidden=64"
  `)
})
