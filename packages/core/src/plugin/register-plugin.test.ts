import { Container, ContainerModule } from 'inversify'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createContainer } from '../container/container.ts'
import type { Descriptor } from '../container/descriptor.ts'
import { CELL } from '../container/extension-point.ts'
import { serviceToken, type Token } from '../container/token.ts'
import { definePlugin, type Plugin, type PluginDefinition } from './plugin.ts'
import { registerPlugin } from './register-plugin.ts'

const LOG: Token<string> = serviceToken('test.log')

function plugin(definition: Partial<PluginDefinition> & { name: string }): Plugin {
  return definePlugin({ version: '1.0.0', apiVersion: 1, elman: '*', register() {}, ...definition })
}

const gru = { type: 'gru', summary: 'gru', config: z.strictObject({}), create: () => 'gru' as never }

function textOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

const throwing = plugin({
  name: 'elman-plugin-x',
  register({ cell, bind }) {
    cell(gru)
    bind(LOG).toConstantValue('half')
    throw new Error('no table of words\n    at its file')
  },
})

test('PLUGIN_REGISTER_FAILED names the plugin and the cause', () => {
  const container = new Container()
  expect(
    textOf(() => registerPlugin(container, { plugin: throwing, where: 'elman.config.ts:3' })),
  ).toMatchInlineSnapshot(`
    "PLUGIN_REGISTER_FAILED  elman-plugin-x@1.0.0 threw while registering: no table of words
      in elman.config.ts:3
      nothing of it stays registered"
  `)
})

test('nothing of a plugin that throws halfway stays registered', () => {
  const container = new Container({ defaultScope: 'Singleton' })
  expect(() => registerPlugin(container, { plugin: throwing })).toThrow()
  expect(container.isBound(CELL.token)).toBe(false)
  expect(container.isBound(LOG)).toBe(false)

  const module = new ContainerModule(({ bind }) => {
    bind(LOG).toConstantValue('half')
    throw new Error('later')
  })
  expect(() => registerPlugin(container, { plugin: plugin({ name: 'y', module }) })).toThrow()
  expect(container.isBound(LOG)).toBe(false)
})

test('register and module of one plugin both count', () => {
  const module = new ContainerModule(({ bind }) => void bind(LOG).toConstantValue('from module'))
  const container = createContainer([plugin({ name: 'x', register: ({ cell }) => cell(gru), module })])
  expect(container.get(LOG)).toBe('from module')
  expect(container.registry(CELL).has('gru')).toBe(true)
})

test('a module of a later plugin may rebind a service of an earlier one', () => {
  const first = plugin({ name: 'a', register: ({ bind }) => void bind(LOG).toConstantValue('a') })
  const module = new ContainerModule(({ rebind }) => void rebind(LOG).toConstantValue('b'))
  const second = plugin({ name: 'b', requires: ['a'], module })
  expect(createContainer([second, first]).get(LOG)).toBe('b')
})

test('no plugin takes components of another away', () => {
  const module = new ContainerModule(({ unbind }) => unbind(CELL.token))
  const container = new Container()
  registerPlugin(container, { plugin: plugin({ name: 'a', register: ({ cell }) => cell(gru) }) })
  expect(
    textOf(() => registerPlugin(container, { plugin: plugin({ name: 'b', module }) })),
  ).toMatchInlineSnapshot(`
    "PLUGIN_REGISTER_FAILED  b@1.0.0 threw while registering: the extension point "cell" cannot be unbound or rebound; load other plugins in its place
      nothing of it stays registered"
  `)
  expect(container.getAll<Descriptor>(CELL.token)).toHaveLength(1)
})

test('a register that returns a promise is refused', () => {
  const slow = plugin({ name: 'elman-plugin-x', register: (async () => {}) as () => void })
  expect(textOf(() => registerPlugin(new Container(), { plugin: slow }))).toMatchInlineSnapshot(`
    "PLUGIN_REGISTER_FAILED  elman-plugin-x@1.0.0 threw while registering: register and module must be synchronous; do slow work in create
      nothing of it stays registered"
  `)
})

test('a component under an alias answers to alias/type only, and clashes with no other', () => {
  const container = new Container({ defaultScope: 'Singleton' })
  const bound = registerPlugin(container, {
    plugin: plugin({ name: 'x', register: ({ cell }) => cell(gru) }),
    as: 'mine',
  })
  expect(bound.map(({ kind, owner }) => [kind, owner])).toEqual([
    ['cell', { name: 'x', version: '1.0.0', as: 'mine' }],
  ])
})
