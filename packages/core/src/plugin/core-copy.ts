import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A copy of this package on disk. */
export interface CoreCopy {
  /** Its version. */
  readonly version: string
  /** Folder of the package. */
  readonly root: string
}

/** The key under which `definePlugin` notes the copy of core it came from; the same symbol in every copy. */
export const CORE_COPY: unique symbol = Symbol.for('elman.core')

/** The copy that this code belongs to. */
export function thisCore(): CoreCopy {
  const manifest = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return { version, root: realpathSync(fileURLToPath(new URL('.', manifest))) }
}
