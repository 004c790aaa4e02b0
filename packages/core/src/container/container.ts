/**
 * The container of one command: services and extension points, filled by plugins and by nothing else.
 *
 * It holds tens of entries, never tensors or the layers of a model. Containers share nothing; a run gets a child that
 * sees its parent's services and may override them.
 */
import { Container } from 'inversify'
import { resolveComponent } from '../config/resolve-component.ts'
import { CollectedError } from '../errors/collected-error.ts'
import { ElmanError, isElmanError } from '../errors/elman-error.ts'
import { counted } from '../errors/suggestion.ts'
import { type CoreCopy, thisCore } from '../plugin/core-copy.ts'
import type { Plugin } from '../plugin/plugin.ts'
import { type Candidate, orderPlugins } from '../plugin/plugin-order.ts'
import { checkCoreRange, checkPluginShape, checkSameCore } from '../plugin/plugin-shape.ts'
import { type BoundComponent, registerPlugin } from '../plugin/register-plugin.ts'
import { checkDescriptor } from './check-descriptor.ts'
import type { Descriptor } from './descriptor.ts'
import type { ExtensionPoint } from './extension-point.ts'
import { createRegistry, type ProviderLookup, type Registration, type Registry } from './registry.ts'
import type { Services } from './services.ts'
import type { Token } from './token.ts'

/** Services and components of one command or run. */
export interface ElmanContainer extends Services {
  /** The plugins in the order they registered. */
  readonly plugins: readonly Plugin[]
  /** The kinds that have components, sorted: every extension point in use, those of plugins included. */
  readonly kinds: readonly string[]
  /** The components of an extension point by its kind, for resolving a whole config. */
  registryOf(kind: string): Registry
  /** The container underneath, for binding services of this command or run. */
  readonly inversify: Container
  /** A container for one run: sees everything here, and what is bound in it is seen by nobody else. */
  child(): ElmanContainer
}

/** Facts that the loader of plugins knows and a plain `createContainer` does not. */
export interface AssembleOptions {
  /** Failures found before; thrown together with those found here. */
  readonly failures?: readonly ElmanError[]
  /** Names of the plugins that those failures are of. */
  readonly failedNames?: ReadonlySet<string>
  /** Installed packages that would provide a component. */
  readonly providers?: ProviderLookup
}

/**
 * A container with these plugins, given as objects.
 *
 * @param plugins in any order; each registers after those it requires
 * @throws PLUGINS_FAILED (a {@link CollectedError}) with every failure of every plugin
 */
export function createContainer(plugins: readonly Plugin[]): ElmanContainer {
  const core = thisCore()
  const failures: ElmanError[] = []
  const failedNames = new Set<string>()
  const candidates: Candidate[] = []
  for (const [index, plugin] of plugins.entries()) {
    try {
      candidates.push(checkCandidate({ plugin }, `plugin ${index}`, core))
    } catch (error) {
      failures.push(asElmanError(error))
      if (typeof plugin?.name === 'string') failedNames.add(plugin.name)
    }
  }
  return assembleContainer(candidates, { failures, failedNames })
}

/** The checks that concern one plugin object alone. */
export function checkCandidate(
  candidate: Candidate,
  label: string,
  core: CoreCopy,
  reachable?: CoreCopy,
): Candidate {
  const { where } = candidate
  const named = (candidate.plugin as Partial<Plugin> | null | undefined)?.name
  const plugin = checkPluginShape(candidate.plugin, typeof named === 'string' ? `"${named}"` : label, where)
  checkCoreRange(plugin, core, where)
  checkSameCore(plugin, core, reachable, where)
  return candidate
}

/**
 * Orders and registers plugins that passed their own checks, and builds the registries.
 *
 * @throws PLUGINS_FAILED
 */
export function assembleContainer(
  candidates: readonly Candidate[],
  { failures: earlier = [], failedNames = new Set(), providers }: AssembleOptions,
): ElmanContainer {
  const failures = [...earlier]
  const inversify = new Container({ defaultScope: 'Singleton', jitless: true })
  const failed = new Set(failedNames)
  const distinct = withoutRepeats(candidates, failures)
  const plugins: Plugin[] = []
  const bound: BoundComponent[] = []
  for (const candidate of orderPlugins(distinct, failed, failures)) {
    if (candidate.plugin.requires?.some(name => failed.has(name))) {
      failed.add(candidate.plugin.name)
      continue
    }
    try {
      bound.push(...registerPlugin(inversify, candidate))
      plugins.push(candidate.plugin)
    } catch (error) {
      failures.push(asElmanError(error))
      failed.add(candidate.plugin.name)
    }
  }
  const registries = buildRegistries(inversify, bound, failures, providers)
  if (failures.length > 0) {
    throw new CollectedError(
      'PLUGINS_FAILED',
      `${counted(failures.length, 'problem')} with plugins`,
      failures,
    )
  }
  const registryOf = (kind: string) => registries.get(kind) ?? createRegistry(kind, [], [], providers)
  return containerOf(inversify, plugins, [...registries.keys()].sort(), registryOf)
}

/** Drops an object that is given twice; two different plugins of one name are a failure. */
function withoutRepeats(candidates: readonly Candidate[], failures: ElmanError[]): Candidate[] {
  const byName = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const { name, version } = candidate.plugin
    const earlier = byName.get(name)
    if (earlier === undefined) byName.set(name, candidate)
    else if (earlier.plugin !== candidate.plugin) {
      failures.push(
        new ElmanError('PLUGIN_GIVEN_TWICE', {
          message: `two plugins are called "${name}": ${earlier.plugin.version} and ${version}`,
          where:
            [earlier.where, candidate.where].filter(where => where !== undefined).join(' and ') || 'plugins',
          hint: 'keep one of them; with options, list it once with all of them',
        }),
      )
    }
  }
  return [...byName.values()]
}

function buildRegistries(
  inversify: Container,
  bound: readonly BoundComponent[],
  failures: ElmanError[],
  providers: ProviderLookup | undefined,
): Map<string, Registry> {
  const byKind = new Map<string, Registration[]>()
  for (const { token, kind, owner } of bound) {
    try {
      const descriptor = checkDescriptor(inversify.get(token), kind, owner)
      byKind.set(kind, [...(byKind.get(kind) ?? []), { descriptor, owner }])
    } catch (error) {
      failures.push(asElmanError(error, `a ${kind} of ${owner.name}@${owner.version} could not be made`))
    }
  }
  const registries = new Map<string, Registry>()
  for (const [kind, registrations] of byKind) {
    registries.set(kind, createRegistry(kind, registrations, failures, providers))
  }
  return registries
}

function containerOf(
  inversify: Container,
  plugins: readonly Plugin[],
  kinds: readonly string[],
  registryOf: (kind: string) => Registry,
): ElmanContainer {
  const registry = <D extends Descriptor>(point: ExtensionPoint<D>) => registryOf(point.kind) as Registry<D>
  const container: ElmanContainer = {
    plugins,
    kinds,
    registryOf,
    inversify,
    registry,
    has: token => inversify.isBound(token),
    get: token => getService(inversify, token),
    create(point, reference, location = {}) {
      const { descriptor, config } = resolveComponent(registry(point), reference, {
        ...location,
        registryOf,
      })
      return descriptor.create(config, container) as ReturnType<typeof descriptor.create> as never
    },
    child: () =>
      containerOf(
        new Container({ parent: inversify, defaultScope: 'Singleton', jitless: true }),
        plugins,
        kinds,
        registryOf,
      ),
  }
  return container
}

function getService<T>(inversify: Container, token: Token<T>): T {
  if (inversify.isBound(token)) return inversify.get(token)
  const name = typeof token === 'function' ? token.name : String(token).replace(/^Symbol\((.*)\)$/, '$1')
  throw new ElmanError('SERVICE_NOT_BOUND', {
    message: `nothing provides the service "${name}"`,
    hint: 'a plugin that provides it is missing, or it exists only within a run',
  })
}

function asElmanError(error: unknown, message = 'a plugin could not be loaded'): ElmanError {
  if (isElmanError(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  return new ElmanError('PLUGIN_REGISTER_FAILED', {
    message: `${message}: ${text.split('\n')[0]}`,
    cause: error,
  })
}
