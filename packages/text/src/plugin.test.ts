import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContainer, DATASET, definePlugin } from '@elman/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { datasetComponent, datasetsOf, defineDataset, loadCorpus, textDatasets } from './index.ts'

const letters = defineDataset({
  type: 'letters',
  summary: 'letters of a friend',
  license: 'private',
  redistributable: false,
  bundled: false,
  files: [],
  splits: 'all train',
  unit: 'character',
  lines: 'all',
  config: z.strictObject({ type: z.literal('letters'), file: z.string() }),
  create: ({ file }, { baseDirectory }) => ({
    unit: 'character',
    lines: 'all',
    decode: {},
    vocabulary: { minimumCount: 1, unknown: false },
    splits: { train: { path: join(baseDirectory, file) } },
    sha256: {},
  }),
})

const stranger = definePlugin({
  name: 'elman-plugin-letters',
  version: '1.0.0',
  apiVersion: 1,
  elman: '*',
  register: ({ dataset }) => dataset(datasetComponent(letters)),
})

test("a stranger's dataset stands beside the built-in ones and is read like them", async () => {
  const container = createContainer([textDatasets, stranger])
  expect(
    container
      .registry(DATASET)
      .list()
      .map(({ name }) => name),
  ).toContain('letters')
  const folder = mkdtempSync(join(tmpdir(), 'elman-letters-'))
  try {
    writeFileSync(join(folder, 'a.txt'), 'dear reader')
    const config = { type: 'letters', file: 'a.txt' }
    const corpus = await loadCorpus(config, { baseDirectory: folder, datasets: datasetsOf(container) })
    expect([corpus.type, corpus.splits.train.ids.length]).toEqual(['letters', 11])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
