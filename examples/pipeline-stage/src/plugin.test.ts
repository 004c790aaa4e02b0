import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  referenceBackend,
} from '@elman/core'
import { pretrain, readLabelledSplit, resolvePipeline, runPipeline } from '@elman/pretrain'
import { textDatasets } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import plugin from './index.ts'

const home = fileURLToPath(new URL('..', import.meta.url))
const engine = definePlugin({
  ...{ name: 'test-backend', version: '0.1.0', apiVersion: 1, elman: '^0.1.0' },
  register({ backend }) {
    const config = z.strictObject({})
    const create = () => referenceBackend()
    backend(defineComponent(BACKEND, { type: 'reference', summary: 'plain', config, create }))
  },
})
const container = createContainer([corePlugin, textDatasets, pretrain, engine, plugin])

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-budget-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(texts: number, { seed = 1, count = 2 } = {}) {
  const { plugins: _, ...file } = JSON.parse(readFileSync(join(home, 'elman.pipeline.json'), 'utf8'))
  const stages = file.stages
    .slice(0, count)
    .map((stage: { name: string }) => (stage.name === 'few-labels' ? { ...stage, texts } : stage))
  const pipeline = { ...file, backend: 'reference', seed, stages }
  const plan = await resolvePipeline(pipeline, { container, baseDirectory: home })
  return runPipeline(plan, { directory: folder, container, backend: referenceBackend() })
}
const kept = async (split: 'train' | 'test') =>
  (await readLabelledSplit(join(folder, 'stages/few-labels/result/labelled'), split))!

test('as many training texts are kept as asked for, drawn by the seed; test texts all stay', async () => {
  const { stages } = await run(24)
  const first = await kept('train')
  expect(first).toHaveLength(24)
  expect(await kept('test')).toHaveLength(stages['all-labels']!.scores['test texts']!)
  await run(24, { seed: 2 })
  expect((await kept('train')).map(({ id }) => id)).not.toEqual(first.map(({ id }) => id))
  await run(100_000)
  expect(await kept('train')).toHaveLength(stages['all-labels']!.scores['train texts']!)
})

test('the stage runs between those of elman, to scores, and is not run again for nothing', async () => {
  const { stages } = await run(24, { count: 5 })
  expect(stages.scores!.scores.texts).toBe((await kept('test')).length)
  const again = await run(24, { count: 5 })
  expect(again.stages).toEqual(stages)
})

test('an option that it does not have is refused with the right one', async () => {
  const stage = { name: 'few', type: 'label-budget', inputs: { labelled: 'all.labelled' }, text: 3, texts: 1 }
  const all = { name: 'all', type: 'labelled-text', format: 'csv', path: 'reviews.csv' }
  const plan = resolvePipeline(
    { stages: [all, stage], backend: 'reference' },
    { container, baseDirectory: home },
  )
  await expect(plan).rejects.toThrow(
    'stages.1.text is not an option of stage "label-budget"\n  did you mean texts?',
  )
})
