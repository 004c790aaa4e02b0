import { ContainerModule } from 'inversify'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { componentOf } from '../config/component-schema.ts'
import { definePlugin, type Plugin, type PluginDefinition } from '../plugin/plugin.ts'
import { createContainer } from './container.ts'
import type { Descriptor } from './descriptor.ts'
import { CELL, defineExtensionPoint, type ExtensionPoint, LAYER } from './extension-point.ts'
import { serviceToken, type Token } from './token.ts'

interface Clock {
  now(): number
}
const CLOCK: Token<Clock> = serviceToken('test.clock')

function plugin(definition: Partial<PluginDefinition> & { name: string }): Plugin {
  return definePlugin({ version: '1.0.0', apiVersion: 1, elman: '*', register() {}, ...definition })
}

// products are strings here, whatever the product of an extension point is elsewhere
const component = (type: string) => ({
  type,
  summary: `the ${type}`,
  config: z.strictObject({ hidden: z.number().default(8) }),
  create: ({ hidden }: { hidden: number }) => `${type}(${hidden})` as never,
})

const cells = (name: string, ...types: string[]) =>
  plugin({ name, register: ({ cell }) => types.forEach(type => void cell(component(type))) })

function textOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

test('a component registered by a plugin is made by its name, with defaults filled in', () => {
  const container = createContainer([cells('elman-plugin-a', 'lstm', 'gru')])
  expect(container.create(CELL, 'gru')).toBe('gru(8)')
  expect(container.create(CELL, { type: 'lstm', hidden: 3 })).toBe('lstm(3)')
})

test('a registry lists every component with its owner, sorted by name', () => {
  const container = createContainer([
    cells('elman-plugin-a', 'lstm', 'gru'),
    cells('@my/elman-plugin-b', 'ran'),
  ])
  const listed = container
    .registry(CELL)
    .list()
    .map(({ name, owner }) => `${name} ${owner.name}@${owner.version}`)
  expect(listed).toEqual([
    'gru elman-plugin-a@1.0.0',
    'lstm elman-plugin-a@1.0.0',
    'ran @my/elman-plugin-b@1.0.0',
  ])
  expect(container.registry(LAYER).list()).toEqual([])
  expect(container.kinds).toEqual(['cell'])
})

test('the extension point token gives every descriptor, however it was bound', () => {
  const module = new ContainerModule(({ bind }) => {
    bind(CELL.token).toDynamicValue(() => component('dynamic') as never)
  })
  const container = createContainer([cells('a', 'constant'), plugin({ name: 'b', module })])
  const types = container.inversify.getAll(CELL.token).map(({ type }) => type)
  expect(types).toEqual(['constant', 'dynamic'])
  expect(container.registry(CELL).find('dynamic')?.owner.name).toBe('b')
})

test('a component answers to its plugin, in full and in short', () => {
  const registry = createContainer([cells('@my/elman-plugin-b', 'gru')]).registry(CELL)
  expect(['gru', 'b/gru', '@my/elman-plugin-b/gru', 'my/gru'].map(registry.has)).toEqual([
    true,
    true,
    true,
    false,
  ])
})

test('a short plugin name that two plugins share answers to neither', () => {
  const registry = createContainer([
    cells('@x/elman-plugin-b', 'gru'),
    cells('elman-plugin-b', 'ran'),
  ]).registry(CELL)
  expect(registry.has('b/gru')).toBe(false)
  expect(registry.get('@x/elman-plugin-b/gru').type).toBe('gru')
})

test('two plugins with one type are refused, and the text names both owners and the way out', () => {
  const text = textOf(() => createContainer([cells('elman-plugin-a', 'gru'), cells('elman-plugin-b', 'gru')]))
  expect(text).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      DUPLICATE_TYPE  cell "gru" is registered by elman-plugin-a@1.0.0 and elman-plugin-b@1.0.0
        drop one, or load the second as { plugin: 'elman-plugin-b', as: 'b' }
        and use its cell as "b/gru""
  `)
})

test('one plugin that registers a type twice is refused', () => {
  expect(textOf(() => createContainer([cells('elman-plugin-a', 'gru', 'gru')]))).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      DUPLICATE_TYPE  cell "gru" is registered twice by elman-plugin-a@1.0.0
        a plugin registers each type once"
  `)
})

test('an unknown type says the nearest name, all names and the place', () => {
  const container = createContainer([cells('elman-plugin-a', 'lstm', 'gru')])
  const location = { path: 'model.cell', file: 'elman.config.ts' }
  expect(textOf(() => container.create(CELL, 'lsmt', location))).toMatchInlineSnapshot(`
    "UNKNOWN_TYPE  model.cell: there is no cell "lsmt"
      did you mean lstm?   (cells: gru, lstm)
      in elman.config.ts"
  `)
  expect(textOf(() => container.create(LAYER, 'linear'))).toMatchInlineSnapshot(`
    "UNKNOWN_TYPE  there is no layer "linear"
      there are no layers"
  `)
})

test('two containers in one process never see each other', () => {
  const first = createContainer([cells('a', 'lstm')])
  const second = createContainer([cells('b', 'gru')])
  first.inversify.bind(CLOCK).toConstantValue({ now: () => 1 })
  expect(first.registry(CELL).has('gru')).toBe(false)
  expect(second.registry(CELL).has('lstm')).toBe(false)
  expect(second.has(CLOCK)).toBe(false)
  expect(second.inversify.getAll(CELL.token).map(({ type }) => type)).toEqual(['gru'])
})

test('one plugin in two containers keeps its singletons apart', () => {
  const counting = plugin({
    name: 'a',
    register({ bind }) {
      bind(CLOCK).toDynamicValue(() => ({ now: () => 0 }))
    },
  })
  const [first, second] = [createContainer([counting]), createContainer([counting])]
  expect(first.get(CLOCK)).toBe(first.get(CLOCK))
  expect(first.get(CLOCK)).not.toBe(second.get(CLOCK))
})

test('a child sees its parent, and what it binds is seen by neither parent nor sibling', () => {
  const parent = createContainer([cells('a', 'lstm')])
  parent.inversify.bind(CLOCK).toConstantValue({ now: () => 1 })
  const [child, sibling] = [parent.child(), parent.child()]
  child.inversify.bind(CLOCK).toConstantValue({ now: () => 2 })
  expect([parent, child, sibling].map(container => container.get(CLOCK).now())).toEqual([1, 2, 1])
  expect(child.create(CELL, 'lstm')).toBe('lstm(8)')
})

test('a component made in a child gets the services of the child', () => {
  const timed = plugin({
    name: 'a',
    register({ cell }) {
      cell({
        type: 'timed',
        summary: 'tells the time',
        config: z.strictObject({}),
        create: (_config, services) => services.get(CLOCK).now() as never,
      })
    },
  })
  const child = createContainer([timed]).child()
  child.inversify.bind(CLOCK).toConstantValue({ now: () => 7 })
  expect(child.create(CELL, 'timed')).toBe(7)
})

test('a component makes other components by reference, with the place in the config', () => {
  const wrapping = plugin({
    name: 'b',
    requires: ['a'],
    register({ layer }) {
      layer({
        type: 'unroll',
        summary: 'a cell over time',
        config: z.strictObject({ cell: componentOf(CELL) }),
        create: ({ cell }, services) => `unroll ${services.create(CELL, cell)}` as never,
      })
    },
  })
  const container = createContainer([wrapping, cells('a', 'lstm')])
  expect(container.create(LAYER, { type: 'unroll', cell: { type: 'lstm', hidden: 2 } })).toBe(
    'unroll lstm(2)',
  )
  const wrong = { type: 'unroll', cell: { type: 'lstm', hiden: 2 } }
  const location = { path: 'model.layers.0', file: 'elman.config.ts' }
  expect(textOf(() => container.create(LAYER, wrong, location))).toMatchInlineSnapshot(`
    "CONFIG_UNKNOWN_KEY  model.layers.0.cell.hiden is not an option of cell "lstm"
      did you mean hidden?   (options: hidden)
      in elman.config.ts"
  `)
})

test('a plugin may define its own extension point, and another may add to it', () => {
  const SOLVER: ExtensionPoint<Descriptor<unknown, string>> = defineExtensionPoint('strategy')
  const own = plugin({ name: 'a', register: ({ add }) => add(SOLVER, component('euler')) })
  const other = plugin({ name: 'b', register: ({ add }) => add(SOLVER, component('heun')) })
  const container = createContainer([own, other])
  expect(container.create(SOLVER, 'heun')).toBe('heun(8)')
  expect(textOf(() => container.create(SOLVER, 'eular'))).toMatchInlineSnapshot(`
    "UNKNOWN_TYPE  there is no strategy "eular"
      did you mean euler?   (strategies: euler, heun)"
  `)
})

test('a service that nothing provides is told by its name', () => {
  expect(textOf(() => createContainer([]).get(CLOCK))).toMatchInlineSnapshot(`
    "SERVICE_NOT_BOUND  nothing provides the service "elman.test.clock"
      a plugin that provides it is missing, or it exists only within a run"
  `)
})

test('something that is no component is refused with a line for each wrong field', () => {
  const broken = plugin({
    name: 'elman-plugin-a',
    register({ cell }) {
      cell({ type: 'a cell', config: {}, create: 3 } as never)
      cell(undefined as never)
    },
  })
  expect(textOf(() => createContainer([broken]))).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  2 problems with plugins
      PLUGIN_INVALID  cell "a cell" of elman-plugin-a@1.0.0 is not a valid component
        type: expected a name of letters, digits, "-", "_" and "."
        summary: Invalid input: expected string, received undefined
        config: expected a zod 4 schema
        create: expected a function
      PLUGIN_INVALID  a cell of elman-plugin-a@1.0.0 is not a valid component
        cell: Invalid input: expected object, received undefined"
  `)
})

test('a component whose binding throws is a failure of its plugin', () => {
  const module = new ContainerModule(({ bind }) => {
    bind(CELL.token).toDynamicValue(() => {
      throw new Error('no device')
    })
  })
  expect(textOf(() => createContainer([plugin({ name: 'elman-plugin-a', module })]))).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_REGISTER_FAILED  a cell of elman-plugin-a@1.0.0 could not be made: no device"
  `)
})
