import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkAgreement } from './agreement.ts'
import type { Artefact, ArtefactFacts } from './artefact.ts'
import { readArtefact, verifyArtefact, writeArtefact } from './artefact-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-artefact-'))
  mkdirSync(join(folder, 'inner'))
  writeFileSync(join(folder, 'a.txt'), 'one\n')
  writeFileSync(join(folder, 'inner/b.bin'), new Uint8Array(1000))
})
afterEach(() => rmSync(folder, { recursive: true }))

const card = { kind: 'text', config: 'c', facts: { vocabulary: 'v', words: 3 } }
const told = (error: Error) => error.message.replaceAll(folder, 'FOLDER').replaceAll('\\', '/')

test('what is written is read again, and the hash depends on files and card alone', async () => {
  const written = await writeArtefact(folder, card)
  expect(await readArtefact(folder)).toEqual(written)
  expect(await verifyArtefact(folder)).toEqual(written)
  expect((await writeArtefact(folder, card)).hash).toBe(written.hash)
  expect((await writeArtefact(folder, { ...card, facts: { words: 4 } })).hash).not.toBe(written.hash)
})

test('every file that is not as it was written is told', async () => {
  await writeArtefact(folder, card)
  truncateSync(join(folder, 'inner/b.bin'), 999)
  writeFileSync(join(folder, 'a.txt'), 'two\n')
  writeFileSync(join(folder, 'c.txt'), '')
  expect(await verifyArtefact(folder).catch(told)).toMatchInlineSnapshot(`
    "ARTEFACT_DAMAGED  an artefact is not as it was written
      found    a.txt has another content; inner/b.bin has 999 bytes, not 1000; c.txt was added
      in FOLDER
      put the files back, or delete the result of the stage: the pipeline makes it again"
  `)
  rmSync(join(folder, 'a.txt'))
  expect(await verifyArtefact(folder).catch(told)).toContain('a.txt is missing')
})

test('a card that was edited, cut short or is missing is told', async () => {
  await writeArtefact(folder, card)
  const file = join(folder, 'artefact.json')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('"words": 3', '"words": 4'))
  expect(await readArtefact(folder).catch(told)).toMatchInlineSnapshot(`
    "ARTEFACT_DAMAGED  an artefact is not as it was written
      found    artefact.json was changed: its hash does not fit
      in FOLDER
      put the files back, or delete the result of the stage: the pipeline makes it again"
  `)
  for (let cut = 0; cut < text.length - 2; cut += 7) {
    writeFileSync(file, text.slice(0, cut))
    await expect(readArtefact(folder)).rejects.toMatchObject({ code: 'ARTEFACT_DAMAGED' })
  }
  appendFileSync(file, 'x')
  await expect(readArtefact(folder)).rejects.toMatchObject({ code: 'ARTEFACT_DAMAGED' })
  rmSync(file)
  expect(await readArtefact(folder).catch(told)).toMatchInlineSnapshot(`
    "ARTEFACT_NOT_FOUND  there is no artefact
      expected a folder with artefact.json
      in FOLDER
      artefacts are the folders under stages/NAME/result of a pipeline"
  `)
})

const input = (kind: string, facts: ArtefactFacts, from: string) => ({
  artefact: { kind, schema: 1, path: '', hash: kind, config: '', facts } satisfies Artefact,
  from,
})

test('inputs of other vocabularies are refused with both sides, unless the port allows it', () => {
  const ports = {
    tokenizer: { kind: 'tokenizer', summary: '' },
    model: { kind: 'language-model', summary: '' },
  }
  const inputs = {
    tokenizer: input('tokenizer', { vocabulary: 'a'.repeat(64) }, 'words.tokenizer'),
    model: input('language-model', { vocabulary: 'b'.repeat(64), direction: 'forward' }, '../other'),
  }
  expect(() => checkAgreement('tune', ports, inputs)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: STAGE_INPUTS_DIFFER  two inputs of stage "tune" have not the same vocabulary
      expected aaaaaaaaaaaa (input "tokenizer", tokenizer from words.tokenizer)
      found    bbbbbbbbbbbb (input "model", language-model from ../other)
      make both with the same vocabulary, or give the stage other inputs]
  `)
  const allowed = { ...ports, model: { ...ports.model, mayDiffer: ['vocabulary'] as const } }
  expect(() => checkAgreement('tune', allowed, inputs)).not.toThrow()
  const same = { ...inputs, model: input('language-model', { vocabulary: 'a'.repeat(64) }, '../other') }
  expect(() => checkAgreement('tune', ports, same)).not.toThrow()
})
