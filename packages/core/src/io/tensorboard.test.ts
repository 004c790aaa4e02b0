import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEventFile } from './tensorboard.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-events-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Written by TensorBoard 2.21.0's own RecordWriter and Event class from the same version, scalars and times. */
const REFERENCE =
  '1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e457665' +
  '6e743a322b3531103500000000000000d6c55de60900005040fc54d94110ac022a270a110a0a747261696e2f6c6f7373' +
  '15000098400a120a0bc3a976616c756174696f6e15cdcccc3d59c9fa00' +
  ''

test('an event file is byte for byte what TensorBoard writes', () => {
  const file = createEventFile(folder, 1_700_000_000.5)
  file.scalars(300, 1_700_000_001.25, { 'train/loss': 4.75, évaluation: 0.1 })
  file.close()
  expect(readFileSync(file.path).toString('hex')).toBe(REFERENCE)
})

test('two event files made in the same second do not meet', () => {
  const files = [createEventFile(folder, 1_700_000_000), createEventFile(folder, 1_700_000_000)]
  for (const file of files) file.close()
  expect(new Set(files.map(file => file.path)).size).toBe(2)
  for (const file of files)
    expect(basename(file.path)).toMatch(/^events\.out\.tfevents\.1700000000\.[\w.-]+\.\d+\.\d$/)
})

test('a step above 2^32 keeps its digits', () => {
  const file = createEventFile(folder, 0)
  file.scalars(2 ** 40 + 1, 0, { a: 1 })
  file.close()
  expect(readFileSync(file.path).toString('hex')).toContain('10818080808020')
})
