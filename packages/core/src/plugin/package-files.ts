/** What the folders `node_modules` hold: packages, their manifests, and which of them are plugins. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { CoreCopy } from './core-copy.ts'

const names = z.record(z.string(), z.string())

/** The fields of a package.json that elman reads; whatever else or wrongly typed is there counts as absent. */
const manifestShape = z.looseObject({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
  main: z.string().optional().catch(undefined),
  exports: z.unknown().optional(),
  keywords: z.array(z.string()).optional().catch(undefined),
  dependencies: names.optional().catch(undefined),
  devDependencies: names.optional().catch(undefined),
  optionalDependencies: names.optional().catch(undefined),
  peerDependencies: names.optional().catch(undefined),
  peerDependenciesMeta: z
    .record(z.string(), z.looseObject({ optional: z.boolean().optional() }))
    .optional()
    .catch(undefined),
  elman: z
    .looseObject({
      plugins: z.array(z.unknown()).optional().catch(undefined),
      provides: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** A package.json, as far as elman reads it. `elman.provides` lists component types by kind. */
export type PackageManifest = z.output<typeof manifestShape>

/** A package's manifest and the folder it lies in. */
export interface PackageFolder {
  readonly folder: string
  readonly manifest: PackageManifest
}

/** Reads the package.json of a folder; undefined when there is none or it is not a JSON object. */
export function readManifest(folder: string): PackageManifest | undefined {
  try {
    const read = manifestShape.safeParse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

/** A folder and all folders around it, innermost first. */
export function foldersAround(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersAround(parent)]
}

/** The package that a folder belongs to: the nearest one around it with a package.json. */
export function nearestPackage(folder: string): PackageFolder | undefined {
  for (const around of foldersAround(folder)) {
    const manifest = readManifest(around)
    if (manifest !== undefined) return { folder: around, manifest }
  }
  return undefined
}

/** The installed package that an import from `folder` would find, links followed. */
export function findPackage(name: string, folder: string): PackageFolder | undefined {
  for (const around of foldersAround(folder)) {
    const installed = join(around, 'node_modules', name)
    const manifest = readManifest(installed)
    if (manifest !== undefined) return { folder: realpathSync(installed), manifest }
  }
  return undefined
}

/** The copy of core that an import from `folder` would find. */
export function reachableCore(folder: string): CoreCopy | undefined {
  const found = findPackage('@elman/core', folder)
  return found && { version: found.manifest.version ?? 'unknown', root: found.folder }
}

/** Names of the packages in the `node_modules` around a folder that are called `elman-plugin-*`, in any scope. */
export function installedPluginNames(folder: string): string[] {
  const found = new Set<string>()
  for (const around of foldersAround(folder)) {
    const modules = join(around, 'node_modules')
    for (const entry of entriesOf(modules)) {
      const inside = entry.startsWith('@')
        ? entriesOf(join(modules, entry)).map(name => `${entry}/${name}`)
        : [entry]
      for (const name of inside) if (/(^|\/)elman-plugin-/.test(name)) found.add(name)
    }
  }
  return [...found].sort()
}

/** A package that could be a plugin of this project, by its keyword `elman-plugin`. */
export interface AvailablePlugin {
  /** The package's name. */
  readonly name: string
  /** The installed version. */
  readonly version: string
  /** What its manifest says it registers: types by kind. */
  readonly provides: Readonly<Record<string, readonly string[]>>
}

/**
 * The direct dependencies of the project around a folder that have the keyword `elman-plugin`. They are only shown,
 * with how to enable them; none is ever loaded because of its keyword.
 */
export function availablePlugins(folder: string): AvailablePlugin[] {
  const project = nearestPackage(folder)
  if (project === undefined) return []
  const { dependencies, devDependencies, optionalDependencies } = project.manifest
  const direct = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).sort()
  return direct.flatMap(name => {
    const manifest = findPackage(name, project.folder)?.manifest
    if (!manifest?.keywords?.includes('elman-plugin')) return []
    return [{ name, version: manifest.version ?? 'unknown', provides: manifest.elman?.provides ?? {} }]
  })
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
