/**
 * Where plugins are asked for, in this order: the preset of built-ins, `plugins` in the config, `"elman": {"plugins"}` in
 * the nearest package.json, `--plugin` on the command line. All are explicit; no package is loaded by its keyword.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { displayPath } from './display-path.ts'
import { nearestPackage } from './package-files.ts'
import type { PluginReference } from './plugin.ts'

/** A reference to a plugin, where it stands, and the folder its specifier is resolved from. */
export interface PluginSource {
  /** Not yet checked: it may come from JSON. */
  readonly reference: unknown
  /** Absolute path that its specifier is resolved from. */
  readonly folder: string
  /** For texts: `elman.config.ts:4`, `package.json`, `--plugin`. */
  readonly where: string
}

/** Places to look in. */
export interface DiscoveryOptions {
  /** Plugins that come with the host. */
  readonly preset?: readonly PluginReference[]
  /** Absolute path of the config file, if there is one. */
  readonly configFile?: string
  /** The config's `plugins`. */
  readonly plugins?: unknown
  /** Specifiers from the command line. */
  readonly commandLine?: readonly string[]
  /** The folder for what is not in a file. */
  readonly folder: string
}

/** All references to plugins, in the order they are to be loaded. */
export function discoverPlugins({
  preset = [],
  configFile,
  plugins,
  commandLine = [],
  folder,
}: DiscoveryOptions): PluginSource[] {
  const sources: PluginSource[] = preset.map(reference => ({ reference, folder, where: 'the built-ins' }))
  const home = configFile === undefined ? folder : dirname(configFile)
  const list = plugins === undefined ? [] : Array.isArray(plugins) ? plugins : [plugins]
  sources.push(...fromFile(list, home, configFile))
  const project = nearestPackage(home)
  const listed = project?.manifest.elman?.plugins
  if (project !== undefined && listed !== undefined) {
    sources.push(...fromFile(listed, project.folder, join(project.folder, 'package.json')))
  }
  for (const reference of commandLine) sources.push({ reference, folder, where: `--plugin ${reference}` })
  return sources
}

function fromFile(references: readonly unknown[], folder: string, file: string | undefined): PluginSource[] {
  const text = file === undefined ? '' : readFileSync(file, 'utf8')
  return references.map((reference, index) => {
    if (file === undefined) return { reference, folder, where: `plugins.${index}` }
    const line = lineOf(reference, text)
    return {
      reference,
      folder,
      where: `${displayPath(file)}${line === undefined ? `, plugins.${index}` : `:${line}`}`,
    }
  })
}

/** The line on which a specifier stands in quotes, from 1. */
function lineOf(reference: unknown, text: string): number | undefined {
  const holder = reference as { plugin?: unknown } | null | undefined
  const specifier = Array.isArray(reference) ? reference[0] : (holder?.plugin ?? reference)
  if (typeof specifier !== 'string') return undefined
  const at = ["'", '"', '`'].map(quote => text.indexOf(quote + specifier + quote)).find(index => index >= 0)
  return at === undefined ? undefined : text.slice(0, at).split('\n').length
}
