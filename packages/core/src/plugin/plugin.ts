/** What a plugin is: a plain object that registers components and services, made by `definePlugin` or by hand. */
import type { ContainerModule, ContainerModuleLoadOptions } from 'inversify'
import type { z } from 'zod'
import type { ComponentDefinition, Descriptor } from '../container/descriptor.ts'
import type { DescriptorOf, ExtensionKind, ExtensionPoint } from '../container/extension-point.ts'
import { CORE_COPY, type CoreCopy, thisCore } from './core-copy.ts'

/** The version of the plugin object's shape that this core knows. */
export const PLUGIN_API_VERSION = 1

/** Registers one component of an extension point. */
export type Register<D extends Descriptor> = <Schema extends z.ZodType>(
  component: ComponentDefinition<D, Schema>,
) => void

/** What `register` receives: one method per kind of component, and two for everything else. */
export type PluginApi = { readonly [Kind in ExtensionKind]: Register<DescriptorOf<Kind>> } & {
  /** Registers a component of any extension point, also one that a plugin defined. */
  add<D extends Descriptor, Schema extends z.ZodType>(
    point: ExtensionPoint<D>,
    component: ComponentDefinition<D, Schema>,
  ): void
  /** Binds a service, as in an inversify `ContainerModule`; what was not given a scope is a singleton. */
  readonly bind: ContainerModuleLoadOptions['bind']
}

/** What an author writes. Only `requires` may be left out, and one of `register` and `module`. */
export interface PluginDefinition {
  /** The name in the plugin's package.json. */
  readonly name: string
  /** The plugin's own version. */
  readonly version: string
  /** The version of this object's shape: 1. */
  readonly apiVersion: typeof PLUGIN_API_VERSION
  /** Range of `@elman/core` versions it works with, such as `^0.4.0`. */
  readonly elman: string
  /** Names of the plugins that must be loaded before it. */
  readonly requires?: readonly string[]
  /** Registers the plugin's components. Synchronous: slow work belongs in a component's `create`. */
  register?(api: PluginApi): void
  /** A raw inversify module, for scopes, activation and rebinding. Loaded after `register`. */
  readonly module?: ContainerModule
}

/** A plugin as the loader takes it; the marks that `definePlugin` adds are optional. */
export interface Plugin extends PluginDefinition {
  /** The brand, a string so that every copy of core reads it. */
  readonly $$type?: 'elman.plugin'
  /** The copy of core that defined it. */
  readonly [CORE_COPY]?: CoreCopy
}

/** A plugin with options: the default export of a package may be one. */
// biome-ignore lint/suspicious/noExplicitAny: each factory knows its own options; they come from data
export type PluginFactory = (options: any) => Plugin | Promise<Plugin>

/** How a config names a plugin. Specifiers are package names, or paths that start with `./`, `../` or `/`. */
export type PluginReference =
  | string
  | Plugin
  | PluginFactory
  | readonly [string | PluginFactory, unknown]
  | {
      /** The plugin itself or its specifier. */
      readonly plugin: string | Plugin | PluginFactory
      /** What its factory gets. */
      readonly options?: unknown
      /** Its components answer to `as/type` only, so that they clash with no others. */
      readonly as?: string
    }

/**
 * Marks an object as a plugin and notes which copy of `@elman/core` did so.
 *
 * @example
 * export default definePlugin({
 *   name: 'elman-plugin-mingru', version: '0.3.1', apiVersion: 1, elman: '^0.4.0',
 *   register({ cell }) { cell(minGru) },
 * })
 */
export function definePlugin(definition: PluginDefinition): Plugin {
  return { ...definition, $$type: 'elman.plugin', [CORE_COPY]: thisCore() }
}
