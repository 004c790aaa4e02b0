/** From a component reference in a config to the component's descriptor and its checked, completed options. */
import type { ComponentReference, Descriptor } from '../container/descriptor.ts'
import type { Registry } from '../container/registry.ts'
import { ElmanError, isElmanError } from '../errors/elman-error.ts'
import { checkConfig, type ResolveOptions, shown, throwProblems } from './resolve-config.ts'
import { isRecord } from './schema-walk.ts'

/** A component reference after look-up and checks. */
export interface ResolvedComponent<D extends Descriptor = Descriptor> {
  /** The name as written, such as `lstm` or `b/gru`. */
  readonly type: string
  /** The component that the name means. */
  readonly descriptor: D
  /** The options, checked and completed, without `type`: what `descriptor.create` takes. */
  readonly config: unknown
}

/**
 * Looks a component up and checks its options.
 *
 * @param reference `'lstm'`, or `{ type: 'lstm', ...options }`
 * @param location the reference's path in the config, or path and file; with `registryOf`, components inside it are
 *   resolved as well
 * @throws UNKNOWN_TYPE, CONFIG_UNKNOWN_KEY, CONFIG_INVALID; CONFIG_PROBLEMS when there are several
 */
export function resolveComponent<D extends Descriptor>(
  registry: Registry<D>,
  reference: unknown,
  location: string | ResolveOptions = {},
): ResolvedComponent<D> {
  const options = typeof location === 'string' ? { path: location } : location
  const problems: ElmanError[] = []
  const resolved = resolveInto(registry, reference, options, problems)
  throwProblems(problems, options.file)
  return resolved!
}

/** As {@link resolveComponent}, with the problems put into a list; undefined only when it added some. */
export function resolveInto<D extends Descriptor>(
  registry: Registry<D>,
  reference: unknown,
  options: ResolveOptions,
  problems: ElmanError[],
): ResolvedComponent<D> | undefined {
  try {
    const { type, rest } = splitReference(reference, registry.kind, options)
    const descriptor = registry.get(type, options)
    const before = problems.length
    const config = checkConfig(descriptor.config, rest, `${registry.kind} "${type}"`, options, problems)
    return problems.length > before ? undefined : { type, descriptor, config }
  } catch (error) {
    if (!isElmanError(error)) throw error
    problems.push(error)
    return undefined
  }
}

/** A resolved component as data: its name and all its options, a reference again. */
export function componentData({ type, config }: ResolvedComponent): ComponentReference {
  return { type, ...(config as object) }
}

function splitReference(
  reference: unknown,
  kind: string,
  { path, file }: ResolveOptions,
): { type: string; rest: Readonly<Record<string, unknown>> } {
  if (typeof reference === 'string') return { type: reference, rest: {} }
  if (isRecord(reference) && typeof reference.type === 'string') {
    const { type, ...rest } = reference
    return { type: type as string, rest }
  }
  const found = shown(reference)
  throw new ElmanError('CONFIG_INVALID', {
    message: `${path || `the ${kind}`} is wrong: expected a ${kind}: its name, or { type: name, ...options }`,
    ...(found === undefined ? {} : { found }),
    hint: file === undefined ? [] : [`in ${file}`],
  })
}
