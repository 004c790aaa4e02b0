// How options of the command line are read, and their examples shown.
import { InvalidArgumentError } from 'commander'

/** A whole number. */
export function whole(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('it must be a whole number.')
}

/** A number. */
export function decimal(text: string): number {
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  throw new InvalidArgumentError('it must be a number.')
}

/** The part of a command's help that shows it used. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}`
}
