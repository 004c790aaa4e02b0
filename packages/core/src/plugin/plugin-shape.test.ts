import { expect, test } from 'vitest'
import { createContainer } from '../container/container.ts'
import { CollectedError } from '../errors/collected-error.ts'
import { CORE_COPY, thisCore } from './core-copy.ts'
import { definePlugin, type Plugin } from './plugin.ts'
import { checkCoreRange, checkPluginShape, checkSameCore } from './plugin-shape.ts'

const valid = definePlugin({
  name: 'elman-plugin-x',
  version: '1.0.0',
  apiVersion: 1,
  elman: '^0.4.0',
  register() {},
})
const running = (version: string) => ({ version, root: '/repo/packages/core' })

function textOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

test('a plain object without the marks of definePlugin is a plugin too', () => {
  const plain = { name: 'x', version: '1.0.0', apiVersion: 1, elman: '*', register() {} }
  expect(checkPluginShape(plain, '"x"')).toBe(plain)
  expect(createContainer([plain as Plugin]).plugins).toEqual([plain])
})

test('the mark is a string and the copy of core a global symbol, so that another copy reads them', () => {
  expect(valid.$$type).toBe('elman.plugin')
  expect(CORE_COPY).toBe(Symbol.for('elman.core'))
  expect(valid[CORE_COPY]).toEqual(thisCore())
})

test('PLUGIN_INVALID has a line for each wrong field, unknown fields included', () => {
  const broken = { name: '', version: 'one', apiVersion: '1', elman: 'new', require: ['a'], requires: 'a' }
  expect(
    textOf(() => checkPluginShape(broken, '"elman-plugin-x"', 'elman.config.ts:3')),
  ).toMatchInlineSnapshot(`
    "PLUGIN_INVALID  "elman-plugin-x" is not a valid plugin
      in elman.config.ts:3
      name: Too small: expected string to have >=1 characters
      version: expected a version such as 1.2.3
      apiVersion: Invalid input: expected 1
      elman: expected a range such as ^0.4.0
      requires: Invalid input: expected array, received string
      plugin: Unrecognized key: "require""
  `)
})

test('PLUGIN_INVALID asks for register or module', () => {
  const { register: _, ...idle } = valid
  expect(textOf(() => checkPluginShape(idle, '"elman-plugin-x"'))).toMatchInlineSnapshot(`
    "PLUGIN_INVALID  "elman-plugin-x" is not a valid plugin
      plugin: needs register(api) or module"
  `)
})

test('PLUGIN_INVALID tells which apiVersion is known', () => {
  const newer = { ...valid, apiVersion: 2, shape: 'new' }
  expect(
    textOf(() => checkPluginShape(newer, '"elman-plugin-x"', 'elman.config.ts:3')),
  ).toMatchInlineSnapshot(`
    "PLUGIN_INVALID  "elman-plugin-x" has apiVersion 2, this elman knows 1
      in elman.config.ts:3
      update @elman/core"
  `)
})

test('PLUGIN_INVALID tells what stands where a plugin should', () => {
  expect(
    textOf(() => checkPluginShape(null, '"elman-plugin-x"', 'elman.config.ts:3')),
  ).toMatchInlineSnapshot(`
    "PLUGIN_INVALID  "elman-plugin-x" is not a plugin
      expected an object made by definePlugin, or a function that returns one
      found    null
      in elman.config.ts:3"
  `)
})

test('PLUGIN_VERSION_MISMATCH asks to move core when core is older', () => {
  const plugin = { ...valid, elman: '^0.5.0' }
  expect(textOf(() => checkCoreRange(plugin, running('0.4.2'), 'elman.config.ts:3'))).toMatchInlineSnapshot(`
    "PLUGIN_VERSION_MISMATCH  elman-plugin-x@1.0.0 does not fit this @elman/core
      expected @elman/core ^0.5.0
      found    0.4.2
      in elman.config.ts:3
      update @elman/core: pnpm add @elman/core@"^0.5.0""
  `)
})

test('PLUGIN_VERSION_MISMATCH asks to move the plugin when core is newer', () => {
  expect(textOf(() => checkCoreRange(valid, running('0.6.0'), 'elman.config.ts:3'))).toMatchInlineSnapshot(`
    "PLUGIN_VERSION_MISMATCH  elman-plugin-x@1.0.0 does not fit this @elman/core
      expected @elman/core ^0.4.0
      found    0.6.0
      in elman.config.ts:3
      update elman-plugin-x to a version made for @elman/core 0.6.0: pnpm update elman-plugin-x"
  `)
})

test('a release candidate of a version counts as inside the range of that version', () => {
  checkCoreRange({ ...valid, elman: '^0.4.0' }, running('0.4.3-rc.1'))
  checkCoreRange({ ...valid, elman: '>=0.4.0' }, running('0.5.0-rc.1'))
})

test('PLUGIN_DUPLICATE_CORE shows both copies', () => {
  const foreign = {
    ...valid,
    [CORE_COPY]: { version: '0.4.1', root: '/repo/node_modules/x/node_modules/@elman/core' },
  }
  const check = () => checkSameCore(foreign, running('0.4.2'), undefined, 'elman.config.ts:3')
  expect(textOf(check)).toMatchInlineSnapshot(`
    "PLUGIN_DUPLICATE_CORE  elman-plugin-x@1.0.0 uses a second copy of @elman/core
      expected 0.4.2 in /repo/packages/core
      found    0.4.1 in /repo/node_modules/x/node_modules/@elman/core
      in elman.config.ts:3
      run pnpm why @elman/core to see who brings it
      a plugin has @elman/core as a peer, not as a dependency"
  `)
})

test('PLUGIN_DUPLICATE_CORE is found from where the plugin imports, when the object has no mark', () => {
  const { [CORE_COPY]: _, ...unmarked } = valid
  const other = { version: '0.4.1', root: '/elsewhere/core' }
  expect(textOf(() => checkSameCore(unmarked, running('0.4.2'), other))).toMatch(/^PLUGIN_DUPLICATE_CORE/)
  checkSameCore(unmarked, running('0.4.2'), running('0.4.2'))
})

test('failures of several plugins are thrown together, in their order', () => {
  const plugins = [
    { ...valid, elman: '^99.0.0' },
    { ...valid, name: 'elman-plugin-y', version: 'one' },
    { ...valid, name: 'elman-plugin-z', elman: '*', requires: ['elman-plugin-x'] },
  ]
  let thrown: unknown
  try {
    createContainer(plugins)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(CollectedError)
  const { code, failures } = thrown as CollectedError
  expect(code).toBe('PLUGINS_FAILED')
  expect(failures.map(failure => failure.code)).toEqual(['PLUGIN_VERSION_MISMATCH', 'PLUGIN_INVALID'])
})
