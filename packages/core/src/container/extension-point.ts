/**
 * Extension points: the places where plugins add components. A point is a multi-bound token of descriptors.
 *
 * The set is open. Core names the points that elman itself uses; a plugin makes more with `defineExtensionPoint`.
 * What each point's `create` makes is told by the interface {@link ExtensionPoints}, which the package that owns the
 * product extends: `declare module '@elman/core' { interface ExtensionPoints { dataset: { product: Dataset } } }`.
 */
import type { z } from 'zod'
import type { ComponentDefinition, Descriptor } from './descriptor.ts'
import type { Token } from './token.ts'

/**
 * The product of each extension point by its kind; packages add entries by declaration merging.
 * An entry is `{ product: T }`, or `{ product: T, fields: F }` when descriptors carry more fields than the common ones.
 */
// biome-ignore lint/suspicious/noEmptyInterface: packages to the right merge their products into it
export interface ExtensionPoints {}

/** The kinds of component that elman itself knows. */
export const EXTENSION_KINDS = [
  'layer',
  'cell',
  'optimizer',
  'schedule',
  'initializer',
  'backend',
  'dataset',
  'model',
  'objective',
  'evaluator',
  'stage',
  'task',
  'language',
  'metric',
  'report',
  'command',
] as const

/** One of {@link EXTENSION_KINDS}. */
export type ExtensionKind = (typeof EXTENSION_KINDS)[number]

/** The type under a key, `unknown` when there is no such key. */
export type Lookup<Entries, Key> = Key extends keyof Entries ? Entries[Key] : unknown

/** What the components of a kind are, `unknown` while no package said so. */
export type ProductOf<Kind extends string> = Lookup<Lookup<ExtensionPoints, Kind>, 'product'>

/** The descriptors of a kind. */
export type DescriptorOf<Kind extends string> = Descriptor<unknown, ProductOf<Kind>> &
  Lookup<Lookup<ExtensionPoints, Kind>, 'fields'>

/** A place where plugins add components described by `D`. */
export interface ExtensionPoint<D extends Descriptor = Descriptor> {
  /** The word for one component, used in texts: `cell`. */
  readonly kind: string
  /** The multi-bound token; `getAll(token)` gives every descriptor. */
  readonly token: Token<D>
}

const PREFIX = 'elman.point.'

/**
 * Makes an extension point of a plugin's own.
 *
 * @param kind the word for one component, singular, unique among all plugins
 * @typeParam D the point's descriptors, usually `Descriptor<unknown, Product>`
 */
export function defineExtensionPoint<D extends Descriptor>(kind: string): ExtensionPoint<D> {
  return { kind, token: Symbol.for(PREFIX + kind) as Token<D> }
}

/** The kind whose extension point has this token, or undefined for an ordinary service's token. */
export function kindOfToken(token: unknown): string | undefined {
  if (typeof token !== 'symbol') return undefined
  const key = Symbol.keyFor(token)
  return key?.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined
}

/**
 * Types a descriptor from its schema, so that `create` sees the options' types.
 *
 * @returns the descriptor itself
 */
export function defineComponent<D extends Descriptor, Schema extends z.ZodType>(
  _point: ExtensionPoint<D>,
  definition: ComponentDefinition<D, Schema>,
): ComponentDefinition<D, Schema> {
  return definition
}

/** Layers: `init(key)`, `apply(parameters, x, context)`. */
export const LAYER: ExtensionPoint<DescriptorOf<'layer'>> = defineExtensionPoint('layer')
/** Recurrent cells: state shapes and one step. */
export const CELL: ExtensionPoint<DescriptorOf<'cell'>> = defineExtensionPoint('cell')
/** Optimisers. */
export const OPTIMIZER: ExtensionPoint<DescriptorOf<'optimizer'>> = defineExtensionPoint('optimizer')
/** Learning-rate schedules. */
export const SCHEDULE: ExtensionPoint<DescriptorOf<'schedule'>> = defineExtensionPoint('schedule')
/** Parameter initialisers. */
export const INITIALIZER: ExtensionPoint<DescriptorOf<'initializer'>> = defineExtensionPoint('initializer')
/** Backends that compile and run graphs. */
export const BACKEND: ExtensionPoint<DescriptorOf<'backend'>> = defineExtensionPoint('backend')
/** Datasets and corpora. */
export const DATASET: ExtensionPoint<DescriptorOf<'dataset'>> = defineExtensionPoint('dataset')
/** Families of language models. */
export const MODEL: ExtensionPoint<DescriptorOf<'model'>> = defineExtensionPoint('model')
/** Objectives: model and batch to loss and metrics. */
export const OBJECTIVE: ExtensionPoint<DescriptorOf<'objective'>> = defineExtensionPoint('objective')
/** Evaluators: a model to scores. */
export const EVALUATOR: ExtensionPoint<DescriptorOf<'evaluator'>> = defineExtensionPoint('evaluator')
/** Stages of a pretraining pipeline. */
export const STAGE: ExtensionPoint<DescriptorOf<'stage'>> = defineExtensionPoint('stage')
/** Downstream tasks. */
export const TASK: ExtensionPoint<DescriptorOf<'task'>> = defineExtensionPoint('task')
/** Formal languages for probing machines. */
export const LANGUAGE: ExtensionPoint<DescriptorOf<'language'>> = defineExtensionPoint('language')
/** Metrics. */
export const METRIC: ExtensionPoint<DescriptorOf<'metric'>> = defineExtensionPoint('metric')
/** Report sections. */
export const REPORT: ExtensionPoint<DescriptorOf<'report'>> = defineExtensionPoint('report')
/** Commands of the command line. */
export const COMMAND: ExtensionPoint<DescriptorOf<'command'>> = defineExtensionPoint('command')
