import type { ComponentReference, Descriptor } from './descriptor.ts'
import type { ExtensionPoint } from './extension-point.ts'
import type { Registry } from './registry.ts'
import type { Token } from './token.ts'

/** Where a reference stands in the user's config, for error texts. */
export interface ConfigLocation {
  /** Dotted path, such as `model.layers.0`; empty for the whole config. */
  readonly path?: string
  /** The file as the user knows it, such as `elman.config.ts`. */
  readonly file?: string
}

/** What a component may ask for while it is made. The container is one. */
export interface Services {
  /**
   * The service of a token.
   *
   * @throws SERVICE_NOT_BOUND when nothing provides it
   */
  get<T>(token: Token<T>): T
  /** Whether something provides a token. */
  has(token: Token<unknown>): boolean
  /** The components of an extension point. */
  registry<D extends Descriptor>(point: ExtensionPoint<D>): Registry<D>
  /**
   * Makes the component that a config names.
   *
   * @throws UNKNOWN_TYPE, CONFIG_UNKNOWN_KEY, CONFIG_INVALID
   */
  create<D extends Descriptor>(
    point: ExtensionPoint<D>,
    reference: ComponentReference,
    location?: ConfigLocation,
  ): ReturnType<D['create']>
}
