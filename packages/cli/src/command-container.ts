import { type ElmanContainer, loadContainer } from '@elman/core'
import { typescriptLoader } from './module-loader.ts'
import { builtInPlugins } from './preset.ts'

/** The container of a command without an experiment file: the built-in plugins and those of the command line. */
export async function commandContainer(plugins: readonly string[] = []): Promise<ElmanContainer> {
  return loadContainer({
    preset: await builtInPlugins(),
    commandLine: plugins,
    folder: process.cwd(),
    loader: typescriptLoader(),
  })
}
