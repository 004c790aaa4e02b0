/** What an error tells besides its code: each part answers one question of the reader. */
export interface ErrorDetails {
  /** One line: what is wrong, with names and values. */
  readonly message: string
  /** What would have been right. */
  readonly expected?: string
  /** What was there instead. */
  readonly found?: string
  /** File, config path, node or step it happened at. */
  readonly where?: string
  /** What the reader can do next, one suggestion a line. */
  readonly hint?: string | readonly string[]
  /** The error underneath, if any. */
  readonly cause?: unknown
}

const BRAND = Symbol.for('elman.error')

/**
 * The error of every elman package: a stable code (each has a page in docs/errors.md) and a text in fixed parts.
 *
 * The message starts with the code; `expected`, `found`, `where` and hints follow on indented lines.
 */
export class ElmanError extends Error {
  /** Stable name of the kind of failure, such as `CONFIG_UNKNOWN_KEY`. */
  readonly code: string
  /** The parts the text was made from. */
  readonly details: ErrorDetails
  /** Marks the class across copies of the package, where `instanceof` fails. */
  readonly [BRAND] = true

  constructor(code: string, details: ErrorDetails) {
    super(formatError(code, details), details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'ElmanError'
    this.code = code
    this.details = details
  }
}

/** Whether a thrown value is an {@link ElmanError}, also one from another copy of this package. */
export function isElmanError(error: unknown): error is ElmanError {
  return typeof error === 'object' && error !== null && BRAND in error
}

/** The text of an error: code and message on the first line, the other parts indented below. */
export function formatError(code: string, details: ErrorDetails): string {
  const lines = [`${code}  ${details.message}`]
  if (details.expected !== undefined) lines.push(`  expected ${details.expected}`)
  if (details.found !== undefined) lines.push(`  found    ${details.found}`)
  if (details.where !== undefined) lines.push(`  in ${details.where}`)
  const hints =
    details.hint === undefined ? [] : typeof details.hint === 'string' ? [details.hint] : details.hint
  for (const hint of hints) lines.push(`  ${hint}`)
  return lines.join('\n')
}
