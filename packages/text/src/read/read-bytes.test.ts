import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readBytes } from './read-bytes.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-read-'))
afterAll(() => rmSync(folder, { recursive: true }))
const content = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256)
const path = join(folder, 'data.bin')
writeFileSync(path, content)

test('chunks are the part of the file that was asked for, and are hashed on the way', async () => {
  const hash = createHash('sha256')
  const got: number[] = []
  let largest = 0
  for await (const chunk of readBytes(path, { start: 10, end: 900, chunkBytes: 64, hash })) {
    got.push(...chunk)
    largest = Math.max(largest, chunk.length)
  }
  expect(got).toEqual([...content.subarray(10, 900)])
  expect(largest).toBe(64)
  expect(hash.digest('hex')).toBe(createHash('sha256').update(content.subarray(10, 900)).digest('hex'))
})

test('an empty file has no chunks', async () => {
  writeFileSync(join(folder, 'empty'), '')
  const chunks: Uint8Array[] = []
  for await (const chunk of readBytes(join(folder, 'empty'))) chunks.push(chunk)
  expect(chunks).toEqual([])
})

test('a missing file and a folder are said to be that', async () => {
  const drain = async (name: string): Promise<void> => {
    for await (const _ of readBytes(name));
  }
  const message = await drain(join(folder, 'nope')).catch((error: Error) =>
    error.message.replace(folder, '…'),
  )
  expect(message).toMatchInlineSnapshot(`
    "TEXT_FILE_UNREADABLE  a text file cannot be read
      found    no such file
      in …/nope
      relative paths start at the folder of the experiment file"
  `)
  await expect(drain(folder)).rejects.toThrow('found    a folder')
})
