/** The three steps from end to end on made-up text, and trainings that were stopped. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  flattenParameters,
  type NdArray,
  type Parameters,
  random,
  referenceBackend,
  toNumbers,
} from '@elman/core'
import { afterEach, expect, test } from 'vitest'
import { NO_DROPOUTS } from './awd-lstm.ts'
import { inDirection, type LabelledDocument } from './documents.ts'
import { createPredictor } from './predict.ts'
import { trainUlmfitClassifier } from './train-classifier.ts'
import { trainUlmfitLanguageModel } from './train-language-model.ts'
import type { PhaseEvent } from './train-phases.ts'
import { classifierTraining, gradualUnfreezing, languageModelTraining } from './training-config.ts'

const folders: string[] = []
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'elman-ulmfit-'))
  folders.push(made)
  return made
}
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true })
})

const sizes = { embedding: 8, hidden: 10, layers: 2 }
const VOCABULARY = 22
const slanted = { type: 'slanted-triangular', ratio: 32, cutFraction: 0.1 } as const

/** Words 2 … 11 and 12 … 21 of two topics: a text stays in one of them. */
function topicText(topic: number, length: number, seed: number): Int32Array {
  const draws = random.uniform(random.key(seed), length, 'float64')
  return Int32Array.from(draws, draw => 2 + 10 * topic + Math.floor(10 * draw))
}

const concatenated = (parts: readonly Int32Array[]) => Int32Array.from(parts.flatMap(part => [...part]))
const general = concatenated(Array.from({ length: 160 }, (_, i) => topicText(i % 2, 20, 100 + i)))
const documents = (count: number, first: number): LabelledDocument[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `d${first + i}`,
    ids: topicText(i % 2, 1 + ((5 * (i >> 1)) % 9), first + i),
    label: i % 2,
  }))

const languageModel = languageModelTraining.parse({
  ...{ dropouts: NO_DROPOUTS, rate: 0.05, rates: { type: 'divisor', divisor: 1 }, batch: 8, bptt: 10 },
  phases: [{ unfrozen: 'all', epochs: 16, schedule: slanted }],
})
const classifierPlan = classifierTraining.parse({
  ...{ dropouts: NO_DROPOUTS, rate: 0.01, batch: 4, bptt: 6, keep: 12 },
  head: { hidden: 6, dropout: 0, hiddenDropout: 0 },
  phases: gradualUnfreezing(4, 6, slanted),
})

test('a classifier on a pre-trained encoder learns from few labels faster than one from scratch, in both directions', async () => {
  const few = documents(8, 1000)
  const valid = documents(60, 5000)
  for (const direction of ['forward', 'backward'] as const) {
    const common = { backend: referenceBackend(), vocabularySize: VOCABULARY, sizes, seed: 5, direction }
    const model = await trainUlmfitLanguageModel({
      ...common,
      training: languageModel,
      ids: general,
      valid: general,
    })
    expect(model.validLoss).toBeLessThan(2.75) // ln 20 = 3.0 without the topic, ln 10 = 2.3 with it
    const task = { ...common, classes: 2, training: classifierPlan, documents: few, valid }
    const transferred = await trainUlmfitClassifier({ ...task, languageModel: model.parameters })
    const scratch = await trainUlmfitClassifier(task)
    expect(transferred.validError).toBeLessThan(0.15)
    expect(transferred.validError!).toBeLessThan(scratch.validError! - 0.1)
    const predictor = createPredictor(referenceBackend(), transferred.classifier, { bptt: 6, keep: 12 })
    const read = valid.map(each => ({ ...each, ids: inDirection(each.ids, direction) }))
    const wrong = (await predictor.predict(transferred.parameters, read)).filter(
      ({ label }, i) => label !== valid[i]!.label,
    )
    expect(wrong.length / valid.length).toBe(transferred.validError)
  }
}, 60_000)

test('a frozen group does not move by a bit, an unfrozen one does', async () => {
  const training = { ...classifierPlan, phases: [{ ...classifierPlan.phases[0]!, unfrozen: 2 }] }
  const common = { backend: referenceBackend(), vocabularySize: VOCABULARY, sizes, seed: 5, classes: 2 }
  const start = await trainUlmfitLanguageModel({
    ...{ ...common, ids: general.slice(0, 200) },
    training: { ...languageModel, phases: [{ ...languageModel.phases[0]!, epochs: 1 }] },
  })
  const { parameters } = await trainUlmfitClassifier({
    ...{ ...common, training, documents: documents(8, 1000), languageModel: start.parameters },
  })
  const after = flattenParameters(parameters.encoder as Parameters)
  const before = flattenParameters(start.parameters)
  for (const [path, value] of after) {
    if (path.startsWith('rnn.1.')) expect(value, path).not.toEqual(before.get(path))
    else expect(value, path).toEqual(before.get(path))
  }
})

test('the scripts’ softmax without bias keeps none', async () => {
  const { parameters } = await trainUlmfitLanguageModel({
    ...{
      backend: referenceBackend(),
      vocabularySize: VOCABULARY,
      sizes,
      seed: 5,
      ids: general.slice(0, 400),
    },
    training: { ...languageModel, decoderBias: false, phases: [{ ...languageModel.phases[0]!, epochs: 1 }] },
  })
  const { bias } = parameters.softmax as { readonly bias: NdArray }
  expect(toNumbers(bias)).toEqual(new Array(VOCABULARY).fill(0))
})

test('a training that was stopped goes on to the same numbers, at any place in any phase', async () => {
  const dropouts = { input: 0.2, hidden: 0.2, output: 0.2, embedding: 0.1, weights: 0.3 }
  const training = { ...classifierPlan, dropouts, head: { hidden: 6, dropout: 0.2, hiddenDropout: 0.1 } }
  const task = {
    ...{ backend: referenceBackend(), vocabularySize: VOCABULARY, sizes, seed: 5, classes: 2 },
    ...{ training, documents: documents(14, 1000) },
  }
  const whole = await trainUlmfitClassifier({ ...task, directory: await folder() })
  const directory = await folder()
  let parts = 0
  for (let outcome = 'interrupted'; outcome === 'interrupted'; parts++) {
    const stop = new AbortController()
    let steps = 0
    const onEvent = ({ event }: PhaseEvent) => {
      if (event.kind === 'step' && ++steps === 5) stop.abort()
    }
    const result = await trainUlmfitClassifier({ ...task, directory, signal: stop.signal, onEvent })
    outcome = result.outcome
    if (outcome === 'finished') expect(result.parameters).toEqual(whole.parameters)
  }
  expect(parts).toBeGreaterThan(3)
  expect((await readdir(directory)).sort()).toEqual(['phase-1', 'phase-2', 'phase-3', 'phase-4'])
  const again = await trainUlmfitClassifier({ ...task, directory, onEvent: () => expect.unreachable() })
  expect(again.parameters).toEqual(whole.parameters)
  const other = trainUlmfitClassifier({ ...task, seed: 6, directory })
  await expect(other).rejects.toThrow('ULMFIT_PHASE_DIFFERS  phase 1 in this folder is of another training')
}, 60_000)
