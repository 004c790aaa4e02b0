import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomically, writeNewFile } from './atomic-file.ts'
import { sha256Of, sha256OfFile } from './sha256.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-atomic-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file is replaced whole, and its length and hash come back', async () => {
  const path = join(folder, 'a.txt')
  writeFileSync(path, 'old and longer')
  const written = await writeFileAtomically(path, 'abc')
  expect(written).toEqual({
    bytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  })
  expect(readFileSync(path, 'utf8')).toBe('abc')
  expect(readdirSync(folder)).toEqual(['a.txt'])
})

test('pieces are joined, and the hash is that of the file', async () => {
  const path = join(folder, 'b')
  const pieces = [new Uint8Array(70_000).fill(1), new Uint8Array(0), new Uint8Array(3).fill(2)]
  const written = await writeFileAtomically(path, pieces)
  expect(written).toEqual(await sha256OfFile(path))
  expect(written.sha256).toBe(sha256Of(Buffer.concat(pieces)))
})

test('a source that fails halfway leaves the old file and no other', async () => {
  const path = join(folder, 'c')
  writeFileSync(path, 'old')
  async function* failing() {
    yield new Uint8Array(10)
    throw new Error('the source broke')
  }
  await expect(writeFileAtomically(path, failing())).rejects.toThrow('the source broke')
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['c'])
})

const withoutFolder = (error: Error) => error.message.replaceAll(folder, 'FOLDER').replaceAll('\\', '/')

test('a folder that is not there, or one in the way, is named', async () => {
  expect(await writeFileAtomically(join(folder, 'no', 'd'), '').catch(withoutFolder)).toMatchInlineSnapshot(`
    "FILE_UNWRITABLE  cannot write FOLDER/no/d
      found    ENOENT: there is no such file or folder"
  `)
  mkdirSync(join(folder, 'e'))
  expect(await writeFileAtomically(join(folder, 'e'), '').catch(error => error.code)).toBe('FILE_UNWRITABLE')
  expect(readdirSync(folder)).toEqual(['e'])
  expect(await sha256OfFile(join(folder, 'f')).catch(withoutFolder)).toMatchInlineSnapshot(`
    "FILE_UNREADABLE  cannot read FOLDER/f
      found    ENOENT: there is no such file or folder"
  `)
})

test('a new file does not replace one that is there', async () => {
  writeFileSync(join(folder, 'g'), 'mine')
  expect(await writeNewFile(join(folder, 'g'), 'yours').catch(error => error.code)).toBe('FILE_UNWRITABLE')
  expect(readFileSync(join(folder, 'g'), 'utf8')).toBe('mine')
})
