import { EXIT, exitCodeOf } from './exit-codes.ts'
import type { TextStream } from './terminal.ts'

/** How an error is shown. */
export interface ErrorOptions {
  readonly json?: boolean
  readonly verbose?: boolean
}

/**
 * Prints what was thrown: an elman error's own text, since it says what to do; of any other error that it is a bug of
 * elman and how to report it. Stacks only when asked for.
 *
 * @returns the exit status
 */
export async function printError(
  error: unknown,
  { json = false, verbose = false }: ErrorOptions,
  stream: TextStream = process.stderr,
): Promise<number> {
  const { isElmanError } = await import('@elman/core')
  if (isElmanError(error)) {
    const exitCode = exitCodeOf(error.code)
    if (json)
      stream.write(`${JSON.stringify({ error: { code: error.code, ...plain(error.details) }, exitCode })}\n`)
    else stream.write(`${error.message}\n${verbose ? stacks(error) : ''}`)
    return exitCode
  }
  const text = error instanceof Error ? error.message : String(error)
  if (json) {
    stream.write(`${JSON.stringify({ error: { code: 'BUG', message: text }, exitCode: EXIT.failure })}\n`)
    return EXIT.failure
  }
  const advice = verbose
    ? 'please report it with the lines above, the config, and the output of "elman doctor"'
    : 'run the same with --verbose, and report it with what that prints, the config, and the output of "elman doctor"'
  stream.write(`${verbose ? stacks(error) : `${text}\n`}this is a bug in elman or in a plugin: ${advice}\n`)
  return EXIT.failure
}

/** The stack of an error and of those underneath it. */
function stacks(error: unknown): string {
  if (!(error instanceof Error)) return `${String(error)}\n`
  const own = `${error.stack ?? error.message}\n`
  return error.cause === undefined ? own : `${own}caused by: ${stacks(error.cause)}`
}

function plain({ cause: _, ...details }: { readonly cause?: unknown }): object {
  return details
}
