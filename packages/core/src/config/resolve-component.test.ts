import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Descriptor } from '../container/descriptor.ts'
import { CELL, LAYER } from '../container/extension-point.ts'
import { createRegistry, type Registry } from '../container/registry.ts'
import { componentOf } from './component-schema.ts'
import { componentData, resolveComponent } from './resolve-component.ts'
import { resolveConfig } from './resolve-config.ts'

function registry(kind: string, schemas: Record<string, z.ZodType>): Registry {
  const owner = { name: 'built-in', version: '1.0.0' }
  const entries = Object.entries(schemas).map(([type, config]) => ({
    descriptor: { type, summary: type, config, create: () => type } as Descriptor,
    owner,
  }))
  return createRegistry(kind, entries, [])
}

const cells = registry('cell', {
  lstm: z.strictObject({
    hiddenSize: z.number().int().positive().default(100),
    forgetBias: z.number().default(1),
    peephole: z.boolean().default(false),
    projectionSize: z.number().optional(),
  }),
  // an author who wrote z.object: unknown keys would be dropped without a word
  gru: z.object({ hiddenSize: z.number().default(100), reset: z.enum(['before', 'after']).default('after') }),
})
const layers = registry('layer', {
  recurrent: z.strictObject({
    cell: componentOf(CELL),
    others: z.array(componentOf(CELL)).default([]),
    named: z.record(z.string(), componentOf(CELL)).optional(),
    either: z.union([z.number(), componentOf(CELL)]).optional(),
    inner: z.strictObject({ rate: z.number() }).optional(),
    mode: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('plain') }),
        z.strictObject({ kind: z.literal('drop'), rate: z.number() }),
      ])
      .optional(),
    inside: componentOf(LAYER).optional(),
  }),
})
const registryOf = (kind: string) => (kind === 'cell' ? cells : layers)
const at = { path: 'model.layers.0', file: 'elman.config.ts', registryOf }

function textOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

test('the short form and the object form give the same, defaults filled in', () => {
  const config = { hiddenSize: 100, forgetBias: 1, peephole: false }
  expect(resolveComponent(cells, 'lstm').config).toEqual(config)
  expect(resolveComponent(cells, { type: 'lstm' }).config).toEqual(config)
  expect(resolveComponent(cells, { type: 'lstm', hiddenSize: 3 }, 'model.cell')).toMatchObject({
    type: 'lstm',
    config: { hiddenSize: 3 },
  })
})

test('CONFIG_UNKNOWN_KEY gives the nearest option, all options and the file', () => {
  const text = textOf(() => resolveComponent(cells, { type: 'lstm', hiddenSizee: 3 }, at))
  expect(text).toBe(
    `CONFIG_UNKNOWN_KEY  model.layers.0.hiddenSizee is not an option of cell "lstm"
  did you mean hiddenSize?   (options: hiddenSize, forgetBias, peephole, projectionSize)
  in elman.config.ts`,
  )
})

test('CONFIG_UNKNOWN_KEY is told also where the schema would drop the key silently', () => {
  expect(
    textOf(() => resolveComponent(cells, { type: 'gru', size: 3 }, 'model.cell')),
  ).toMatchInlineSnapshot(`
    "CONFIG_UNKNOWN_KEY  model.cell.size is not an option of cell "gru"
      options: hiddenSize, reset"
  `)
})

test('CONFIG_UNKNOWN_KEY is found inside objects, members of unions and other components', () => {
  const broken = {
    type: 'recurrent',
    cell: { type: 'lstm', peepholes: true },
    inner: { rate: 1, rat: 2 },
    mode: { kind: 'drop', rate: 1, rates: 2 },
  }
  const text = textOf(() => resolveComponent(layers, broken, at))
  expect(text).toMatchInlineSnapshot(`
    "CONFIG_PROBLEMS  2 problems in elman.config.ts
      CONFIG_UNKNOWN_KEY  model.layers.0.inner.rat is not an option of layer "recurrent"
        did you mean rate?   (options: rate)
        in elman.config.ts
      CONFIG_UNKNOWN_KEY  model.layers.0.mode.rates is not an option of layer "recurrent"
        did you mean rate?   (options: kind, rate)
        in elman.config.ts"
  `)
  const { inner: _, mode: __, ...rest } = broken
  expect(textOf(() => resolveComponent(layers, rest, at))).toMatchInlineSnapshot(`
    "CONFIG_UNKNOWN_KEY  model.layers.0.cell.peepholes is not an option of cell "lstm"
      did you mean peephole?   (options: hiddenSize, forgetBias, peephole, projectionSize)
      in elman.config.ts"
  `)
})

test('CONFIG_INVALID gives path, what zod says, and what was found', () => {
  expect(
    textOf(() => resolveComponent(cells, { type: 'lstm', hiddenSize: '200' }, at)),
  ).toMatchInlineSnapshot(`
    "CONFIG_INVALID  model.layers.0.hiddenSize is wrong for cell "lstm": Invalid input: expected number, received string
      found    "200"
      in elman.config.ts"
  `)
  expect(textOf(() => resolveComponent(cells, { type: 'lstm', hiddenSize: 0.5 }))).toMatchInlineSnapshot(`
    "CONFIG_INVALID  hiddenSize is wrong for cell "lstm": Invalid input: expected int, received number
      found    0.5"
  `)
  expect(textOf(() => resolveComponent(layers, { type: 'recurrent' }, at))).toMatchInlineSnapshot(`
    "CONFIG_INVALID  model.layers.0.cell is wrong for layer "recurrent": expected a cell: its name, or { type: name, ...options }
      in elman.config.ts"
  `)
})

test('CONFIG_INVALID says what a component reference looks like', () => {
  expect(textOf(() => resolveComponent(cells, { name: 'lstm' }, at))).toMatchInlineSnapshot(`
    "CONFIG_INVALID  model.layers.0 is wrong: expected a cell: its name, or { type: name, ...options }
      found    {"name":"lstm"}
      in elman.config.ts"
  `)
  expect(textOf(() => resolveComponent(cells, 3))).toMatchInlineSnapshot(`
    "CONFIG_INVALID  the cell is wrong: expected a cell: its name, or { type: name, ...options }
      found    3"
  `)
  expect(textOf(() => resolveComponent(layers, { type: 'recurrent', cell: 3 }, at))).toMatchInlineSnapshot(`
    "CONFIG_INVALID  model.layers.0.cell is wrong for layer "recurrent": expected a cell: its name, or { type: name, ...options }
      found    3
      in elman.config.ts"
  `)
})

test('CONFIG_INVALID shows the forms of a union', () => {
  const schema = z.strictObject({ clip: z.union([z.number(), z.strictObject({ norm: z.number() })]) })
  expect(textOf(() => resolveConfig(schema, { clip: 'big' }, 'the experiment'))).toMatchInlineSnapshot(`
    "CONFIG_INVALID  clip is wrong for the experiment: it has none of the forms it may have
      found    "big"
      Invalid input: expected number, received string
      or Invalid input: expected object, received string"
  `)
})

test('several problems are told together', () => {
  const broken = {
    type: 'recurrent',
    cell: { type: 'lsmt' },
    others: ['gru', { type: 'gru', reset: 'never' }],
  }
  expect(textOf(() => resolveComponent(layers, broken, at))).toMatchInlineSnapshot(`
    "CONFIG_PROBLEMS  2 problems in elman.config.ts
      UNKNOWN_TYPE  model.layers.0.cell: there is no cell "lsmt"
        did you mean lstm?   (cells: gru, lstm)
        in elman.config.ts
      CONFIG_INVALID  model.layers.0.others.1.reset is wrong for cell "gru": Invalid option: expected one of "before"|"after"
        found    "never"
        in elman.config.ts"
  `)
})

test('components are completed wherever they stand, and the result resolves to itself', () => {
  const reference = {
    type: 'recurrent',
    cell: 'lstm',
    others: ['gru'],
    named: { a: { type: 'gru', reset: 'before' } },
    either: 'gru',
    mode: { kind: 'plain' },
    inside: { type: 'recurrent', cell: 'gru' },
  }
  const gru = { type: 'gru', hiddenSize: 100, reset: 'after' }
  const once = componentData(resolveComponent(layers, reference, at))
  expect(once).toEqual({
    type: 'recurrent',
    cell: { type: 'lstm', hiddenSize: 100, forgetBias: 1, peephole: false },
    others: [gru],
    named: { a: { ...gru, reset: 'before' } },
    either: gru,
    mode: { kind: 'plain' },
    inside: { type: 'recurrent', cell: gru, others: [] },
  })
  expect(componentData(resolveComponent(layers, once, at))).toEqual(once)
})

test('a whole experiment resolves by a schema of its own', () => {
  const schema = z.strictObject({ model: componentOf(LAYER), seed: z.number().default(1) })
  const resolved = resolveConfig(schema, { model: { type: 'recurrent', cell: 'gru' } }, 'the experiment', {
    registryOf,
  })
  expect(resolved).toMatchObject({ model: { cell: { hiddenSize: 100 } }, seed: 1 })
  const text = textOf(() =>
    resolveConfig(schema, { modle: {}, model: 'recurent' }, 'the experiment', { registryOf, file: 'a.json' }),
  )
  expect(text).toMatchInlineSnapshot(`
    "CONFIG_UNKNOWN_KEY  modle is not an option of the experiment
      did you mean model?   (options: model, seed)
      in a.json"
  `)
})

test('keys of Object.prototype are keys like any other', () => {
  const hostile = JSON.parse('{"type": "lstm", "__proto__": {"hiddenSize": 5}, "constructor": 1}')
  const text = textOf(() => resolveComponent(cells, hostile))
  expect(text).toMatch(/__proto__ is not an option/)
  expect(text).toMatch(/constructor is not an option/)
  expect(textOf(() => resolveComponent(cells, '__proto__'))).toMatch(
    /^UNKNOWN_TYPE {2}there is no cell "__proto__"/,
  )
})
