/** Checks on a plugin object that need nothing but the object: its shape, its version of it, its range of core. */
import semver from 'semver'
import { z } from 'zod'
import { ElmanError } from '../errors/elman-error.ts'
import { CORE_COPY, type CoreCopy } from './core-copy.ts'
import { PLUGIN_API_VERSION, type Plugin } from './plugin.ts'

const shape = z
  .strictObject({
    $$type: z.literal('elman.plugin').optional(),
    name: z.string().min(1),
    version: z.string().refine(text => semver.valid(text) !== null, 'expected a version such as 1.2.3'),
    apiVersion: z.literal(PLUGIN_API_VERSION),
    elman: z.string().refine(text => semver.validRange(text) !== null, 'expected a range such as ^0.4.0'),
    requires: z.array(z.string()).optional(),
    register: z.custom(value => typeof value === 'function', 'expected a function').optional(),
    module: z
      .custom(
        value => typeof (value as { load?: unknown } | null)?.load === 'function',
        'expected a ContainerModule',
      )
      .optional(),
  })
  .refine(
    plugin => plugin.register !== undefined || plugin.module !== undefined,
    'needs register(api) or module',
  )

/**
 * The value as a plugin.
 *
 * @param label how to call it in texts: its specifier, or its place in the config
 * @throws PLUGIN_INVALID with one line for each field that is wrong
 */
export function checkPluginShape(value: unknown, label: string, where?: string): Plugin {
  const place = where === undefined ? {} : { where }
  if (typeof value !== 'object' || value === null) {
    const found = value === null ? 'null' : typeof value
    const expected = 'an object made by definePlugin, or a function that returns one'
    throw new ElmanError('PLUGIN_INVALID', { message: `${label} is not a plugin`, expected, found, ...place })
  }
  const apiVersion = (value as { apiVersion?: unknown }).apiVersion
  if (typeof apiVersion === 'number' && apiVersion !== PLUGIN_API_VERSION) {
    throw new ElmanError('PLUGIN_INVALID', {
      message: `${label} has apiVersion ${apiVersion}, this elman knows ${PLUGIN_API_VERSION}`,
      ...place,
      hint: apiVersion > PLUGIN_API_VERSION ? 'update @elman/core' : `update ${label}`,
    })
  }
  const checked = shape.safeParse(value)
  if (checked.success) return value as Plugin
  const hint = checked.error.issues.map(issue => `${issue.path.join('.') || 'plugin'}: ${issue.message}`)
  throw new ElmanError('PLUGIN_INVALID', { message: `${label} is not a valid plugin`, ...place, hint })
}

/**
 * Refuses a plugin made for other versions of core. Pre-releases of a version count as that version.
 *
 * @throws PLUGIN_VERSION_MISMATCH with the package to move
 */
export function checkCoreRange(plugin: Plugin, core: CoreCopy, where?: string): void {
  if (semver.satisfies(core.version, plugin.elman, { includePrerelease: true })) return
  const coreIsOld = semver.ltr(core.version, plugin.elman, { includePrerelease: true })
  throw new ElmanError('PLUGIN_VERSION_MISMATCH', {
    message: `${plugin.name}@${plugin.version} does not fit this @elman/core`,
    expected: `@elman/core ${plugin.elman}`,
    found: core.version,
    ...(where === undefined ? {} : { where }),
    hint: coreIsOld
      ? `update @elman/core: pnpm add @elman/core@"${plugin.elman}"`
      : `update ${plugin.name} to a version made for @elman/core ${core.version}: pnpm update ${plugin.name}`,
  })
}

/**
 * Refuses a plugin that works on another copy of core than the one that loads it.
 *
 * @param reachable the copy that imports from the plugin's file would find, when known
 * @throws PLUGIN_DUPLICATE_CORE with both paths
 */
export function checkSameCore(plugin: Plugin, core: CoreCopy, reachable?: CoreCopy, where?: string): void {
  const other = [plugin[CORE_COPY], reachable].find(copy => copy !== undefined && copy.root !== core.root)
  if (other === undefined) return
  throw new ElmanError('PLUGIN_DUPLICATE_CORE', {
    message: `${plugin.name}@${plugin.version} uses a second copy of @elman/core`,
    expected: `${core.version} in ${core.root}`,
    found: `${other.version} in ${other.root}`,
    ...(where === undefined ? {} : { where }),
    hint: [
      'run pnpm why @elman/core to see who brings it',
      'a plugin has @elman/core as a peer, not as a dependency',
    ],
  })
}
