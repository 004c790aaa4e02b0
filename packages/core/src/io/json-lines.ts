/**
 * JSON Lines files of objects: one a line, appended as they come. The last line may be torn by a crash; whoever
 * opens the file next cuts it off and is told. A last line without its newline that is a whole object is kept: the
 * start of an object is never itself one.
 */

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { ElmanError } from '../errors/elman-error.ts'
import { fileError } from './file-error.ts'

/** A last line that a crash cut short. */
export interface TornLine {
  readonly bytes: number
  /** The first 200 characters of it. */
  readonly text: string
}

/** Objects of a JSON Lines file, and its torn last line if it has one. */
export interface JsonLines {
  readonly records: readonly Record<string, unknown>[]
  readonly torn?: TornLine
}

/** Appends to a JSON Lines file. */
export interface JsonLinesAppender {
  /** The torn line that was cut off when the file was opened. */
  readonly torn: TornLine | undefined
  /** Writes one object as a line, at once. */
  append(record: object): void
  /** Waits until all lines are on the disk. */
  sync(): void
  /** Closes the file. */
  close(): void
}

/**
 * Opens a file for appending, making it if it is not there and cutting off a torn last line.
 *
 * @throws `FILE_UNREADABLE`, `FILE_UNWRITABLE` when the system refuses.
 */
export function openJsonLines(path: string): JsonLinesAppender {
  let file: number
  try {
    file = openSync(path, 'a+')
  } catch (error) {
    throw fileError('write', path, error)
  }
  const writing = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      throw fileError('write', path, error)
    }
  }
  let torn: TornLine | undefined
  try {
    torn = repair(file)
  } catch (error) {
    closeSync(file)
    throw fileError('write', path, error)
  }
  return {
    torn,
    append: record => writing(() => writeWhole(file, Buffer.from(`${JSON.stringify(record)}\n`))),
    sync: () => writing(() => fsyncSync(file)),
    close: () => closeSync(file),
  }
}

/** A write may take less than it was given, on a full disk for example; what is left then fails by itself. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) done += writeSync(file, bytes, done)
}

/** Makes the file end after a whole line. */
function repair(file: number): TornLine | undefined {
  const bytes = readFileSync(file)
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end === bytes.length) return undefined
  if (parseObject(bytes.toString('utf8', end)) !== undefined) {
    writeWhole(file, Buffer.from('\n'))
    return undefined
  }
  ftruncateSync(file, end)
  return tornLine(bytes, end)
}

/**
 * Reads all objects of a file. A torn last line is left out and reported.
 *
 * @throws `JSON_LINES_INVALID` with the line number when a whole line is not a JSON object; `FILE_UNREADABLE`.
 */
export function readJsonLines(path: string): JsonLines {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw fileError('read', path, error)
  }
  const records: Record<string, unknown>[] = []
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start)
    const text = bytes.toString('utf8', start, newline === -1 ? bytes.length : newline)
    const record = parseObject(text)
    if (record !== undefined) records.push(record)
    else if (newline === -1) return { records, torn: tornLine(bytes, start) }
    else if (text.trim() !== '') throw invalidLine(path, line, text)
    start = newline === -1 ? bytes.length : newline + 1
  }
  return { records }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function tornLine(bytes: Buffer, start: number): TornLine {
  return { bytes: bytes.length - start, text: bytes.toString('utf8', start, start + 800).slice(0, 200) }
}

function invalidLine(path: string, line: number, text: string): ElmanError {
  return new ElmanError('JSON_LINES_INVALID', {
    message: `line ${line} is not a JSON object`,
    found: text.length > 80 ? `${text.slice(0, 80)}…` : text,
    where: path,
    hint: 'the file was damaged or edited; mend or remove that line',
  })
}
