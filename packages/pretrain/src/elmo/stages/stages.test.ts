import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  referenceBackend,
  resolveConfig,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { pretrain } from '../../plugin.ts'
import type { Artefact } from '../../stages/artefact.ts'
import type { StageContext, StageEvent } from '../../stages/stage.ts'
import { readHdf5 } from '../hdf5/read-hdf5.ts'
import { elmoEmbedConfig, elmoEmbedStage } from './embed-stage.ts'
import { elmoLanguageModelConfig, elmoLanguageModelStage } from './language-model-stage.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    backend(
      defineComponent(BACKEND, {
        type: 'reference',
        summary: 'the interpreter',
        config: z.strictObject({}),
        create: referenceBackend as never,
      }),
    )
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-elmo-stage-'))
  mkdirSync(join(root, 'text'))
  const line = (i: number) => `the ${['cat', 'dog'][i % 2]} sat\n`
  const lines = (count: number) => Array.from({ length: count }, (_, i) => line(i)).join('')
  writeFileSync(join(root, 'text', 'train.txt'), lines(30))
  writeFileSync(join(root, 'text', 'valid.txt'), `${lines(4)}a dog ran\n`)
})
afterEach(() => rmSync(root, { recursive: true }))

const artefact = (kind: string, path: string, facts = {}): Artefact => ({
  ...{ kind, schema: 1, path, hash: '', config: '', facts },
})

function context(inputs: StageContext['inputs'], events: StageEvent[], stops = false): StageContext {
  const stop = new AbortController()
  const workDirectory = join(root, 'work')
  mkdirSync(workDirectory, { recursive: true })
  return {
    ...{ inputs, workDirectory, baseDirectory: root, container, seed: 4, signal: stop.signal },
    ...{ backend: referenceBackend(), backendReference: 'reference' },
    onEvent: event => {
      events.push(event)
      if (stops && event.kind === 'progress') stop.abort()
    },
    outputDirectory: async name => {
      const path = join(root, 'out', name)
      rmSync(path, { recursive: true, force: true })
      mkdirSync(path, { recursive: true })
      return path
    },
  }
}

const training = resolveConfig(
  elmoLanguageModelConfig,
  {
    preset: 'tiny',
    model: { maxCharacters: 8, hidden: 6 },
    softmax: 'full',
    train: { steps: 8, batch: 2, time: 4, logEvery: 3, optimizer: { type: 'adam', rate: 0.01 } },
    evaluate: { batch: 1, time: 4 },
  },
  'the stage',
  { registryOf: kind => container.registryOf(kind) },
)

test('a model is trained from a text, stopped, gone on with, and its vectors are those of both stages', async () => {
  const events: StageEvent[] = []
  const text = artefact('text', join(root, 'text'))
  const stage = elmoLanguageModelStage(training)
  expect(await stage.run(context({ text }, events, true))).toEqual({ outcome: 'interrupted' })
  expect(existsSync(join(root, 'out'))).toBe(false)
  const outcome = await stage.run(context({ text }, events))
  if (outcome.outcome !== 'finished') throw new Error('the stage did not finish')
  expect(outcome.outputs.model).toMatchObject({
    family: 'elmo',
    direction: 'both',
    step: 8,
    layers: 3,
    features: 16,
  })
  expect(outcome.outputs.model!.keyMap).toHaveProperty('char_embed', 'characters.embedding')
  expect(outcome.scores).toHaveProperty('valid perplexity')
  expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['note', 'progress', 'score']))
  const folder = join(root, 'out', 'model')
  expect(readdirSync(folder).sort()).toEqual([
    'options.json',
    'softmax.safetensors',
    'vocabulary.txt',
    'weights.hdf5',
  ])
  expect(readFileSync(join(folder, 'vocabulary.txt'), 'utf8').split('\n').slice(0, 3)).toEqual([
    '</S>',
    '<S>',
    '<UNK>',
  ])

  const embed = elmoEmbedStage(elmoEmbedConfig.parse({ sentences: 'valid.txt' }))
  const model = artefact('language-model', folder, outcome.outputs.model)
  const embedded = await embed.run(context({ text, model }, events))
  expect(embedded).toMatchObject({
    outcome: 'finished',
    outputs: { vectors: { sentences: 5, tokens: 15, layers: 3, features: 16, state: 'reset' } },
  })
  const { datasets } = await readHdf5(join(root, 'out', 'vectors', 'vectors.hdf5'))
  expect(datasets.get('4')!.shape).toEqual([3, 3, 16])
  expect(datasets.get('2')!.read()).toEqual(datasets.get('0')!.read())
}, 60_000)

test('stage elmo-embed refuses to go without a model and a model of another family', async () => {
  const stage = elmoEmbedStage(elmoEmbedConfig.parse({}))
  await expect(stage.run(context({}, []))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_STAGE_WITHOUT_MODEL  stage "elmo-embed" was given no model
      expected the artefact "model" of another stage, or the option "model" with the folder of one]
  `)
  const model = artefact('language-model', 'somewhere', { family: 'ulmfit' })
  await expect(stage.run(context({ model }, []))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_STAGE_OTHER_MODEL  stage "elmo-embed" was given a language model of another kind
      expected family elmo
      found    family ulmfit
      in somewhere]
  `)
  const empty = elmoEmbedStage(elmoEmbedConfig.parse({ model: 'text' }))
  await expect(empty.run(context({}, []))).rejects.toMatchObject({ code: 'ELMO_NOT_FOUND' })
})
