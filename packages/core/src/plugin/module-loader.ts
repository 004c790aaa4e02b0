/**
 * Finds and imports modules by specifier from a given folder.
 *
 * The default resolves as Node resolves an `import`, because `require.resolve` refuses packages whose `exports` have
 * only an `import` condition, and `import.meta.resolve` takes no folder. The command line brings a loader that compiles
 * TypeScript in its place.
 */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findPackage } from './package-files.ts'

/** How plugins are found and imported. */
export interface ModuleLoader {
  /**
   * The absolute path of the file that a specifier means in a folder; undefined when there is no such package or file.
   *
   * @throws when the package is there but offers nothing to import under this name
   */
  resolve(specifier: string, folder: string): string | undefined
  /** The namespace of the module in a file. */
  import(file: string): Promise<unknown>
}

/** Resolves and imports as Node does, without TypeScript. */
export const nodeLoader: ModuleLoader = {
  resolve: (specifier, folder) => resolveModule(specifier, folder),
  import: file => import(pathToFileURL(file).href),
}

/** Whether a specifier is a path, not the name of a package. */
export function isPath(specifier: string): boolean {
  return /^\.{0,2}[\\/]|^\.{1,2}$/.test(specifier) || isAbsolute(specifier) || specifier.startsWith('file:')
}

/** The package that a bare specifier starts with: `@a/b/c` gives `@a/b`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/**
 * The file that `import specifier` would load from a folder.
 *
 * @param conditions conditions of `exports` that hold, besides `default`; those given to node by `--conditions` by default
 */
export function resolveModule(
  specifier: string,
  folder: string,
  conditions: readonly string[] = [...conditionsOfProcess(), 'node', 'import'],
): string | undefined {
  if (isPath(specifier)) {
    const file = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolve(folder, specifier)
    return isFile(file) ? realpathSync(file) : undefined
  }
  const name = packageNameOf(specifier)
  const found = findPackage(name, folder)
  if (found === undefined) return undefined
  const subpath = `.${specifier.slice(name.length)}`
  const { exports, main } = found.manifest
  const target =
    exports === undefined || exports === null
      ? mainFile(found.folder, subpath === '.' ? (main ?? 'index.js') : subpath)
      : exportTarget(exports, subpath, conditions)
  if (target === undefined) {
    throw new Error(`the package in ${found.folder} exports nothing to import as "${subpath}"`)
  }
  const file = resolve(found.folder, target)
  if (!file.startsWith(found.folder + sep))
    throw new Error(`${found.folder} exports a file outside itself: ${target}`)
  if (!isFile(file))
    throw new Error(`its file ${target} is missing in ${found.folder}: was the package built?`)
  return realpathSync(file)
}

/** The target of a subpath in an `exports` field: exact keys first, then patterns with `*`, longest first. */
export function exportTarget(
  exports: unknown,
  subpath: string,
  conditions: readonly string[],
): string | undefined {
  const isMap = isObject(exports) && Object.keys(exports).some(key => key.startsWith('.'))
  const map: Readonly<Record<string, unknown>> = isMap ? exports : { '.': exports }
  if (Object.hasOwn(map, subpath)) return pickCondition(map[subpath], conditions)
  const patterns = Object.keys(map).filter(key => key.includes('*'))
  for (const key of patterns.sort((a, b) => b.indexOf('*') - a.indexOf('*'))) {
    const [start = '', end = ''] = key.split('*')
    if (!subpath.startsWith(start) || !subpath.endsWith(end) || subpath.length < key.length) continue
    const middle = subpath.slice(start.length, subpath.length - end.length)
    return pickCondition(map[key], conditions)?.replaceAll('*', () => middle)
  }
  return undefined
}

function pickCondition(target: unknown, conditions: readonly string[]): string | undefined {
  if (typeof target === 'string') return target
  if (Array.isArray(target))
    return target.map(item => pickCondition(item, conditions)).find(item => item !== undefined)
  if (!isObject(target)) return undefined
  for (const [condition, inner] of Object.entries(target)) {
    if (condition !== 'default' && !conditions.includes(condition)) continue
    const picked = pickCondition(inner, conditions)
    if (picked !== undefined) return picked
  }
  return undefined
}

/** A file named as `main` may name it: with or without extension, or a folder with an index. */
function mainFile(folder: string, name: string): string {
  return (
    [name, `${name}.js`, join(name, 'index.js')].find(candidate => isFile(resolve(folder, candidate))) ?? name
  )
}

function conditionsOfProcess(): string[] {
  return process.execArgv.flatMap((argument, index, all) => {
    if (argument.startsWith('--conditions=')) return [argument.slice('--conditions='.length)]
    const next = all[index + 1]
    return (argument === '--conditions' || argument === '-C') && next !== undefined ? [next] : []
  })
}

/**
 * The default export of a module, and the names of its other exports.
 *
 * A CommonJS module compiled from TypeScript arrives with its exports as the default: it is unwrapped once.
 */
export function defaultExport(module: unknown): { value: unknown; names: readonly string[] } {
  if (!isObject(module)) return { value: undefined, names: [] }
  const outer = module.default
  const compiled = isObject(outer) && outer.__esModule === true
  const names = Object.keys(compiled ? outer : module).filter(
    name => name !== 'default' && name !== 'module.exports',
  )
  return { value: compiled ? outer.default : outer, names: names.filter(name => name !== '__esModule') }
}

/** The first line of what was thrown. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
