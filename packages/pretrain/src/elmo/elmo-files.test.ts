import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filled, flattenParameters, type NdArray, type Parameters, random } from '@elman/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { elmoModel } from './bidirectional-language-model.ts'
import { readElmo, writeElmo } from './elmo-files.ts'
import { elmoKeyMap } from './elmo-names.ts'
import { ELMO_PRESETS, elmoOptionsFromJson } from './elmo-options.ts'
import { readHdf5 } from './hdf5/read-hdf5.ts'
import { createHdf5 } from './hdf5/write-hdf5.ts'

const folder = fileURLToPath(new URL('./fixtures/elmo-tiny', import.meta.url))
const published = { options: join(folder, 'options.json'), weights: join(folder, 'lm_weights.hdf5') }

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-elmo-files-'))
})
afterEach(() => rmSync(root, { recursive: true }))
const files = () => ({ options: join(root, 'options.json'), weights: join(root, 'weights.hdf5') })

test('a model that is read and written has the same options, datasets and bits', async () => {
  await writeElmo(files(), await readElmo(published))
  const [a, b] = [await readHdf5(published.weights), await readHdf5(files().weights)]
  expect([...b.datasets.keys()].sort()).toEqual([...a.datasets.keys()].sort())
  for (const [path, dataset] of a.datasets) {
    expect(b.datasets.get(path)!.shape).toEqual(dataset.shape)
    expect(Buffer.from(b.datasets.get(path)!.bytes()).equals(dataset.bytes()), path).toBe(true)
  }
  const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
  expect(json(files().options)).toEqual(json(published.options))
})

test('fresh parameters of any sizes come back bit for bit, without the softmax', async () => {
  for (const changes of [{}, { highwayLayers: 0, layers: 1, activation: 'tanh' as const }, { hidden: 8 }]) {
    const options = { ...ELMO_PRESETS.tiny, ...changes }
    const parameters = elmoModel(options).init(random.key(5))
    const softmax = { weight: filled([2, 2]), bias: filled([2]) }
    await writeElmo(files(), { options, parameters: { ...parameters, softmax } })
    const read = await readElmo(files())
    expect(read.options).toEqual(options)
    const [before, after] = [parameters, read.parameters].map(tree =>
      [...flattenParameters(tree)].sort(byPath),
    )
    expect(after).toEqual(before)
  }
})

function byPath([a]: [string, NdArray], [b]: [string, NdArray]): number {
  return a < b ? -1 : 1
}

test('the published original has 93,600,848 parameters without the softmax', () => {
  const { original } = ELMO_PRESETS
  const features = original.filters.reduce((sum, [, count]) => sum + count, 0)
  const characters =
    261 * 16 +
    original.filters.reduce((sum, [width, count]) => sum + width * 16 * count + count, 0) +
    2 * 2 * (features * features + features) +
    features * 512 +
    512
  const layer = 1024 * 16384 + 16384 + 4096 * 512
  expect(characters + 4 * layer).toBe(93_600_848)
  expect(Object.keys(elmoKeyMap(original))).toHaveLength(1 + 14 + 8 + 2 + 12)
})

test('a layer without W_P_0 that has as many outputs as cells gets the identity; else its absence is an error', async () => {
  const write = async (hidden: number) => {
    const options = { ...ELMO_PRESETS.tiny, layers: 1, hidden }
    const elmo = { options, parameters: elmoModel(options).init(random.key(5)) }
    await writeElmo(files(), elmo)
    const { datasets } = await readHdf5(files().weights)
    const writer = await createHdf5(files().weights)
    for (const [path, dataset] of datasets) {
      if (!path.endsWith('W_P_0')) await writer.write(path, dataset.read())
    }
    await writer.close()
  }
  await write(8)
  const { parameters } = await readElmo(files())
  const projection = ((parameters.forward as Parameters)['0'] as Parameters).projection as NdArray
  expect([...projection.data].filter(Number)).toEqual(new Array(8).fill(1))
  expect([...projection.data].map((value, i) => (i % 9 === 0 ? value : 0))).toEqual([...projection.data])
  await write(9)
  await expect(readElmo(files())).rejects.toMatchObject({ code: 'HDF5_DATASET_MISSING' })
})

test('options that do not fit the weights are refused with both shapes', async () => {
  const options = JSON.parse(readFileSync(published.options, 'utf8')) as { lstm: { dim: number } }
  options.lstm.dim = 65
  writeFileSync(files().options, JSON.stringify(options))
  const read = readElmo({ options: files().options, weights: published.weights })
  const error = await read.catch((cause: unknown) => cause)
  expect(String(error).replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(`
    "ElmanError: ELMO_SHAPE_MISMATCH  "RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_0" does not fit the options
      expected (32, 260)
      found    (32, 256)
      in FOLDER/lm_weights.hdf5
      the options.json beside the weights has to be that of the same model"
  `)
})

test('vectors of sentences are not taken for weights', async () => {
  const read = readElmo({ ...published, weights: join(folder, 'lm_embeddings_0.hdf5') })
  const error = await read.catch((cause: unknown) => cause)
  expect(String(error).replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(`
    "ElmanError: ELMO_VECTORS_ONLY  this file holds the vectors of sentences, not the weights of a model
      expected datasets char_embed, CNN/…, CNN_proj/…, RNN_0/…, RNN_1/…
      found    datasets 0, 1, …, one for each sentence
      in FOLDER/lm_embeddings_0.hdf5"
  `)
})

test('options of other kinds of models are refused', async () => {
  const json = JSON.parse(readFileSync(published.options, 'utf8')) as { char_cnn: object; lstm: object }
  const read = (char_cnn: object, lstm: object = json.lstm) =>
    elmoOptionsFromJson({ lstm, char_cnn }, 'options.json')
  expect(() => read({ ...json.char_cnn, n_characters: 300 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_OPTIONS_INVALID  these are no options of an ELMo with characters
      expected 262, or 261 as in training: bytes, begin and end of word and sentence, padding, mask
      found    n_characters 300
      in options.json
      options.json has "lstm" {cell_clip, proj_clip, dim, projection_dim, n_layers, use_skip_connections} and "char_cnn" {embedding, filters, n_highway, n_characters, max_characters_per_token, activation}]
  `)
  expect(() => read({ ...json.char_cnn, activation: 'gelu' })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_OPTIONS_INVALID  these are no options of an ELMo with characters
      expected "relu" or "tanh"
      found    char_cnn.activation "gelu"
      in options.json
      options.json has "lstm" {cell_clip, proj_clip, dim, projection_dim, n_layers, use_skip_connections} and "char_cnn" {embedding, filters, n_highway, n_characters, max_characters_per_token, activation}]
  `)
  expect(() => read({ ...json.char_cnn, filters: [[60, 2]] })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_OPTIONS_INVALID  these are no options of an ELMo with characters
      found    a filter over 60 characters of 50
      in options.json
      options.json has "lstm" {cell_clip, proj_clip, dim, projection_dim, n_layers, use_skip_connections} and "char_cnn" {embedding, filters, n_highway, n_characters, max_characters_per_token, activation}]
  `)
  expect(() => elmoOptionsFromJson({ lstm: json.lstm }, 'options.json')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_OPTIONS_INVALID  these are no options of an ELMo with characters
      found    char_cnn: Invalid input: expected object, received undefined
      in options.json
      options.json has "lstm" {cell_clip, proj_clip, dim, projection_dim, n_layers, use_skip_connections} and "char_cnn" {embedding, filters, n_highway, n_characters, max_characters_per_token, activation}]
  `)
  writeFileSync(files().options, '{')
  await expect(readElmo(files())).rejects.toMatchObject({ code: 'ELMO_OPTIONS_INVALID' })
})
