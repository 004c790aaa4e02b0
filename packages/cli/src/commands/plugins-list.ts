import { availablePlugins } from '@elman/core'
import { commandContainer } from '../command-container.ts'
import { CONFIG_NAMES, loadExperiment } from '../experiment-file.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman plugins list`. */
export interface PluginsOptions {
  /** Show installed packages that could be enabled, instead of what is loaded. */
  readonly available?: boolean
  readonly plugin?: readonly string[]
  /** Config whose plugins to load as well. */
  readonly config?: string
}

/** Lists what the loaded plugins register, or which installed packages could be plugins. */
export async function pluginsList(options: PluginsOptions, terminal: Terminal): Promise<void> {
  if (options.available) return listAvailable(terminal)
  const { container } = await loadExperimentOrBuiltIns(options)
  const components = container.kinds.flatMap(kind =>
    container
      .registryOf(kind)
      .list()
      .map(({ name, descriptor, owner }) => ({
        kind,
        name,
        summary: descriptor.summary,
        plugin: owner.name,
        version: owner.version,
      })),
  )
  const plugins = container.plugins.map(({ name, version }) => ({ name, version }))
  const rows = components.map(({ kind, name, summary, plugin }) => [kind, name, plugin, summary])
  terminal.result(
    { plugins, components },
    table([...plugins.map(({ name, version }) => ['plugin', name, version, '']), ...rows]),
  )
}

async function loadExperimentOrBuiltIns({ config, plugin = [] }: PluginsOptions) {
  const { existsSync } = await import('node:fs')
  if (config !== undefined || CONFIG_NAMES.some(name => existsSync(name))) {
    return loadExperiment(config, { plugins: plugin })
  }
  return { container: await commandContainer(plugin) }
}

function listAvailable(terminal: Terminal): void {
  const found = availablePlugins(process.cwd())
  const text =
    found.length === 0
      ? 'no dependency of this project has the keyword "elman-plugin"'
      : `${table(
          found.map(({ name, version, provides }) => [
            name,
            version,
            Object.entries(provides)
              .map(([kind, types]) => `${kind}: ${types.join(', ')}`)
              .join('; '),
          ]),
        )}\n\nenable one in elman.config.ts: plugins: ['${found[0]!.name}']`
  terminal.result(found, text)
}
