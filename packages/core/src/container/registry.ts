/**
 * The index over one extension point's components: built once after all plugins are loaded, then only read.
 *
 * A component answers to its type, and to `plugin/type` where the plugin is named in full or in short
 * (`elman-plugin-b` is `b`). Of a plugin that was loaded under an alias, only `alias/type` answers.
 */
import { ElmanError } from '../errors/elman-error.ts'
import { plural, suggestion } from '../errors/suggestion.ts'
import type { Descriptor } from './descriptor.ts'
import type { ConfigLocation } from './services.ts'

/** The plugin that registered a component. */
export interface Owner {
  /** The plugin's name. */
  readonly name: string
  /** The plugin's version. */
  readonly version: string
  /** The alias the user loaded it under, if any: its components then answer to `alias/type` only. */
  readonly as?: string
}

/** A component and who brought it. */
export interface Registration<D extends Descriptor = Descriptor> {
  /** The component. */
  readonly descriptor: D
  /** The plugin that registered it. */
  readonly owner: Owner
}

/** A component in a list: with the name to write in a config. */
export interface RegistryEntry<D extends Descriptor = Descriptor> extends Registration<D> {
  /** The shortest name it answers to. */
  readonly name: string
}

/** The components of one extension point, by name. */
export interface Registry<D extends Descriptor = Descriptor> {
  /** The point's kind, such as `cell`. */
  readonly kind: string
  /**
   * The component of a name.
   *
   * @throws UNKNOWN_TYPE with the nearest name, all names, and the installed plugin that would provide it
   */
  get(name: string, location?: ConfigLocation): D
  /** The component of a name with its owner, or undefined. */
  find(name: string): RegistryEntry<D> | undefined
  /** Whether a name is known. */
  has(name: string): boolean
  /** All components with their owners, by name. */
  list(): readonly RegistryEntry<D>[]
}

/** Names installed packages that say they provide a component, though they are not loaded. */
export type ProviderLookup = (kind: string, type: string) => readonly string[]

/** The short name of a plugin: without scope and without the prefix `elman-plugin-`. */
export function shortPluginName(name: string): string {
  return name.replace(/^@[^/]+\//, '').replace(/^elman-plugin-/, '')
}

/**
 * Builds the index.
 *
 * @param registrations in the order of loading
 * @param failures takes one DUPLICATE_TYPE for each type registered twice; the first registration stands
 * @param providers asked only when a look-up fails
 */
export function createRegistry<D extends Descriptor>(
  kind: string,
  registrations: readonly Registration<D>[],
  failures: ElmanError[],
  providers: ProviderLookup = () => [],
): Registry<D> {
  const entries = new Map<string, RegistryEntry<D>>()
  for (const registration of registrations) {
    const { descriptor, owner } = registration
    const name = owner.as === undefined ? descriptor.type : `${owner.as}/${descriptor.type}`
    const earlier = entries.get(name)
    if (earlier !== undefined) failures.push(duplicate(kind, name, earlier, registration))
    else entries.set(name, { ...registration, name })
  }
  const list = [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const qualified = qualifiedNames(list)
  const find = (name: string) => entries.get(name) ?? qualified.get(name)

  return {
    kind,
    find,
    has: name => find(name) !== undefined,
    list: () => list,
    get(name, location = {}) {
      const entry = find(name)
      if (entry === undefined) throw unknownType(kind, name, list, providers, location)
      return entry.descriptor
    },
  }
}

/** `plugin/type` for full and short plugin names; a short name that two plugins share is left out. */
function qualifiedNames<D extends Descriptor>(
  list: readonly RegistryEntry<D>[],
): Map<string, RegistryEntry<D>> {
  const owners = new Map<string, Set<string>>()
  for (const { owner } of list) {
    const short = shortPluginName(owner.name)
    owners.set(short, (owners.get(short) ?? new Set()).add(owner.name))
  }
  const names = new Map<string, RegistryEntry<D>>()
  for (const entry of list) {
    const short = shortPluginName(entry.owner.name)
    if (owners.get(short)!.size === 1) names.set(`${short}/${entry.descriptor.type}`, entry)
    names.set(`${entry.owner.name}/${entry.descriptor.type}`, entry)
  }
  return names
}

function duplicate(kind: string, name: string, first: Registration, second: Registration): ElmanError {
  const by = `${label(first.owner)} and ${label(second.owner)}`
  const same = first.owner.name === second.owner.name
  const alias = shortPluginName(second.owner.name)
  return new ElmanError('DUPLICATE_TYPE', {
    message: same
      ? `${kind} "${name}" is registered twice by ${label(first.owner)}`
      : `${kind} "${name}" is registered by ${by}`,
    hint: same
      ? 'a plugin registers each type once'
      : [
          `drop one, or load the second as { plugin: '${second.owner.name}', as: '${alias}' }`,
          `and use its ${kind} as "${alias}/${second.descriptor.type}"`,
        ],
  })
}

function unknownType(
  kind: string,
  name: string,
  list: readonly RegistryEntry[],
  providers: ProviderLookup,
  location: ConfigLocation,
): ElmanError {
  const names = list.map(entry => entry.name)
  const at = location.path ? `${location.path}: ` : ''
  const hint = [suggestion(name, names, plural(kind))]
  for (const provider of providers(kind, name)) {
    hint.push(`${provider} provides it and is installed: add '${provider}' to plugins`)
  }
  if (location.file !== undefined) hint.push(`in ${location.file}`)
  return new ElmanError('UNKNOWN_TYPE', { message: `${at}there is no ${kind} "${name}"`, hint })
}

function label(owner: Owner): string {
  return `${owner.name}@${owner.version}`
}
