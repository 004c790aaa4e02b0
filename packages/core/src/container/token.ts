import type { ServiceIdentifier } from 'inversify'

/** The name of a service in the container, carrying the service's type. */
export type Token<T> = ServiceIdentifier<T>

/**
 * The token of a service. Two copies of a package get the same token for the same name, because the symbol is global.
 *
 * Annotate the constant it is stored in, or its type narrows to `symbol` and `get` gives `unknown`:
 * `export const CLOCK: Token<Clock> = serviceToken('clock')`.
 *
 * @param name unique among all plugins; a plugin prefixes its own name
 */
export function serviceToken<T>(name: string): Token<T> {
  return Symbol.for(`elman.${name}`) as Token<T>
}
