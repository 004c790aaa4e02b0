/** Imports configs and plugins, TypeScript included, without a second copy of what the host has imported already. */
import { pathToFileURL } from 'node:url'
import { type ModuleLoader, resolveModule } from '@elman/core'
import { createJiti } from 'jiti'

/**
 * A loader that compiles TypeScript. Whatever Node can import itself, it imports itself: only so do a config, a plugin
 * and the host see the same instances of a package.
 */
export function typescriptLoader(): ModuleLoader {
  const jiti = createJiti(import.meta.url, { tryNative: true, moduleCache: true })
  return {
    resolve: (specifier, folder) => resolveModule(specifier, folder),
    import: file => (/\.[cm]?js$/.test(file) ? import(pathToFileURL(file).href) : jiti.import(file)),
  }
}
