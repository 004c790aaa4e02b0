import { BACKEND, createContainer, defineComponent, definePlugin, referenceBackend, STAGE } from '@elman/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Port, Stage } from '../stages/stage.ts'
import { resolvePipeline } from './resolve-pipeline.ts'

const port = (kind: string, optional = false): Port => ({ kind, summary: `some ${kind}`, optional })
const component = (type: string, ports: Pick<Stage, 'inputs' | 'outputs'>) =>
  defineComponent(STAGE, {
    type,
    summary: type,
    config: z.strictObject({ size: z.int().default(1).describe('size') }),
    create: (): Stage => ({ ...ports, run: async () => ({ outcome: 'interrupted' }) }),
  })
const container = createContainer([
  definePlugin({
    ...{ name: 'some-stages', version: '0.1.0', apiVersion: 1, elman: '^0.1.0' },
    register({ stage, backend }) {
      backend(
        defineComponent(BACKEND, {
          ...{ type: 'reference', summary: 'plain', config: z.strictObject({}) },
          create: () => referenceBackend(),
        }),
      )
      stage(component('read', { inputs: {}, outputs: { text: port('text') } }))
      stage(component('learn', { inputs: { text: port('text') }, outputs: { model: port('model') } }))
      stage(
        component('tune', {
          inputs: { text: port('text'), model: port('model', true) },
          outputs: { model: port('model') },
        }),
      )
    },
  }),
])
const base = { container, baseDirectory: '/nowhere', file: 'elman.pipeline.json' }
const resolved = (stages: unknown, more: object = {}) =>
  resolvePipeline({ stages, backend: 'reference', ...more }, base)
const told = (error: Error) => error.message.replaceAll('\\', '/').replaceAll(/in [A-Z]:/g, 'in ')

test('stages are put in the order that inputs ask for, with all their options', async () => {
  const { stages, config } = await resolved([
    { name: 'b', type: 'tune', inputs: { text: 'r.text', model: 'a.model' } },
    { name: 'a', type: 'learn', inputs: { text: 'r.text' }, size: 3 },
    { name: 'r', type: 'read', description: 'first' },
  ])
  expect(config.seed).toBe(1)
  expect(stages.map(({ name, options }) => [name, options])).toEqual([
    ['r', { size: 1 }],
    ['a', { size: 3 }],
    ['b', { size: 1 }],
  ])
  expect(stages[2]!.inputs.model).toEqual({ kind: 'output', stage: 'a', output: 'model' })
})

test('everything that is wrong is told at once, with its place in the config', async () => {
  const stages = [
    { name: 'r', type: 'reed' },
    { name: 'r', type: 'read', sice: 2 },
    { name: 'text', type: 'read' },
    { name: 'a', type: 'learn', inputs: { txt: 'text.text', text: 'txet.text' } },
    { name: 'b', type: 'learn' },
    { name: 'c', type: 'tune', inputs: { text: 'a.model', model: 'text.txt' } },
    { name: 'd', type: 'tune', inputs: { text: { path: 'somewhere' }, model: 'e.model' } },
    { name: 'e', type: 'tune', inputs: { text: 'text.text', model: 'd.model' } },
  ]
  expect(await resolved(stages).catch(told)).toMatchInlineSnapshot(`
    "CONFIG_PROBLEMS  10 problems in elman.pipeline.json
      UNKNOWN_TYPE  stages.0: there is no stage "reed"
        did you mean read?   (stages: learn, read, tune)
        in elman.pipeline.json
      CONFIG_UNKNOWN_KEY  stages.1.sice is not an option of stage "read"
        did you mean size?   (options: size)
        in elman.pipeline.json
      PIPELINE_NAME_TWICE  stages.1.name: "r" is the name of stages.0 already
        give each stage a name of its own
      PIPELINE_INPUT_UNKNOWN  stages.3.inputs.txt is not an input of stage "learn"
        did you mean text?   (inputs: text)
      PIPELINE_INPUT_UNKNOWN  stages.3.inputs.text: there is no stage "txet"
        did you mean text?   (stages: r, r, text, a, b, c, d, e)
      PIPELINE_INPUT_MISSING  stages.4.inputs.text: stage "b" needs this input
        expected text (some text)
        outputs of that kind: text.text
      PIPELINE_INPUT_KIND  stages.5.inputs.text is another kind of artefact than stage "c" takes
        expected text (some text)
        found    model (a.model: some model)
      PIPELINE_INPUT_UNKNOWN  stages.5.inputs.model: stage "text" has no output "txt"
        did you mean text?   (outputs: text)
      ARTEFACT_NOT_FOUND  stages.6.inputs.text: there is no artefact
        expected a folder with artefact.json
        in /nowhere/somewhere
        artefacts are the folders under stages/NAME/result of a pipeline
      PIPELINE_CIRCLE  stages.6.inputs: stages need each other's outputs
        found    d needs e needs d
        take one of these inputs away"
  `)
})

test('the form of the file is checked first', async () => {
  expect(
    await resolved([{ name: 'a b', type: 'read', inputs: { text: 'a' } }], { sead: 3 }).catch(told),
  ).toMatchInlineSnapshot(`
    "CONFIG_PROBLEMS  3 problems in elman.pipeline.json
      CONFIG_UNKNOWN_KEY  sead is not an option of the pipeline
        did you mean seed?   (options: description, seed, backend, stages)
        in elman.pipeline.json
      CONFIG_INVALID  stages.0.name is wrong for the pipeline: a name has up to 60 letters, digits, - and _, a letter or digit first
        found    "a b"
        in elman.pipeline.json
      CONFIG_INVALID  stages.0.inputs.text is wrong for the pipeline: an output is named as "stage.output"
        found    "a"
        in elman.pipeline.json"
  `)
})
