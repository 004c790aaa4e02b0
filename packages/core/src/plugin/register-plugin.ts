/**
 * Runs one plugin's `register` and `module` against a container, noting what is whose.
 *
 * Each component is bound under a token of its own, and the extension point's token points to it. So a component's
 * owner is certain whichever way it was bound, and `getAll(point.token)` still gives every descriptor.
 */
import {
  type BindToFluentSyntax,
  type Container,
  ContainerModule,
  type ContainerModuleLoadOptions,
} from 'inversify'
import type { Descriptor } from '../container/descriptor.ts'
import { defineExtensionPoint, EXTENSION_KINDS, kindOfToken } from '../container/extension-point.ts'
import type { Owner } from '../container/registry.ts'
import type { Token } from '../container/token.ts'
import { ElmanError, isElmanError } from '../errors/elman-error.ts'
import type { Plugin, PluginApi } from './plugin.ts'
import type { Candidate } from './plugin-order.ts'

/** One bound component: its own token, the kind of its extension point, and its owner. */
export interface BoundComponent {
  readonly token: Token<Descriptor>
  readonly kind: string
  readonly owner: Owner
}

/**
 * Registers a plugin.
 *
 * @returns the components it bound
 * @throws PLUGIN_REGISTER_FAILED when the plugin throws; nothing of it then stays in the container
 */
export function registerPlugin(container: Container, candidate: Candidate): BoundComponent[] {
  const { plugin, as, where } = candidate
  const owner: Owner = { name: plugin.name, version: plugin.version, ...(as === undefined ? {} : { as }) }
  const bound: BoundComponent[] = []
  const module = new ContainerModule(options => {
    const scoped = scopedOptions(options, owner, bound)
    refusePromise(plugin.register?.(pluginApi(scoped.bind)))
    refusePromise(plugin.module?.load(scoped))
  })
  try {
    container.load(module)
  } catch (cause) {
    container.unload(module)
    throw registerFailed(plugin, cause, where)
  }
  return bound
}

function scopedOptions(
  options: ContainerModuleLoadOptions,
  owner: Owner,
  bound: BoundComponent[],
): ContainerModuleLoadOptions {
  const bind: ContainerModuleLoadOptions['bind'] = <T>(token: Token<T>): BindToFluentSyntax<T> => {
    const kind = kindOfToken(token)
    if (kind === undefined) return options.bind(token)
    const own: unique symbol = Symbol(`${kind} of ${owner.name}`)
    bound.push({ token: own, kind, owner })
    options.bind(token).toService(own)
    return options.bind(own as Token<T>)
  }
  return {
    ...options,
    bind,
    unbind: identifier => options.unbind(refusePoint(identifier)),
    unbindAsync: identifier => options.unbindAsync(refusePoint(identifier)),
    rebind: token => options.rebind(refusePoint(token)),
    rebindAsync: token => options.rebindAsync(refusePoint(token)),
  }
}

/** Services may be rebound; components belong to the plugin that registered them. */
function refusePoint<T>(token: T): T {
  const kind = kindOfToken(token)
  if (kind === undefined) return token
  throw new TypeError(
    `the extension point "${kind}" cannot be unbound or rebound; load other plugins in its place`,
  )
}

function pluginApi(bind: ContainerModuleLoadOptions['bind']): PluginApi {
  const add = (point: { readonly token: Token<Descriptor> }, component: unknown) => {
    bind(point.token).toConstantValue(component as Descriptor)
  }
  const methods = EXTENSION_KINDS.map(kind => {
    const point = defineExtensionPoint(kind)
    return [kind, (component: unknown) => add(point, component)] as const
  })
  return { ...Object.fromEntries(methods), add, bind } as unknown as PluginApi
}

function refusePromise(result: unknown): void {
  if (typeof (result as { then?: unknown } | undefined)?.then !== 'function') return
  Promise.resolve(result).catch(() => {}) // its failure is not news: the plugin is refused anyway
  throw new TypeError('register and module must be synchronous; do slow work in create')
}

function registerFailed({ name, version }: Plugin, cause: unknown, where?: string): ElmanError {
  const [first = '', ...rest] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
  return new ElmanError('PLUGIN_REGISTER_FAILED', {
    message: `${name}@${version} threw while registering: ${first}`,
    ...(where === undefined ? {} : { where }),
    hint: [...(isElmanError(cause) ? rest.map(line => line.trim()) : []), 'nothing of it stays registered'],
    cause,
  })
}
