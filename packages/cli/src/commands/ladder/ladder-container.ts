/** The container of a ladder's command, and the languages and learners in it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  BACKEND,
  type Backend,
  CELL,
  type ElmanContainer,
  isElmanError,
  LANGUAGE,
  loadConfigFile,
  loadContainer,
} from '@elman/core'
import { type LadderLanguage, type LadderPlugins, type Language, LEARNER, LEVELS } from '@elman/eval'
import { CONFIG_NAMES } from '../../experiment-file.ts'
import { typescriptLoader } from '../../module-loader.ts'
import { builtInPlugins } from '../../preset.ts'

/** Where plugins come from in this call: `--plugin`, and the config of the working directory if it has one. */
export function pluginsOfCall(commandLine: readonly string[] = []): LadderPlugins {
  const folder = process.cwd()
  const configFile = CONFIG_NAMES.map(name => join(folder, name)).find(file => existsSync(file))
  return { commandLine, folder, ...(configFile === undefined ? {} : { configFile }) }
}

/**
 * The built-in plugins and those of a call or a folder of results.
 *
 * @throws PLUGINS_FAILED
 */
export async function ladderContainer(plugins: LadderPlugins): Promise<ElmanContainer> {
  const { commandLine, folder, configFile } = plugins
  const loader = typescriptLoader()
  const preset = await builtInPlugins()
  const base = { preset, loader, folder, commandLine }
  if (configFile === undefined || !existsSync(configFile)) return loadContainer(base)
  const config = await loadConfigFile(configFile, file => loader.import(file))
  return loadContainer({ ...base, configFile, plugins: (config as { plugins?: unknown }).plugins })
}

/** A backend for small networks: one thread, since processes share the cores. */
export async function ladderBackend(container: ElmanContainer, type = 'onnxruntime'): Promise<Backend> {
  const options = type === 'onnxruntime' ? { threads: 1 } : {}
  return (await container.create(BACKEND, { type, ...options }, { path: 'backend' })) as Backend
}

/** All listed languages that need no options, from the weakest level to the strongest. */
export async function registeredLanguages(container: ElmanContainer): Promise<LadderLanguage[]> {
  const found: LadderLanguage[] = []
  for (const { name, descriptor } of container.registry(LANGUAGE).list()) {
    if (descriptor.listed === false) continue
    try {
      const language = (await container.create(LANGUAGE, name)) as Language
      // A kind with options may make, by its defaults, a language that has a name of its own.
      if (found.every(item => item.language.id !== language.id)) found.push({ language, config: name })
    } catch (error) {
      // A kind of languages such as `regex`, which must be told which one.
      if (!isElmanError(error) || !error.code.startsWith('CONFIG_')) throw error
    }
  }
  return found.sort((a, b) => LEVELS.indexOf(a.language.level) - LEVELS.indexOf(b.language.level))
}

/** Names of registered cells and learners. */
export function registeredLearners(container: ElmanContainer): {
  readonly cells: readonly string[]
  readonly learners: readonly string[]
} {
  const namesOf = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name)
  return {
    cells: namesOf(container.registry(CELL).list()),
    learners: namesOf(container.registry(LEARNER).list()),
  }
}
