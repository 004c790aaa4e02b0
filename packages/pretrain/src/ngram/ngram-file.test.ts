import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isElmanError, ndArray, writeSafetensors } from '@elman/core'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { randomSentences } from '../fixtures/random-sentences.ts'
import {
  loadNgramModel,
  saveNgramModel,
  trainAbsoluteDiscounting,
  trainKatz,
  trainKneserNey,
} from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-ngram-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'model.safetensors')
const ids = randomSentences(12, 2000, 7)
const fresh = randomSentences(14, 1000, 8)
const options = { order: 4, vocabularySize: 16, endOfSentence: 12 }

const models = [
  trainKneserNey(ids, options),
  trainKneserNey(ids, { order: 3, vocabularySize: 16 }),
  trainAbsoluteDiscounting(ids, options),
  trainKatz(ids, options),
  trainKneserNey(ids, options).toBackoff(),
]

for (const [index, model] of models.entries())
  test(`a saved model comes back with every bit (${index}: ${model.name})`, async () => {
    const written = await saveNgramModel(path, model)
    const loaded = await loadNgramModel(path)
    expect(loaded.tokenLogProbabilities(fresh)).toEqual(model.tokenLogProbabilities(fresh))
    expect(loaded.distribution([12, 3])).toEqual(model.distribution([12, 3]))
    expect(loaded).toMatchObject({ name: model.name, options: model.options, sizes: model.sizes })
    expect((await saveNgramModel(join(folder, 'again'), loaded)).sha256).toBe(written.sha256)
  })

test('a file of something else is refused', async () => {
  await writeSafetensors(path, [['1.words', ndArray('int32', [1], Int32Array.of(0))]])
  const said = await loadNgramModel(path).then(
    () => 'loaded',
    error => String(error).replace(path, 'FILE'),
  )
  expect(said).toMatchInlineSnapshot(`
    "ElmanError: NGRAM_FILE_INVALID  not the file of an n-gram model, or a damaged one
      found    no description of an n-gram model
      in FILE
      write it again by saveNgramModel; ARPA files are read by readArpa"
  `)
})

test('damage is found, whatever it is', async () => {
  await saveNgramModel(path, models[0]!)
  const bytes = readFileSync(path)
  const damaged = join(folder, 'damaged')
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, change, cut) => {
        const copy = Buffer.from(cut ? bytes.subarray(0, at) : bytes)
        if (!cut) copy[at]! ^= change
        writeFileSync(damaged, copy)
        try {
          // A changed count or number is another model, not a broken file.
          const loaded = await loadNgramModel(damaged)
          expect(loaded.tokenLogProbabilities(fresh).length).toBe(fresh.length)
        } catch (error) {
          if (!isElmanError(error)) throw error
          refused++
        }
      },
    ),
    { numRuns: 300, seed: 1 },
  )
  expect(refused).toBeGreaterThan(150)
})
