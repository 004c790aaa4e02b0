/** The stages one after the other: released weights, the language model tuned, the classifier, each in its folder. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { corePlugin, createContainer, random, referenceBackend } from '@elman/core'
import { saveTokenizer, trainWordTokenizer } from '@elman/text'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pretrain } from '../plugin.ts'
import type { Artefact, ArtefactFacts } from '../stages/artefact.ts'
import type { Stage, StageContext, StageEvent } from '../stages/stage.ts'
import { ulmfitClassifierStage } from './classifier-stage.ts'
import { averagePredictions } from './ensemble.ts'
import { ulmfitLanguageModelStage } from './language-model-stage.ts'
import { loadUlmfitClassifier, loadUlmfitLanguageModel } from './model-folder.ts'
import { ulmfitWeightsStage } from './weights-stage.ts'

let root = ''
const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))
const services = createContainer([corePlugin, pretrain])
const training = {
  batch: 4,
  bptt: 8,
  phases: [{ unfrozen: 'all', epochs: 2, schedule: { type: 'constant' } }],
}

const artefact = (kind: string, path: string, facts: ArtefactFacts = {}): Artefact => ({
  ...{ kind, schema: 1, path, facts },
  ...{ hash: kind, config: kind },
})

async function runStage(
  name: string,
  stage: Stage,
  inputs: StageContext['inputs'],
  signal = new AbortController().signal,
) {
  const events: StageEvent[] = []
  const outcome = await stage.run({
    ...{ inputs, signal, baseDirectory: fixtures, seed: 3, backendReference: 'reference' },
    ...{ container: services, backend: referenceBackend() },
    workDirectory: join(root, name, 'work'),
    onEvent: event => events.push(event),
    async outputDirectory(output) {
      const path = join(root, name, output)
      await mkdir(path, { recursive: true })
      return path
    },
  })
  return { outcome, events }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'elman-stages-'))
  const draws = random.uniform(random.key(2), 600, 'float64')
  const word = (topic: number, place: number) => `w${3 + topic * 5 + Math.floor(5 * draws[place % 600]!)}`
  const line = (i: number) => Array.from({ length: 3 + (i % 5) }, (_, t) => word(i % 2, 7 * i + t)).join(' ')
  const texts = Array.from({ length: 40 }, (_, i) => ({
    id: `t${i}`,
    text: line(i),
    label: i % 2 === 0 ? 'low' : 'high',
  }))
  const lines = (part: typeof texts) => part.map(text => `${JSON.stringify(text)}\n`).join('')
  for (const folder of ['labelled', 'tokenizer']) await mkdir(join(root, folder))
  await writeFile(join(root, 'labelled/train.jsonl'), lines(texts.slice(0, 24)))
  await writeFile(join(root, 'labelled/valid.jsonl'), lines(texts.slice(24, 32)))
  await writeFile(join(root, 'labelled/test.jsonl'), lines(texts.slice(32)))
  const tokenizer = trainWordTokenizer(
    texts.map(({ text }) => text),
    { minimumCount: 1 },
  )
  await saveTokenizer(tokenizer, join(root, 'tokenizer/tokenizer.json'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('released weights become a language model, this is tuned, and a classifier stands on it', async () => {
  const weights = { weights: 'wt103-fwd.pth', words: 'itos_wt103.pkl', direction: 'forward' } as const
  const imported = await runStage('import', ulmfitWeightsStage.create(weights, services), {})
  expect(imported.outcome.outcome).toBe('finished')
  const general = artefact('language-model', join(root, 'import/model'))
  expect((await loadUlmfitLanguageModel(general.path)).card).toMatchObject({
    ...{ kind: 'language-model', direction: 'forward' },
    sizes: { embedding: 4, hidden: 5, layers: 3 },
  })

  const inputs = {
    tokenizer: artefact('tokenizer', join(root, 'tokenizer')),
    labelled: artefact('labelled-texts', join(root, 'labelled')),
  }
  const config = ulmfitLanguageModelStage.config.parse({ training })
  const tuned = await runStage('tune', ulmfitLanguageModelStage.create(config, services), {
    ...inputs,
    general,
  })
  expect(tuned.outcome).toMatchObject({ outcome: 'finished', scores: { validLoss: expect.any(Number) } })
  expect(tuned.events[0]).toMatchObject({
    kind: 'note',
    text: expect.stringMatching(/^1\d words known to the general model, \d new$/),
  })
  expect(tuned.events.at(-1)).toMatchObject({
    kind: 'progress',
    phase: 'phase 1 of 1',
    unit: 'updates',
    secondsLeft: 0,
  })

  const model = artefact('language-model', join(root, 'tune/model'))
  const classifierConfig = ulmfitClassifierStage.config.parse({ training })
  const stage = ulmfitClassifierStage.create(classifierConfig, services)
  const made = await runStage('classify', stage, { ...inputs, model })
  expect(made.outcome).toMatchObject({
    outcome: 'finished',
    outputs: { classifier: { direction: 'forward', labels: ['high', 'low'] } },
    scores: { validError: expect.any(Number), testError: expect.any(Number) },
  })
  const text = await readFile(join(root, 'classify/predictions/predictions.jsonl'), 'utf8')
  const predictions = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(predictions.map(({ id }) => id)).toEqual(Array.from({ length: 8 }, (_, i) => `t${32 + i}`))
  expect(predictions.every(({ label, probabilities }) => probabilities[label] >= 0.5)).toBe(true)
  const { card } = await loadUlmfitClassifier(join(root, 'classify/classifier'))
  expect(card.labels).toEqual(['high', 'low'])
  expect(averagePredictions([])).toEqual([])
})

test('what does not fit is refused with both sides: direction, vocabulary, training, a folder of another kind', async () => {
  const general = artefact('language-model', join(root, 'import/model'))
  const tokenizer = artefact('tokenizer', join(root, 'tokenizer'))
  const labelled = artefact('labelled-texts', join(root, 'labelled'))
  const tune = (config: object) =>
    runStage(
      'refused',
      ulmfitLanguageModelStage.create(ulmfitLanguageModelStage.config.parse(config), services),
      {
        ...{ tokenizer, labelled, general },
      },
    )
  await expect(tune({ direction: 'backward' })).rejects.toThrowErrorMatchingInlineSnapshot(
    `
    [ElmanError: ULMFIT_DIRECTION_DIFFERS  the language model reads in another direction than the stage is to
      expected backward (direction of the stage)
      found    forward (of the language model)
      give the language model of that direction, or leave "direction" out]
  `,
  )
  await expect(tune({ training: { batch: 0 } })).rejects.toThrow('ULMFIT_TRAINING_INVALID')
  const classify = ulmfitClassifierStage.create(ulmfitClassifierStage.config.parse({}), services)
  const onGeneral = runStage('refused', classify, { tokenizer, labelled, model: general })
  await expect(onGeneral).rejects.toThrow(/^ULMFIT_VOCABULARY_DIFFERS/)
  await expect(loadUlmfitClassifier(general.path)).rejects.toThrow('ULMFIT_FILES_INVALID')
})

test('a stage that is asked to stop says so, and goes on from its folder', async () => {
  const stage = ulmfitClassifierStage.create(
    ulmfitClassifierStage.config.parse({ training, sizes: { embedding: 4, hidden: 5, layers: 2 } }),
    services,
  )
  const inputs = {
    tokenizer: artefact('tokenizer', join(root, 'tokenizer')),
    labelled: artefact('labelled-texts', join(root, 'labelled')),
  }
  const first = await runStage('stopped', stage, inputs, AbortSignal.abort())
  expect(first.outcome.outcome).toBe('interrupted')
  const second = await runStage('stopped', stage, inputs)
  const whole = await runStage('whole', stage, inputs)
  expect(second.outcome).toEqual(whole.outcome)
})
