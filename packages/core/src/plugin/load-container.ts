/** Loads plugins by reference and makes the container; whatever is wrong with any of them is told at once. */
import { assembleContainer, type ElmanContainer } from '../container/container.ts'
import type { ProviderLookup } from '../container/registry.ts'
import { ElmanError, isElmanError } from '../errors/elman-error.ts'
import { thisCore } from './core-copy.ts'
import { type DiscoveryOptions, discoverPlugins } from './discover-plugins.ts'
import { loadPlugin, referenceName } from './load-plugin.ts'
import { firstLine, type ModuleLoader, nodeLoader } from './module-loader.ts'
import { availablePlugins } from './package-files.ts'
import type { Candidate } from './plugin-order.ts'

/** Where to look for plugins, and how to import them. */
export interface LoadOptions extends DiscoveryOptions {
  /** Finds and imports modules; Node's own way by default. */
  readonly loader?: ModuleLoader
}

/**
 * Finds, imports, checks, orders and registers all plugins asked for.
 *
 * @throws PLUGINS_FAILED with every failure of every plugin in `failures`
 */
export async function loadContainer(options: LoadOptions): Promise<ElmanContainer> {
  const { loader = nodeLoader } = options
  const core = thisCore()
  const candidates: Candidate[] = []
  const failures: ElmanError[] = []
  const failedNames = new Set<string>()
  for (const source of discoverPlugins(options)) {
    try {
      candidates.push(await loadPlugin(source, loader, core))
    } catch (error) {
      failures.push(isElmanError(error) ? error : unexpected(error, source.where))
      const name = referenceName(source.reference)
      if (name !== undefined) failedNames.add(name)
    }
  }
  return assembleContainer(candidates, {
    failures,
    failedNames,
    providers: installedProviders(options.folder),
  })
}

/** Asks the manifests of installed plugins, only when a component is looked for in vain. */
export function installedProviders(folder: string): ProviderLookup {
  return (kind, type) =>
    availablePlugins(folder)
      .filter(({ provides }) => Object.hasOwn(provides, kind) && provides[kind]!.includes(type))
      .map(({ name }) => name)
}

function unexpected(cause: unknown, where: string): ElmanError {
  return new ElmanError('PLUGIN_IMPORT_FAILED', {
    message: `a plugin could not be loaded: ${firstLine(cause)}`,
    where,
    cause,
  })
}
