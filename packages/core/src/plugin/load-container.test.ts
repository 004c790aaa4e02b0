/** Loads real packages, written to a temporary folder, the way a user's project has them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { CELL } from '../container/extension-point.ts'
import type { CollectedError } from '../errors/collected-error.ts'
import { thisCore } from './core-copy.ts'
import { discoverPlugins } from './discover-plugins.ts'
import { loadContainer } from './load-container.ts'
import { availablePlugins } from './package-files.ts'

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes files into a new folder; a value that is no string is written as JSON. */
function project(files: Record<string, unknown>): string {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'elman-plugins-')))
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

/** The files of an installed plugin package. */
function installed(name: string, source: string, manifest: object = {}): Record<string, unknown> {
  const at = `node_modules/${name}`
  return {
    [`${at}/package.json`]: {
      name,
      version: '1.0.0',
      type: 'module',
      exports: { import: './index.js' },
      ...manifest,
    },
    [`${at}/index.js`]: source,
  }
}

const pluginText = (name: string, fields = 'register() {}') =>
  `{ name: '${name}', version: '1.0.0', apiVersion: 1, elman: '*', ${fields} }`
const plugin = (name: string, fields?: string) => `export default ${pluginText(name, fields)}`

/** The text of all failures, with what differs between machines replaced. */
async function failure(plugins: unknown, configFile?: string): Promise<string> {
  try {
    await loadContainer({ folder, plugins, ...(configFile === undefined ? {} : { configFile }) })
  } catch (error) {
    return clean((error as CollectedError).message)
  }
  return 'nothing was thrown'
}

function clean(text: string): string {
  return text.replaceAll(folder, '<project>').replaceAll(thisCore().root, '<core>').replaceAll('\\', '/')
}

test('a package whose exports have only an import condition loads', async () => {
  project(installed('elman-plugin-x', plugin('elman-plugin-x')))
  const container = await loadContainer({ folder, plugins: ['elman-plugin-x'] })
  expect(container.plugins.map(({ name }) => name)).toEqual(['elman-plugin-x'])
})

test('a CommonJS package compiled from TypeScript loads', async () => {
  const source = `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${pluginText('elman-plugin-x')}`
  project(installed('elman-plugin-x', source, { type: 'commonjs', exports: undefined, main: 'index' }))
  const container = await loadContainer({ folder, plugins: ['elman-plugin-x'] })
  expect(container.plugins).toHaveLength(1)
})

test('a factory gets its options, and an empty object when there are none', async () => {
  project(
    installed(
      'elman-plugin-x',
      `export default options => (${pluginText('elman-plugin-x', 'register({ bind }) { bind("options").toConstantValue(options) }')})`,
    ),
  )
  const withOptions = await loadContainer({ folder, plugins: [['elman-plugin-x', { depth: 2 }]] })
  expect(withOptions.get('options')).toEqual({ depth: 2 })
  expect((await loadContainer({ folder, plugins: ['elman-plugin-x'] })).get('options')).toEqual({})
})

test('plugins come from the preset, the config, package.json and the command line, in that order', async () => {
  project({
    'package.json': { elman: { plugins: ['elman-plugin-c'] } },
    'config/elman.config.json': '{\n  "plugins": [\n    "../local/b.js"\n  ]\n}',
    'local/b.js': plugin('b'),
    ...installed('elman-plugin-c', plugin('elman-plugin-c')),
    ...installed('@my/elman-plugin-d', plugin('@my/elman-plugin-d')),
  })
  const options = {
    folder,
    preset: [{ name: 'a', version: '1.0.0', apiVersion: 1, elman: '*', register() {} } as const],
    configFile: join(folder, 'config/elman.config.json'),
    plugins: ['../local/b.js'],
    commandLine: ['@my/elman-plugin-d'],
  }
  expect(discoverPlugins(options).map(({ where }) => clean(where))).toEqual([
    'the built-ins',
    '<project>/config/elman.config.json:3',
    '<project>/package.json:1',
    '--plugin @my/elman-plugin-d',
  ])
  const { plugins } = await loadContainer(options)
  expect(plugins.map(({ name }) => name)).toEqual(['a', 'b', 'elman-plugin-c', '@my/elman-plugin-d'])
})

test('a plugin asked for in two places is loaded once', async () => {
  project(installed('elman-plugin-x', plugin('elman-plugin-x')))
  const container = await loadContainer({
    folder,
    plugins: ['elman-plugin-x'],
    commandLine: ['elman-plugin-x'],
  })
  expect(container.plugins).toHaveLength(1)
})

test('PLUGIN_GIVEN_TWICE: two different plugins of one name', async () => {
  project({ 'a.js': plugin('x'), 'b.js': plugin('x') })
  expect(await failure(['./a.js', './b.js'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_GIVEN_TWICE  two plugins are called "x": 1.0.0 and 1.0.0
        in plugins.0 and plugins.1
        keep one of them; with options, list it once with all of them"
  `)
})

test('PLUGIN_NOT_FOUND: the folder, the line in the config, the nearest installed plugin, the command', async () => {
  project({
    'elman.config.ts': "export default {\n  plugins: ['elman-plugin-mingro'],\n}\n",
    ...installed('elman-plugin-mingru', plugin('elman-plugin-mingru')),
  })
  expect(await failure(['elman-plugin-mingro'], join(folder, 'elman.config.ts'))).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_NOT_FOUND  plugin "elman-plugin-mingro" was not found from <project>
        in <project>/elman.config.ts:2
        did you mean elman-plugin-mingru?
        pnpm add -D elman-plugin-mingro"
  `)
})

test('PLUGIN_NOT_FOUND: a path with no file, and a package with nothing to import', async () => {
  project(installed('elman-plugin-x', plugin('elman-plugin-x'), { exports: { require: './index.cjs' } }))
  expect(await failure(['./missing.js', 'elman-plugin-x', 'elman-plugin-x/cells'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  3 problems with plugins
      PLUGIN_NOT_FOUND  plugin "./missing.js" was not found from <project>
        in plugins.0
        a path is taken from the folder of the file it stands in
      PLUGIN_NOT_FOUND  plugin "elman-plugin-x" was not found from <project>
        found    the package in <project>/node_modules/elman-plugin-x exports nothing to import as "."
        in plugins.1
        reinstall it, or ask its author
      PLUGIN_NOT_FOUND  plugin "elman-plugin-x/cells" was not found from <project>
        found    the package in <project>/node_modules/elman-plugin-x exports nothing to import as "./cells"
        in plugins.2
        reinstall it, or ask its author"
  `)
})

test('PLUGIN_IMPORT_FAILED: the package that the plugin itself misses', async () => {
  project(installed('elman-plugin-x', `import 'left-pad'\n${plugin('elman-plugin-x')}`))
  expect(await failure(['elman-plugin-x'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_IMPORT_FAILED  plugin "elman-plugin-x" could not be imported: Cannot find package 'left-pad' imported from <project>/node_modules/elman-plugin-x/index.js
        in plugins.0
        "left-pad", which it imports, is not installed: its author should list it as a dependency"
  `)
})

test('PLUGIN_IMPORT_FAILED: the first line of what the plugin threw', async () => {
  project(installed('elman-plugin-x', "throw new Error('no AVX here\\nsecond line')"))
  expect(await failure(['elman-plugin-x'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_IMPORT_FAILED  plugin "elman-plugin-x" could not be imported: no AVX here
        in plugins.0
        run with --verbose for the stack"
  `)
})

test('PLUGIN_PEER_MISMATCH: each unmet peer with the wanted and the installed version', async () => {
  const peerDependencies = { 'word-list': '^2.0.0', 'left-pad': '^1.0.0', 'rarely-used': '*', fine: '^1.0.0' }
  const peerDependenciesMeta = { 'rarely-used': { optional: true } }
  project({
    ...installed('elman-plugin-x', "import 'left-pad'", { peerDependencies, peerDependenciesMeta }),
    ...installed('word-list', ''),
    ...installed('fine', ''),
  })
  expect(await failure(['elman-plugin-x'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_PEER_MISMATCH  plugin "elman-plugin-x" could not be imported, and packages it works with do not fit
        found    Cannot find package 'left-pad' imported from <project>/node_modules/elman-plugin-x/index.js
        in plugins.0
        word-list: wants ^2.0.0, installed 1.0.0
        left-pad: wants ^1.0.0, not installed
        install the versions it wants, or a version of it that fits yours"
  `)
})

test('PLUGIN_NO_DEFAULT_EXPORT: what is exported in its place', async () => {
  project({ ...installed('elman-plugin-x', 'export const plugin = 1, cell = 2'), 'empty.js': '' })
  expect(await failure(['elman-plugin-x', './empty.js'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  2 problems with plugins
      PLUGIN_NO_DEFAULT_EXPORT  "elman-plugin-x" has no default export
        expected export default definePlugin({ ... })
        found    exports named cell, plugin
        in plugins.0
      PLUGIN_NO_DEFAULT_EXPORT  "./empty.js" has no default export
        expected export default definePlugin({ ... })
        found    no exports
        in plugins.1"
  `)
})

test('PLUGIN_INVALID: fields, a name unlike the package, options not taken, options refused', async () => {
  project({
    'fields.js': 'export default { name: "x", version: 1, apiVersion: 1, elman: "*", register() {} }',
    ...installed('elman-plugin-y', plugin('elman-plugin-z')),
    ...installed('elman-plugin-v', plugin('elman-plugin-v')),
    ...installed(
      'elman-plugin-w',
      'export default ({ depth }) => { throw new Error("depth " + depth + " is too deep") }',
    ),
  })
  const plugins = [
    './fields.js',
    'elman-plugin-y',
    ['elman-plugin-v', {}],
    ['elman-plugin-w', { depth: 9 }],
    7,
  ]
  expect(await failure(plugins)).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  5 problems with plugins
      PLUGIN_INVALID  "x" is not a valid plugin
        in plugins.0
        version: Invalid input: expected string, received number
      PLUGIN_INVALID  the plugin of "elman-plugin-y" calls itself "elman-plugin-z"
        expected "elman-plugin-y", as in its package.json
        in plugins.1
      PLUGIN_INVALID  "elman-plugin-v" takes no options
        expected a default export options => plugin, when options are given
        in plugins.2
        give its name alone
      PLUGIN_INVALID  "elman-plugin-w" refused its options: depth 9 is too deep
        in plugins.3
      PLUGIN_INVALID  this is not a reference to a plugin
        expected a plugin, 'specifier', ['specifier', options] or { plugin, options, as: 'name' }
        found    7
        in plugins.4"
  `)
})

test('PLUGIN_DUPLICATE_CORE: a second copy beside the plugin is found before it does harm', async () => {
  project({
    ...installed('elman-plugin-x', plugin('elman-plugin-x')),
    ...installed('elman-plugin-x/node_modules/@elman/core', '', { name: '@elman/core', version: '0.0.9' }),
  })
  const text = await failure(['elman-plugin-x'])
  expect(text.replace(`${thisCore().version} in`, '<version> in')).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      PLUGIN_DUPLICATE_CORE  elman-plugin-x@1.0.0 uses a second copy of @elman/core
        expected <version> in <core>
        found    0.0.9 in <project>/node_modules/elman-plugin-x/node_modules/@elman/core
        in plugins.0
        run pnpm why @elman/core to see who brings it
        a plugin has @elman/core as a peer, not as a dependency"
  `)
})

test('PLUGIN_VERSION_MISMATCH, PLUGIN_REGISTER_FAILED and PLUGIN_REQUIRES_MISSING of several are told at once', async () => {
  project({
    'old.js': plugin('old').replace("elman: '*'", "elman: '^99.0.0'"),
    'throws.js': plugin('throws', 'register() { throw new Error("no words") }'),
    'needs-throws.js': plugin('needs-throws', 'requires: ["throws"], register() {}'),
    'needs-old.js': plugin('needs-old', 'requires: ["old-one"], register() {}'),
  })
  const text = await failure(['./old.js', './needs-throws.js', './throws.js', './needs-old.js'])
  expect(text.replace(`found    ${thisCore().version}`, 'found    <version>')).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  3 problems with plugins
      PLUGIN_VERSION_MISMATCH  old@1.0.0 does not fit this @elman/core
        expected @elman/core ^99.0.0
        found    <version>
        in plugins.0
        update @elman/core: pnpm add @elman/core@"^99.0.0"
      PLUGIN_REQUIRES_MISSING  needs-old@1.0.0 requires the plugin "old-one", which is not loaded
        in plugins.3
        add 'old-one' to plugins (pnpm add -D old-one if it is not installed)
      PLUGIN_REGISTER_FAILED  throws@1.0.0 threw while registering: no words
        in plugins.2
        nothing of it stays registered"
  `)
})

const withCell = (name: string, type: string) => `import { z } from '${import.meta.resolve('zod')}'
${plugin(name, `register({ cell }) { cell({ type: '${type}', summary: 's', config: z.strictObject({}), create: () => '${type} of ${name}' }) }`)}`

test('of two plugins with one type, the one loaded under an alias is used by its full name', async () => {
  project({ 'a.js': withCell('elman-plugin-a', 'gru'), 'b.js': withCell('elman-plugin-b', 'gru') })
  expect(await failure(['./a.js', './b.js'])).toMatchInlineSnapshot(`
    "PLUGINS_FAILED  1 problem with plugins
      DUPLICATE_TYPE  cell "gru" is registered by elman-plugin-a@1.0.0 and elman-plugin-b@1.0.0
        drop one, or load the second as { plugin: 'elman-plugin-b', as: 'b' }
        and use its cell as "b/gru""
  `)
  const container = await loadContainer({ folder, plugins: ['./a.js', { plugin: './b.js', as: 'b' }] })
  expect(container.create(CELL, 'gru')).toBe('gru of elman-plugin-a')
  expect(container.create(CELL, 'b/gru')).toBe('gru of elman-plugin-b')
})

test('UNKNOWN_TYPE names the installed plugin that would provide it', async () => {
  const provides = { keywords: ['elman-plugin'], elman: { provides: { cell: ['mingru'] } } }
  project({
    'package.json': { name: 'mine', devDependencies: { 'elman-plugin-mingru': '^1.0.0', zod: '*' } },
    'a.js': withCell('a', 'lstm'),
    ...installed('elman-plugin-mingru', plugin('elman-plugin-mingru'), provides),
    ...installed('elman-plugin-stranger', plugin('elman-plugin-stranger'), provides),
  })
  const container = await loadContainer({ folder, plugins: ['./a.js'] })
  const look = () => container.create(CELL, 'mingru', { path: 'model.cell', file: 'elman.config.ts' })
  expect(look).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: UNKNOWN_TYPE  model.cell: there is no cell "mingru"
      cells: lstm
      elman-plugin-mingru provides it and is installed: add 'elman-plugin-mingru' to plugins
      in elman.config.ts]
  `)
  expect(container.plugins.map(({ name }) => name)).toEqual(['a'])
})

test('available plugins are the direct dependencies with the keyword; hostile manifests count as empty', () => {
  const keywords = ['elman-plugin']
  project({
    'package.json': { dependencies: { good: '1', odd: '1', broken: '1', plain: '1', missing: '1' } },
    ...installed('good', '', { keywords, elman: { provides: { cell: ['gru'] } } }),
    ...installed('odd', '', { keywords, version: 3, elman: { provides: { cell: 'gru' } } }),
    'node_modules/broken/package.json': '{"keywords": [',
    ...installed('plain', ''),
    ...installed('indirect', '', { keywords }),
  })
  expect(availablePlugins(folder)).toEqual([
    { name: 'good', version: '1.0.0', provides: { cell: ['gru'] } },
    { name: 'odd', version: 'unknown', provides: {} },
  ])
})
