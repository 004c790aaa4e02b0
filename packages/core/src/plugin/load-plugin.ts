/** From one reference to a checked plugin: resolve, import, default export, shape, name, range, copy of core. */
import { dirname } from 'node:path'
import semver from 'semver'
import { checkCandidate } from '../container/container.ts'
import { didYouMean } from '../errors/did-you-mean.ts'
import { ElmanError } from '../errors/elman-error.ts'
import { type CoreCopy, thisCore } from './core-copy.ts'
import type { PluginSource } from './discover-plugins.ts'
import { displayPath } from './display-path.ts'
import { defaultExport, firstLine, isPath, type ModuleLoader, packageNameOf } from './module-loader.ts'
import { findPackage, installedPluginNames, nearestPackage, reachableCore } from './package-files.ts'
import type { Plugin, PluginFactory } from './plugin.ts'
import type { Candidate } from './plugin-order.ts'

interface Reference {
  /** A specifier, a plugin object or a factory. */
  readonly target: unknown
  /** Undefined when none were given. */
  readonly options: unknown
  readonly as?: string
}

/**
 * Loads the plugin of one reference.
 *
 * @throws PLUGIN_NOT_FOUND, PLUGIN_IMPORT_FAILED, PLUGIN_PEER_MISMATCH, PLUGIN_NO_DEFAULT_EXPORT, PLUGIN_INVALID,
 *   PLUGIN_VERSION_MISMATCH, PLUGIN_DUPLICATE_CORE
 */
export async function loadPlugin(
  source: PluginSource,
  loader: ModuleLoader,
  core: CoreCopy = thisCore(),
): Promise<Candidate> {
  const { target, options, as } = splitReference(source)
  const alias = as === undefined ? {} : { as }
  if (typeof target !== 'string') {
    const plugin = await applyOptions(target, options, 'a plugin', source.where)
    return checkCandidate({ plugin: plugin as Plugin, where: source.where, ...alias }, 'a plugin', core)
  }
  const label = `"${target}"`
  const file = resolveTarget(target, source, loader)
  const module = await importTarget(target, file, source, loader)
  const { value, names } = defaultExport(module)
  if (value === undefined) throw noDefaultExport(label, names, source.where)
  const plugin = await applyOptions(value, options, label, source.where)
  const candidate = { plugin: plugin as Plugin, where: source.where, ...alias }
  const name = isPath(target) ? undefined : nearestPackage(dirname(file))?.manifest.name
  checkName(plugin, name, label, source.where)
  return checkCandidate(candidate, label, core, reachableCore(dirname(file)))
}

/** What to call a reference when its plugin never came to be: the package's name, or the object's own. */
export function referenceName(reference: unknown): string | undefined {
  if (typeof reference === 'string') return isPath(reference) ? undefined : packageNameOf(reference)
  if (Array.isArray(reference)) return referenceName(reference[0])
  const { plugin, name } = (reference ?? {}) as { plugin?: unknown; name?: unknown }
  return plugin === undefined ? (typeof name === 'string' ? name : undefined) : referenceName(plugin)
}

function splitReference({ reference, where }: PluginSource): Reference {
  if (typeof reference === 'string' || typeof reference === 'function')
    return { target: reference, options: undefined }
  if (Array.isArray(reference) && (reference.length === 1 || reference.length === 2)) {
    return { target: reference[0], options: reference[1] }
  }
  if (typeof reference === 'object' && reference !== null && !Array.isArray(reference)) {
    if (!('plugin' in reference)) return { target: reference, options: undefined }
    const { plugin, options, as, ...others } = reference as Record<string, unknown>
    const wrong = Object.keys(others)[0]
    if (wrong === undefined && (as === undefined || (typeof as === 'string' && /^[\w.-]+$/.test(as)))) {
      return { target: plugin, options, ...(as === undefined ? {} : { as: as as string }) }
    }
  }
  throw new ElmanError('PLUGIN_INVALID', {
    message: 'this is not a reference to a plugin',
    expected: "a plugin, 'specifier', ['specifier', options] or { plugin, options, as: 'name' }",
    found: JSON.stringify(reference) ?? typeof reference,
    where,
  })
}

function resolveTarget(specifier: string, { folder, where }: PluginSource, loader: ModuleLoader): string {
  let reason: string | undefined
  let cause: unknown
  try {
    const file = loader.resolve(specifier, folder)
    if (file !== undefined) return file
  } catch (error) {
    reason = firstLine(error)
    cause = error
  }
  throw notFound(specifier, folder, where, reason, cause)
}

function notFound(
  specifier: string,
  folder: string,
  where: string,
  reason?: string,
  cause?: unknown,
): ElmanError {
  const hint: string[] = []
  if (!isPath(specifier)) {
    const nearest = didYouMean(packageNameOf(specifier), installedPluginNames(folder))
    if (nearest !== undefined && nearest !== packageNameOf(specifier)) hint.push(`did you mean ${nearest}?`)
    hint.push(
      reason === undefined ? `pnpm add -D ${packageNameOf(specifier)}` : 'reinstall it, or ask its author',
    )
  } else hint.push('a path is taken from the folder of the file it stands in')
  return new ElmanError('PLUGIN_NOT_FOUND', {
    message: `plugin "${specifier}" was not found from ${displayPath(folder)}`,
    ...(reason === undefined ? {} : { found: reason }),
    where,
    hint,
    cause,
  })
}

async function importTarget(specifier: string, file: string, source: PluginSource, loader: ModuleLoader) {
  try {
    return await loader.import(file)
  } catch (cause) {
    const message = firstLine(cause)
    const unmet = unmetPeers(file)
    const about = `plugin "${specifier}" could not be imported`
    const { where } = source
    if (unmet.length > 0) {
      const hint = [...unmet, 'install the versions it wants, or a version of it that fits yours']
      throw new ElmanError('PLUGIN_PEER_MISMATCH', {
        message: `${about}, and packages it works with do not fit`,
        found: message,
        where,
        hint,
        cause,
      })
    }
    const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1]
    const hint =
      missing === undefined
        ? 'run with --verbose for the stack'
        : isPath(missing)
          ? 'one of its own files is missing: was the package built?'
          : `"${packageNameOf(missing)}", which it imports, is not installed: its author should list it as a dependency`
    throw new ElmanError('PLUGIN_IMPORT_FAILED', { message: `${about}: ${message}`, where, hint, cause })
  }
}

/** Peers of the package around a file that are absent or of another version, one line each. */
function unmetPeers(file: string): string[] {
  const owner = nearestPackage(dirname(file))
  if (owner === undefined) return []
  const { peerDependencies = {}, peerDependenciesMeta = {} } = owner.manifest
  return Object.entries(peerDependencies).flatMap(([name, range]) => {
    const installed = findPackage(name, owner.folder)?.manifest.version
    if (installed === undefined) {
      return peerDependenciesMeta[name]?.optional ? [] : [`${name}: wants ${range}, not installed`]
    }
    if (semver.satisfies(installed, range, { includePrerelease: true }) || range.startsWith('workspace:'))
      return []
    return [`${name}: wants ${range}, installed ${installed}`]
  })
}

async function applyOptions(
  value: unknown,
  options: unknown,
  label: string,
  where: string,
): Promise<unknown> {
  if (typeof value !== 'function') {
    if (options === undefined) return value
    throw new ElmanError('PLUGIN_INVALID', {
      message: `${label} takes no options`,
      expected: 'a default export options => plugin, when options are given',
      where,
      hint: 'give its name alone',
    })
  }
  try {
    return await (value as PluginFactory)(options ?? {})
  } catch (cause) {
    const message = `${label} refused its options: ${firstLine(cause)}`
    throw new ElmanError('PLUGIN_INVALID', { message, where, cause })
  }
}

function noDefaultExport(label: string, names: readonly string[], where: string): ElmanError {
  return new ElmanError('PLUGIN_NO_DEFAULT_EXPORT', {
    message: `${label} has no default export`,
    expected: 'export default definePlugin({ ... })',
    found: names.length === 0 ? 'no exports' : `exports named ${names.join(', ')}`,
    where,
  })
}

/** A package's plugin has the package's name, so that texts and `requires` mean one thing. */
function checkName(plugin: unknown, packageName: string | undefined, label: string, where: string): void {
  const name = (plugin as Partial<Plugin> | null | undefined)?.name
  if (packageName === undefined || typeof name !== 'string' || name === packageName) return
  throw new ElmanError('PLUGIN_INVALID', {
    message: `the plugin of ${label} calls itself "${name}"`,
    expected: `"${packageName}", as in its package.json`,
    where,
  })
}
