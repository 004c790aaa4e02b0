/** Finds an experiment's file, reads it, and loads the plugins it asks for. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { applyOverrides, type ElmanContainer, ElmanError, loadConfigFile, loadContainer } from '@elman/core'
import { typescriptLoader } from './module-loader.ts'
import { builtInPlugins } from './preset.ts'

/** Names that are looked for when no file is given, in this order. */
export const CONFIG_NAMES: readonly string[] = [
  'elman.config.ts',
  'elman.config.js',
  'elman.config.mjs',
  'elman.config.json',
]

/** An experiment as it stands in its file, and what knows how to read it. */
export interface LoadedExperiment {
  /** Absolute path of the file. */
  readonly file: string
  /** Folder that relative paths in it start from. */
  readonly folder: string
  /** The config with overrides applied, without `plugins`. */
  readonly config: Readonly<Record<string, unknown>>
  readonly container: ElmanContainer
}

/**
 * The absolute path of a config file.
 *
 * @param given a file, or a folder that holds one of {@link CONFIG_NAMES}; the working directory unless given
 * @throws CONFIG_NOT_FOUND
 */
export function findConfig(given: string | undefined, directory: string): string {
  const path = resolve(directory, given ?? '.')
  const candidates =
    given === undefined || !/\.\w+$/.test(path) ? CONFIG_NAMES.map(name => join(path, name)) : [path]
  const found = candidates.find(candidate => existsSync(candidate))
  if (found !== undefined) return found
  throw new ElmanError('CONFIG_NOT_FOUND', {
    message: given === undefined ? 'there is no config in this folder' : `there is no config at ${given}`,
    expected: candidates.length > 1 ? `one of ${CONFIG_NAMES.join(', ')}` : 'a file',
    hint: 'give the path of a config file, or make one with elman init',
  })
}

/**
 * Reads a config and loads its plugins.
 *
 * @param overrides `path=value`, as of `--set`
 * @param plugins specifiers, as of `--plugin`
 */
export async function loadExperiment(
  given: string | undefined,
  { overrides = [], plugins = [], directory = process.cwd() }: ExperimentOptions = {},
): Promise<LoadedExperiment> {
  const file = findConfig(given, directory)
  const loader = typescriptLoader()
  const value = await loadConfigFile(file, path => loader.import(path))
  const { plugins: wanted, ...config } = applyOverrides(value as Readonly<Record<string, unknown>>, overrides)
  const container = await loadContainer({
    preset: await builtInPlugins(),
    configFile: file,
    plugins: wanted,
    commandLine: plugins,
    folder: directory,
    loader,
  })
  return { file, folder: dirname(file), config, container }
}

/** What the command line adds to a config. */
export interface ExperimentOptions {
  readonly overrides?: readonly string[]
  readonly plugins?: readonly string[]
  /** Where to look, and where `--plugin` paths start; the working directory unless given. */
  readonly directory?: string
}
