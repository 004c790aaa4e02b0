import { ElmanError } from './elman-error.ts'

/**
 * Several failures thrown as one error, so that a reader mends all of them in one go.
 *
 * The text is the headline and below it the whole text of each failure, indented.
 */
export class CollectedError extends ElmanError {
  /** The failures, in the order they were found. */
  readonly failures: readonly ElmanError[]

  constructor(code: string, message: string, failures: readonly ElmanError[]) {
    super(code, { message, hint: failures.flatMap(failure => failure.message.split('\n')) })
    this.failures = failures
  }
}
