/** What a run's numbers depend on besides config and data: versions and machine. */

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Backend } from '../backend/backend.ts'

/** The engine a run used. */
export interface BackendDescription {
  readonly name: string
  readonly version: string
  readonly threads: number
  /** Such as `cpu` or `cuda`. */
  readonly device: string
}

/** What a backend says of itself, for `environment.json`; what it leaves out is one thread of an unknown version on the CPU. */
export function describeBackend(backend: Backend): BackendDescription {
  const { version = 'unknown', threads = 1, device = 'cpu' } = backend.describe()
  return { name: backend.name, version: String(version), threads: Number(threads), device: String(device) }
}

/** Content of `environment.json`. */
export interface Environment {
  /** Version of `@elman/core`. */
  readonly elman: string
  readonly node: string
  readonly platform: string
  readonly arch: string
  /** Model name of the first processor. */
  readonly cpu: string
  /** Processors that this process may use. */
  readonly cores: number
  readonly backend: BackendDescription
  /** Version by package. */
  readonly packages: Readonly<Record<string, string>>
  /** Commit of the repository around the project, where there is one. */
  readonly git?: string
  /** ISO time; wall times of the run's metrics count from it. */
  readonly startedAt: string
}

/**
 * Describes this process and machine.
 *
 * @param backend - The engine the run uses.
 * @param options - `packages`: names whose versions to note (those not installed are left out); `folder`: where the
 * project lies, the working directory unless given; `now`: the start time.
 */
export function describeEnvironment(
  backend: BackendDescription,
  options: { readonly packages?: readonly string[]; readonly folder?: string; readonly now?: Date } = {},
): Environment {
  const { packages = [], folder = process.cwd(), now = new Date() } = options
  const own = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
  const versions = packages.flatMap(name => {
    const version = installedVersion(name, folder) ?? installedVersion(name, own)
    return version === undefined ? [] : [[name, version]]
  })
  const git = gitCommit(folder)
  return {
    elman: packageVersion(own) ?? 'unknown',
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    backend,
    packages: Object.fromEntries(versions) as Record<string, string>,
    ...(git === undefined ? {} : { git }),
    startedAt: now.toISOString(),
  }
}

/** Version of a package as seen from a folder: the nearest `node_modules` upwards that holds it. */
function installedVersion(name: string, folder: string): string | undefined {
  return upwards(folder, ancestor => packageVersion(join(ancestor, 'node_modules', ...name.split('/'))))
}

function packageVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version?: unknown
    }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

/** The commit that `.git` says is checked out, without calling git. */
function gitCommit(folder: string): string | undefined {
  return upwards(folder, ancestor => {
    const head = textOf(join(ancestor, '.git', 'HEAD'))?.trim()
    if (head === undefined) return undefined
    const reference = /^ref: (.+)$/.exec(head)?.[1]
    if (reference === undefined) return head
    const loose = textOf(join(ancestor, '.git', reference))?.trim()
    const packed = textOf(join(ancestor, '.git', 'packed-refs'))?.split('\n')
    return loose ?? packed?.find(line => line.endsWith(` ${reference}`))?.split(' ')[0]
  })
}

function upwards<T>(folder: string, look: (ancestor: string) => T | undefined): T | undefined {
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    const found = look(ancestor)
    if (found !== undefined || dirname(ancestor) === ancestor) return found
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
