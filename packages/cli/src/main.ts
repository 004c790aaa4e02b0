/** The command line from arguments to exit status. Commands load when they run, so that help starts at once. */
import { CommanderError } from 'commander'
import { EXIT } from './exit-codes.ts'
import { printError } from './print-error.ts'
import { createProgram } from './program.ts'

/**
 * Runs one command.
 *
 * @param arguments_ without the program's name: `['run', '--set', 'train.epochs=1']`
 * @returns the exit status; nothing is thrown
 */
export async function main(arguments_: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.success
  const program = createProgram(code => {
    exitCode = code
  })
  try {
    await program.parseAsync([...arguments_], { from: 'user' })
    return exitCode
  } catch (error) {
    // commander has printed what was wrong, or the help that was asked for
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage
    return printError(error, {
      json: arguments_.includes('--json'),
      verbose: arguments_.includes('--verbose'),
    })
  }
}
