/** Folders as `transformers` and torch.save leave them, and models with heads against its logits. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  evaluate,
  flattenParameters,
  type NdArray,
  ndArray,
  type TensorBatch,
  type TensorParameters,
  writeSafetensors,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { saveTokenizer, trainWordPiece } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFineTuned, writeFineTuned } from '../fine-tuning/model-folder.ts'
import { bertFromWeights, readBertFolder } from './model-folder.ts'

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const golden = <Content>(name: string) => JSON.parse(readFileSync(join(fixtures, name), 'utf8')) as Content
type Weights = { readonly [name: string]: GoldenArray }
const arraysOf = (weights: Weights) =>
  new Map(
    Object.entries(weights).map(([name, { shape, data }]): [string, NdArray] => [
      name,
      ndArray('float32', shape, Float32Array.from(data)),
    ]),
  )

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-bert-files-'))
})
afterEach(() => rmSync(root, { recursive: true }))

test.each(['bert-torch', 'bert-parts'])(
  'a folder of %s gives the weights of the model it was made from',
  async name => {
    const { cases } = golden<{ cases: { config: unknown; weights: Weights }[] }>('bert.json')
    const expected = bertFromWeights(cases[0]!.config, arraysOf(cases[0]!.weights))
    const found = await readBertFolder(join(fixtures, name))
    expect(found.model.config).toEqual(expected.model.config)
    expect(flattenParameters(found.parameters)).toEqual(flattenParameters(expected.parameters))
    expect([found.drawn, found.unused]).toEqual([[], []])
  },
)

test.each(['text', 'words'] as const)(
  'a model for %s has the logits of transformers, and is written and read again',
  async task => {
    const { ids, mask, segments, cases } = golden<
      {
        readonly [name in 'ids' | 'mask' | 'segments']: number[][]
      } & { readonly cases: { task: string; config: unknown; weights: Weights; logits: GoldenArray }[] }
    >('bert-heads.json')
    const { config, weights, logits } = cases.find(each => each.task === task)!
    writeFileSync(join(root, 'config.json'), JSON.stringify(config))
    await writeSafetensors(join(root, 'model.safetensors'), arraysOf(weights))
    const tokenizer = trainWordPiece(['a b a b'], { minimumCount: 1, vocabularySize: 13 })
    await saveTokenizer(tokenizer, join(root, 'tokenizer.json'))
    const opened = await readFineTuned(root)
    expect(opened).toMatchObject({ labels: ['a', 'b', 'c'], length: 8, model: { task } })

    const steps = (rows: number[][]) =>
      ndArray(
        'int32',
        [6, 2],
        Int32Array.from({ length: 12 }, (_, i) => rows[i % 2]![i >> 1]!),
      )
    // All places, row by row.
    const places = Int32Array.from({ length: 12 }, (_, i) => (i % 6) * 2 + Math.floor(i / 6))
    const batch = {
      ...{ ids: steps(ids), mask: steps(mask), segments: steps(segments) },
      places: ndArray('int32', [2, 6], places),
    }
    const scores = (own: TensorParameters, given: TensorBatch) =>
      opened.model.logits(own, given, { mode: 'evaluate' })
    const found = evaluate(scores, opened.parameters, batch) as unknown as NdArray
    const real = (data: ArrayLike<unknown>) =>
      Array.from(data, Number).filter(
        (_, i) => task === 'text' || mask[Math.floor(i / 18)]![Math.floor(i / 3) % 6] === 1,
      )
    expectClose(real(found.data), real(logits.data), 1e-5)

    const other = mkdtempSync(join(root, 'again-'))
    await writeFineTuned(other, opened)
    const again = await readFineTuned(other)
    expect(flattenParameters(again.parameters)).toEqual(flattenParameters(opened.parameters))
    expect(again.model.config).toEqual(opened.model.config)
  },
)

test('a folder without weights, an index of elsewhere and a model without labels are refused', async () => {
  const told = async (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable(),
      (error: Error) => error.message.replaceAll(root, '…').replaceAll('\\', '/'),
    )
  copyFileSync(join(fixtures, 'bert-parts/config.json'), join(root, 'config.json'))
  expect(await told(readBertFolder(root))).toMatchInlineSnapshot(`
    "BERT_FILES_INVALID  a folder of BERT has no file of weights
      expected model.safetensors, parts of it with model.safetensors.index.json, or a state dict in pytorch_model.bin
      found    config.json
      in …"
  `)
  const index = { weight_map: { 'bert.pooler.dense.bias': '../other.safetensors' } }
  writeFileSync(join(root, 'model.safetensors.index.json'), JSON.stringify(index))
  expect(await told(readBertFolder(root))).toMatchInlineSnapshot(`
    "BERT_FILES_INVALID  an index of weights is none
      expected model.safetensors, parts of it with model.safetensors.index.json, or a state dict in pytorch_model.bin
      found    a part is a .safetensors file beside the index
      in …/model.safetensors.index.json"
  `)
  expect(await told(readFineTuned(root))).toMatch(
    /^BERT_CONFIG_INVALID {2}the config is not of a fine-tuned BERT/,
  )
})
