import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJsonLines, readJsonLines } from './json-lines.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-lines-'))
  path = join(folder, 'metrics.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('what is appended is read again, over two openings', () => {
  for (const step of [1, 2]) {
    const lines = openJsonLines(path)
    expect(lines.torn).toBeUndefined()
    lines.append({ step, text: 'naïve\n"quoted"' })
    lines.sync()
    lines.close()
  }
  expect(readJsonLines(path)).toEqual({ records: [1, 2].map(step => ({ step, text: 'naïve\n"quoted"' })) })
})

test('a file cut at any byte loses the torn line only, and goes on', () => {
  const records = [{ a: 1 }, { b: 'é{}' }, { c: [1, { d: 2 }] }]
  const whole = Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join(''))
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(path, whole.subarray(0, cut))
    const read = readJsonLines(path)
    const lines = openJsonLines(path)
    expect(lines.torn).toEqual(read.torn)
    lines.append({ last: true })
    lines.close()
    expect(readJsonLines(path)).toEqual({ records: [...read.records, { last: true }] })
    expect(read.records).toEqual(records.slice(0, read.records.length))
  }
})

test('a torn line is reported', () => {
  writeFileSync(path, '{"a":1}\n{"step":12,"lo')
  expect(readJsonLines(path)).toEqual({ records: [{ a: 1 }], torn: { bytes: 14, text: '{"step":12,"lo' } })
  const lines = openJsonLines(path)
  lines.close()
  expect(lines.torn).toEqual({ bytes: 14, text: '{"step":12,"lo' })
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n')
})

test('zeros that a power cut left at the end are a torn line', () => {
  writeFileSync(path, `{"a":1}\n${'\0'.repeat(500)}`)
  expect(readJsonLines(path).records).toEqual([{ a: 1 }])
  expect(readJsonLines(path).torn?.bytes).toBe(500)
})

test('a damaged line in the middle is an error with its number', () => {
  writeFileSync(path, '{"a":1}\n{"b":\n{"c":3}\n')
  expect(() => readJsonLines(path)).toThrowError(
    `JSON_LINES_INVALID  line 2 is not a JSON object
  found    {"b":
  in ${path}
  the file was damaged or edited; mend or remove that line`,
  )
})

test('any bytes at all give records or an error with a code', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      writeFileSync(path, bytes)
      try {
        readJsonLines(path)
      } catch (error) {
        expect(error).toMatchObject({ code: 'JSON_LINES_INVALID' })
      }
    }),
    { seed: 3, numRuns: 200 },
  )
})

test('a file that is not there is named', () => {
  expect(() => readJsonLines(path)).toThrowError(`FILE_UNREADABLE  cannot read ${path}`)
})
