import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findJsonFault } from './json-position.ts'
import { loadConfigFile } from './load-config-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function failure(path: string, module?: unknown): Promise<string> {
  try {
    await loadConfigFile(path, async () => {
      if (module instanceof Error) throw module
      return module
    })
  } catch (error) {
    return (error as Error).message.replaceAll(folder, '<folder>').replaceAll('\\', '/')
  }
  return 'nothing was thrown'
}

test('a JSON file gives its value, with or without a byte order mark', async () => {
  const path = file('good.json', '\uFEFF{ "seed": 3 }')
  expect(await loadConfigFile(path, () => Promise.reject(new Error('not for JSON')))).toEqual({ seed: 3 })
})

test('any other file gives its default export, from the importer', async () => {
  const path = file('elman.config.ts', '')
  const imported: string[] = []
  const importer = async (asked: string) => {
    imported.push(asked)
    return { default: { seed: 4 } }
  }
  expect(await loadConfigFile(path, importer)).toEqual({ seed: 4 })
  expect(imported).toEqual([path])
})

test('CONFIG_JSON_INVALID gives line and column and says what is wrong there', async () => {
  expect(await failure(file('a.json', '{\n  "seed": 3,\n  // note\n}'))).toMatchInlineSnapshot(`
    "CONFIG_JSON_INVALID  <folder>/a.json is not JSON: JSON has no comments
      in <folder>/a.json:3:3"
  `)
  expect(await failure(file('a.json', '{\n  "seed": 3,\n}'))).toMatchInlineSnapshot(`
    "CONFIG_JSON_INVALID  <folder>/a.json is not JSON: a comma may not stand before "}"
      in <folder>/a.json:3:1"
  `)
})

test('CONFIG_NOT_FOUND, CONFIG_IMPORT_FAILED and CONFIG_NO_DEFAULT_EXPORT say what to do', async () => {
  const path = file('elman.config.ts', '')
  expect(await failure(join(folder, 'none.json'))).toMatchInlineSnapshot(`
    "CONFIG_NOT_FOUND  <folder>/none.json cannot be read: ENOENT
      give the path of a config file, or make one with elman init"
  `)
  expect(await failure(path, new Error('Unexpected token\nat line 3'))).toMatchInlineSnapshot(
    `"CONFIG_IMPORT_FAILED  <folder>/elman.config.ts could not be imported: Unexpected token"`,
  )
  expect(await failure(path, { config: {} })).toMatchInlineSnapshot(`
    "CONFIG_NO_DEFAULT_EXPORT  <folder>/elman.config.ts has no default export
      expected export default defineExperiment({ ... })
      found    exports named config"
  `)
})

test('the place of each common mistake in JSON is found', () => {
  const texts = [
    '',
    '{"a": 1 "b": 2}',
    '{a: 1}',
    "{'a': 1}",
    '{"a" 1}',
    '[1, 2',
    '[1,,2]',
    '{"a": undefined}',
    '{"a": 01}',
    '{"a": -}',
    '{"a": "b\n"}',
    '{"a": "C:\\data"}',
    '{"a": "\t"}',
    '{} {}',
    '/* c */ {}',
  ]
  const faults = texts.map(text => {
    const { line, column, message } = findJsonFault(text)!
    return `${JSON.stringify(text)} ${line}:${column} ${message}`
  })
  expect(faults.join('\n')).toMatchInlineSnapshot(`
    """ 1:1 expected a value, found the end of the text
    "{\\"a\\": 1 \\"b\\": 2}" 1:9 expected "," or "}", found """
    "{a: 1}" 1:2 expected a key in double quotes, found "a"
    "{'a': 1}" 1:2 expected a key in double quotes, found "'"
    "{\\"a\\" 1}" 1:6 expected ":" after the key, found "1"
    "[1, 2" 1:6 expected "," or "]", found the end of the text
    "[1,,2]" 1:4 expected a value, found ","
    "{\\"a\\": undefined}" 1:7 expected a value, found "undefined"
    "{\\"a\\": 01}" 1:8 this number goes on with "1"
    "{\\"a\\": -}" 1:7 this number is not complete
    "{\\"a\\": \\"b\\n\\"}" 1:7 this string does not end on its line
    "{\\"a\\": \\"C:\\\\data\\"}" 1:10 this escape is not known; a backslash itself is written \\\\
    "{\\"a\\": \\"\\t\\"}" 1:8 a control character in a string is written as an escape, such as \\t
    "{} {}" 1:4 nothing may follow the value, found "{"
    "/* c */ {}" 1:1 JSON has no comments"
  `)
})

test('a fault is found exactly in the texts that JSON.parse refuses', () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '{', ']', '\\', '0', '.', ' ', '\n', 'e', '-'))
    .map(
      ([text, at, insert]) =>
        text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + 1),
    )
  const property = fc.property(fc.oneof(fc.json(), damaged), text => {
    let refused = false
    try {
      JSON.parse(text)
    } catch {
      refused = true
    }
    expect(findJsonFault(text) !== undefined).toBe(refused)
  })
  fc.assert(property, { seed: 5, numRuns: 3000 })
})

test('a hostile depth of nesting is a fault, not a crash', () => {
  expect(findJsonFault('['.repeat(1_000_000))?.message).toBe('values are nested too deeply')
})
