/**
 * TensorBoard event files with scalars: TFRecord framing around hand-written Event protobufs.
 *
 * Field numbers from tensorflow/core/util/event.proto and framework/summary.proto:
 * Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 },
 * Summary { repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2 }.
 */

import { closeSync, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { maskedCrc32c } from './crc32c.ts'
import { fileError } from './file-error.ts'

/** Writes scalars to one event file. */
export interface EventFile {
  readonly path: string
  /**
   * Writes one event, at once.
   *
   * @param step - Whole, not negative.
   * @param wallTime - Seconds since 1970.
   * @param scalars - Value by tag; stored as float32.
   */
  scalars(step: number, wallTime: number, scalars: Readonly<Record<string, number>>): void
  /** Closes the file. */
  close(): void
}

/**
 * Makes a new event file in a folder, named as TensorBoard looks for it.
 *
 * @param wallTime - Seconds since 1970, of the file's first event and in its name.
 * @throws `FILE_UNWRITABLE` when the system refuses.
 */
export function createEventFile(folder: string, wallTime: number): EventFile {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '-')
  const stem = join(folder, `events.out.tfevents.${Math.floor(wallTime)}.${host}.${process.pid}`)
  let file: number
  let path = ''
  for (let number = 0; ; number++) {
    path = `${stem}.${number}`
    try {
      file = openSync(path, 'wx')
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError('write', path, error)
    }
  }
  const write = (event: Uint8Array): void => {
    try {
      const record = frameRecord(event)
      for (let done = 0; done < record.length; ) done += writeSync(file, record, done)
    } catch (error) {
      throw fileError('write', path, error)
    }
  }
  write(versionEvent(wallTime))
  return {
    path,
    scalars: (step, time, scalars) => write(scalarEvent(step, time, scalars)),
    close: () => closeSync(file),
  }
}

/** One TFRecord: length, its checksum, the payload, its checksum. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(payload.length + 16)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(payload.length), true)
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true)
  record.set(payload, 12)
  view.setUint32(12 + payload.length, maskedCrc32c(payload), true)
  return record
}

/** The event every file starts with. */
export function versionEvent(wallTime: number): Uint8Array {
  return Uint8Array.from([...double(1, wallTime), ...bytes(3, utf8('brain.Event:2'))])
}

/** An event with one value a tag. */
export function scalarEvent(
  step: number,
  wallTime: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array {
  const values = Object.entries(scalars).flatMap(([tag, value]) =>
    bytes(1, [...bytes(1, utf8(tag)), ...float(2, value)]),
  )
  return Uint8Array.from([...double(1, wallTime), ...varint(2 << 3), ...varint(step), ...bytes(5, values)])
}

function varint(value: number): number[] {
  const result: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...result, rest]
    result.push((rest % 128) | 0x80)
  }
}

function double(field: number, value: number): number[] {
  return [(field << 3) | 1, ...new Uint8Array(new Float64Array([value]).buffer)]
}

function float(field: number, value: number): number[] {
  return [(field << 3) | 5, ...new Uint8Array(new Float32Array([value]).buffer)]
}

function bytes(field: number, content: ArrayLike<number>): number[] {
  return [(field << 3) | 2, ...varint(content.length), ...Array.from(content)]
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
