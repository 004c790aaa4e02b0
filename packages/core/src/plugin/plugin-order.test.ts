import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ElmanError } from '../errors/elman-error.ts'
import { definePlugin } from './plugin.ts'
import { orderPlugins } from './plugin-order.ts'

const candidate = (name: string, ...requires: string[]) => ({
  plugin: definePlugin({ name, version: '1.0.0', apiVersion: 1, elman: '*', requires, register() {} }),
  where: 'elman.config.ts:3',
})

function order(candidates: ReturnType<typeof candidate>[], failed: string[] = []) {
  const failures: ElmanError[] = []
  const names = orderPlugins(candidates, new Set(failed), failures).map(({ plugin }) => plugin.name)
  return { names, texts: failures.map(failure => failure.message).join('\n') }
}

test('a plugin comes after those it requires, otherwise in the order given', () => {
  const { names } = order([candidate('c', 'b'), candidate('x'), candidate('b', 'a'), candidate('a')])
  expect(names).toEqual(['a', 'b', 'c', 'x'])
})

test('PLUGIN_REQUIRES_MISSING names what is missing and the nearest that is loaded', () => {
  const { names, texts } = order([
    candidate('elman-plugin-x', '@elman/layers-recurent'),
    candidate('@elman/layers-recurrent'),
  ])
  expect(names).toEqual(['@elman/layers-recurrent'])
  expect(texts).toMatchInlineSnapshot(`
    "PLUGIN_REQUIRES_MISSING  elman-plugin-x@1.0.0 requires the plugin "@elman/layers-recurent", which is not loaded
      in elman.config.ts:3
      did you mean @elman/layers-recurrent?
      add '@elman/layers-recurent' to plugins (pnpm add -D @elman/layers-recurent if it is not installed)"
  `)
})

test('requiring a plugin that failed is no failure of its own', () => {
  expect(order([candidate('a', 'b'), candidate('c', 'a')], ['b'])).toEqual({ names: [], texts: '' })
})

test('PLUGIN_CYCLE shows the chain, once, and plugins outside it load', () => {
  const { names, texts } = order([
    candidate('x', 'a'),
    candidate('a', 'b'),
    candidate('b', 'c'),
    candidate('c', 'a'),
    candidate('y'),
  ])
  expect(names).toEqual(['y'])
  expect(texts).toMatchInlineSnapshot(`
    "PLUGIN_CYCLE  plugins require each other in a circle: a -> b -> c -> a
      in elman.config.ts:3
      remove one of them, or ask its author to drop the requirement"
  `)
})

test('whatever the requirements, a plugin never registers before one it requires', () => {
  const graph = fc.array(fc.uniqueArray(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(graph, requires => {
      const { names } = order(requires.map((list, i) => candidate(String(i), ...list.map(String))))
      for (const [position, name] of names.entries()) {
        for (const required of requires[Number(name)]!) {
          expect(names.slice(0, position)).toContain(String(required))
        }
      }
    }),
    { seed: 7, numRuns: 200 },
  )
})
