/**
 * `plugins.json` of a run: where its plugins came from, so that resuming, evaluating and exporting find them again.
 * Plugins are code and cannot be stored; the config file that names them is.
 */
import { existsSync } from 'node:fs'
import { type ElmanContainer, loadConfigFile, loadContainer, readRunJson, writeRunJson } from '@elman/core'
import { z } from 'zod'
import { typescriptLoader } from './module-loader.ts'
import { builtInPlugins } from './preset.ts'

const runPlugins = z.object({
  /** Absolute path. */
  configFile: z.string(),
  /** Specifiers of `--plugin`. */
  commandLine: z.array(z.string()),
  /** Where those start from. */
  folder: z.string(),
})

/** Where the plugins of a run came from. */
export type RunPlugins = z.output<typeof runPlugins>

const FILE = 'plugins.json'

/** Notes in a run where its plugins came from. */
export async function writeRunPlugins(run: { readonly path: string }, plugins: RunPlugins): Promise<void> {
  await writeRunJson(run, FILE, plugins)
}

/**
 * The container of a run: the built-ins, the plugins it was made with as far as their config file is still there, and
 * those of the command line.
 *
 * @throws PLUGINS_FAILED
 */
export async function loadRunContainer(
  path: string,
  commandLine: readonly string[] = [],
): Promise<ElmanContainer> {
  const read = runPlugins.safeParse(await readRunJson({ path }, FILE))
  const loader = typescriptLoader()
  const preset = await builtInPlugins()
  const here = { preset, loader, folder: process.cwd() }
  if (!read.success || !existsSync(read.data.configFile)) return loadContainer({ ...here, commandLine })
  const { configFile, folder, commandLine: earlier } = read.data
  const config = await loadConfigFile(configFile, file => loader.import(file))
  const { plugins } = config as { readonly plugins?: unknown }
  // Paths of --plugin start where the command was called; those of this call win over nothing and are added.
  const specifiers = [...new Set([...earlier, ...commandLine])]
  return loadContainer({ ...here, configFile, plugins, commandLine: specifiers, folder })
}
