/** Where a command's words go: results to standard output, everything on the way to standard error. */
import picocolors from 'picocolors'

/** Colours as picocolors has them; functions that return their text when colours are off. */
export type Colours = ReturnType<typeof picocolors.createColors>

/** A stream as far as a command needs it. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Flags that every command takes. */
export interface GlobalFlags {
  /** One JSON value (or JSON lines) on standard output instead of text. */
  readonly json?: boolean
  /** Nothing on standard error but errors. */
  readonly quiet?: boolean
  /** Stacks under errors. */
  readonly verbose?: boolean
}

/** How a command speaks. */
export interface Terminal {
  readonly json: boolean
  readonly verbose: boolean
  /** Whether a line may be written over: standard error is a terminal, and nobody asked for silence. */
  readonly interactive: boolean
  /** Characters in a line. */
  readonly columns: number
  readonly colours: Colours
  /** The result: `text` for people, `value` as one line of JSON under `--json`. */
  result(value: unknown, text: string): void
  /** A part of the result to standard output as it is, when the result comes bit by bit. */
  write(text: string): void
  /** A line about what is going on. */
  note(text: string): void
  /** Text to standard error as it is, such as a progress line. */
  raw(text: string): void
}

/**
 * A terminal over two streams.
 *
 * @param environment for `NO_COLOR`, `FORCE_COLOR`, `TERM` and `CI`
 */
export function createTerminal(
  { json = false, quiet = false, verbose = false }: GlobalFlags,
  output: TextStream = process.stdout,
  progress: TextStream = process.stderr,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const silent = quiet || json
  const isTerminal = progress.isTTY === true && environment.TERM !== 'dumb'
  return {
    json,
    verbose,
    interactive: isTerminal && !silent && environment.CI === undefined,
    columns: progress.columns ?? 100,
    colours: picocolors.createColors(hasColours(isTerminal && output.isTTY === true, environment)),
    result: (value, text) => output.write(`${json ? JSON.stringify(value) : text}\n`),
    write: text => {
      output.write(text)
    },
    note: text => {
      if (!silent) progress.write(`${text}\n`)
    },
    raw: text => {
      if (!silent) progress.write(text)
    },
  }
}

/** `NO_COLOR` (no-color.org) wins over `FORCE_COLOR`, both win over what the streams are. */
function hasColours(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment.NO_COLOR !== undefined && environment.NO_COLOR !== '') return false
  const forced = environment.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal
}
