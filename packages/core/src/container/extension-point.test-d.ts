/** What the type checker knows of tokens, extension points, registries and plugins. */
import type { ServiceIdentifier } from 'inversify'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { definePlugin, type PluginApi } from '../plugin/plugin.ts'
import { createContainer } from './container.ts'
import type { Descriptor } from './descriptor.ts'
import {
  type DescriptorOf,
  defineComponent,
  defineExtensionPoint,
  type ExtensionPoint,
} from './extension-point.ts'
import { serviceToken, type Token } from './token.ts'

interface Clock {
  now(): number
}
interface Solver {
  solve(steps: number): Float64Array
}

declare module './extension-point.ts' {
  interface ExtensionPoints {
    'test-solver': { product: Solver; fields: { readonly order: number } }
  }
}

const CLOCK: Token<Clock> = serviceToken('test.clock')
const SOLVER: ExtensionPoint<DescriptorOf<'test-solver'>> = defineExtensionPoint('test-solver')
const PLAIN: ExtensionPoint<Descriptor<unknown, Solver>> = defineExtensionPoint('test-plain')
const container = createContainer([])

test('a token carries the type of its service', () => {
  expectTypeOf(CLOCK).toExtend<ServiceIdentifier<Clock>>()
  expectTypeOf(container.get(CLOCK)).toEqualTypeOf<Clock>()
  expectTypeOf(container.child().inversify.get(CLOCK)).toEqualTypeOf<Clock>()
})

test('a registry carries the descriptors of its point', () => {
  const registry = container.registry(SOLVER)
  expectTypeOf(registry.get('euler')).toEqualTypeOf<DescriptorOf<'test-solver'>>()
  expectTypeOf(registry.get('euler').order).toEqualTypeOf<number>()
  expectTypeOf(registry.get('euler').create).returns.toEqualTypeOf<Solver>()
  expectTypeOf(registry.list()[0]!.descriptor.order).toEqualTypeOf<number>()
})

test('what a container creates is the product of the point', () => {
  expectTypeOf(container.create(SOLVER, 'euler')).toEqualTypeOf<Solver>()
  expectTypeOf(container.create(PLAIN, { type: 'euler', steps: 3 })).toEqualTypeOf<Solver>()
  // @ts-expect-error a reference is a name, or an object with a type
  container.create(PLAIN, { steps: 3 })
})

test('a kind that no package told the product of makes unknown', () => {
  expectTypeOf<ReturnType<DescriptorOf<'never-heard-of'>['create']>>().toEqualTypeOf<unknown>()
})

test('create sees the options as its schema gives them, and must return the product', () => {
  const config = z.strictObject({ steps: z.number().default(4) })
  const solver: Solver = { solve: steps => new Float64Array(steps) }
  const euler = defineComponent(SOLVER, {
    type: 'euler',
    summary: 'Euler',
    order: 1,
    config,
    create(options) {
      expectTypeOf(options).toEqualTypeOf<{ steps: number }>()
      return solver
    },
  })
  expectTypeOf(euler).toExtend<DescriptorOf<'test-solver'>>()
  // @ts-expect-error a field of the point is missing
  defineComponent(SOLVER, { type: 'euler', summary: 'Euler', config, create: () => solver })
  // @ts-expect-error this is no solver
  defineComponent(SOLVER, { type: 'euler', summary: 'Euler', order: 1, config, create: () => 'solver' })
})

test('the plugin API has a method for each kind, typed by schema', () => {
  expectTypeOf<PluginApi>().toHaveProperty('cell')
  expectTypeOf<PluginApi>().toHaveProperty('command')
  definePlugin({
    name: 'x',
    version: '1.0.0',
    apiVersion: 1,
    elman: '*',
    register({ dataset, add }) {
      dataset({
        type: 'lines',
        summary: 'lines of a file',
        config: z.strictObject({ path: z.string() }),
        create(options) {
          expectTypeOf(options).toEqualTypeOf<{ path: string }>()
          return undefined as never
        },
      })
      // @ts-expect-error this is no solver
      add(PLAIN, { type: 'a', summary: 'a', config: z.strictObject({}), create: () => 3 })
    },
  })
  // @ts-expect-error this core knows apiVersion 1
  definePlugin({ name: 'x', version: '1.0.0', apiVersion: 2, elman: '*', register() {} })
})
