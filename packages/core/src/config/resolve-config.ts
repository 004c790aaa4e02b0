/** Checks a config against a schema, completes it, and says of everything wrong where it stands and what is right. */
import type { z } from 'zod'
import type { Registry } from '../container/registry.ts'
import type { ConfigLocation } from '../container/services.ts'
import { CollectedError } from '../errors/collected-error.ts'
import { ElmanError } from '../errors/elman-error.ts'
import { counted, suggestion } from '../errors/suggestion.ts'
import { componentData, resolveInto } from './resolve-component.ts'
import { isRecord, replaceComponents, unknownKeys } from './schema-walk.ts'

/** What resolving needs besides schema and value. */
export interface ResolveOptions extends ConfigLocation {
  /** The registry of a kind, for components inside components: `kind => container.registry({ kind, ... })`. */
  readonly registryOf?: (kind: string) => Registry
}

/**
 * A config checked by `schema`, with defaults filled in and every component inside it resolved too.
 *
 * The result is data again: resolving it once more gives the same, as long as the schemas transform nothing.
 *
 * @param owner what the options belong to, for texts: `the experiment`, `cell "lstm"`
 * @throws CONFIG_UNKNOWN_KEY, CONFIG_INVALID, UNKNOWN_TYPE; CONFIG_PROBLEMS (a {@link CollectedError}) when several
 */
export function resolveConfig<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  owner: string,
  options: ResolveOptions = {},
): z.output<Schema> {
  const problems: ElmanError[] = []
  const resolved = checkConfig(schema, value, owner, options, problems)
  throwProblems(problems, options.file)
  return resolved as z.output<Schema>
}

/** As {@link resolveConfig}, with the problems put into a list; the result is of use only when there are none. */
export function checkConfig(
  schema: z.ZodType,
  value: unknown,
  owner: string,
  options: ResolveOptions,
  problems: ElmanError[],
): unknown {
  const base = options.path ? options.path.split('.') : []
  const before = problems.length
  for (const { path, key, options: known } of unknownKeys(schema, value)) {
    problems.push(unknownKey([...base, ...path, key], key, known, owner, options.file))
  }
  const checked = schema.safeParse(value)
  if (!checked.success) {
    for (const issue of checked.error.issues) {
      if (issue.code === 'unrecognized_keys' && problems.length > before) continue // told above, with the options
      problems.push(invalid(issue, base, value, owner, options.file))
    }
    return undefined
  }
  return replaceComponents(schema, checked.data, (inner, kind, path) => {
    const registry = options.registryOf?.(kind)
    if (registry === undefined) return inner
    const location = { ...options, path: [...base, ...path].join('.') }
    const resolved = resolveInto(registry, inner, location, problems)
    return resolved === undefined ? inner : componentData(resolved)
  })
}

/** Throws one problem as it is, several as one error. */
export function throwProblems(problems: readonly ElmanError[], file?: string): void {
  if (problems.length === 0) return
  if (problems.length === 1) throw problems[0]
  const place = file === undefined ? 'the config' : file
  throw new CollectedError('CONFIG_PROBLEMS', `${counted(problems.length, 'problem')} in ${place}`, problems)
}

function unknownKey(
  path: readonly string[],
  key: string,
  known: readonly string[],
  owner: string,
  file: string | undefined,
): ElmanError {
  return new ElmanError('CONFIG_UNKNOWN_KEY', {
    message: `${path.join('.')} is not an option of ${owner}`,
    hint: [suggestion(key, known, 'options'), ...inFile(file)],
  })
}

function invalid(
  issue: z.core.$ZodIssue,
  base: readonly string[],
  value: unknown,
  owner: string,
  file: string | undefined,
): ElmanError {
  const path = [...base, ...issue.path.map(String)].join('.')
  const found = shown(valueAt(value, issue.path))
  const branches =
    issue.code === 'invalid_union' && issue.message === 'Invalid input' ? branchTexts(issue) : []
  const message = branches.length > 0 ? 'it has none of the forms it may have' : issue.message
  return new ElmanError('CONFIG_INVALID', {
    message: `${path || owner} is wrong${path ? ` for ${owner}` : ''}: ${message}`,
    ...(found === undefined ? {} : { found }),
    hint: [...branches, ...inFile(file)],
  })
}

function branchTexts(issue: z.core.$ZodIssueInvalidUnion): string[] {
  const texts = issue.errors.map(branch =>
    branch
      .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
      .join('; '),
  )
  return [...new Set(texts)].map((text, index) => (index === 0 ? text : `or ${text}`))
}

function inFile(file: string | undefined): string[] {
  return file === undefined ? [] : [`in ${file}`]
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<PropertyKey, unknown>)[key]
  }
  return at
}

/** A value on one short line, or undefined when there is none to show. */
export function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (isRecord(value) && Object.getPrototypeOf(value) !== Object.prototype)
    return 'an object that is not plain data'
  try {
    const text = JSON.stringify(value) ?? String(value)
    return text.length > 60 ? `${text.slice(0, 57)}...` : text
  } catch {
    return 'a value that is not plain data'
  }
}
