import type { z } from 'zod'
import type { Services } from './services.ts'

/**
 * One named component of an extension point: what it is called, which options it takes, and how it is made.
 *
 * @typeParam Config the options after validation, defaults filled in
 * @typeParam Product what `create` makes: a cell, a layer, a stage
 */
export interface Descriptor<Config = unknown, Product = unknown> {
  /** The name used in configs: letters, digits, `-`, `_` and `.`, such as `lstm`. */
  readonly type: string
  /** One line for lists and documents. */
  readonly summary: string
  /** The options, without `type`: an object schema with a default wherever one makes sense. */
  readonly config: z.ZodType<Config>
  /**
   * Makes the component.
   *
   * @param config options that passed the schema
   * @param services the run's container: other services, and other components by reference
   */
  create(config: Config, services: Services): Product
}

/** A component in a config: its name, or an object with its name and options. */
export type ComponentReference =
  | string
  | {
      /** Its name. */
      readonly type: string
      readonly [option: string]: unknown
    }

/** A descriptor for the point of descriptors `D`, whose options have the schema `Schema`. */
export type ComponentDefinition<D extends Descriptor, Schema extends z.ZodType> = Omit<
  D,
  'config' | 'create'
> & {
  /** The schema of the options. */
  readonly config: Schema
  /** Makes the component from checked options. */
  create(config: z.output<Schema>, services: Services): ReturnType<D['create']>
}
