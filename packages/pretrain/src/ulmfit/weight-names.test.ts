/** Files that PyTorch wrote under the names of the tools (tools/goldens/ulmfit.py), and the logits of their models. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  interpret,
  isNdArray,
  leavesOf,
  type NdArray,
  ndArray,
  type Parameters,
  type TensorParameters,
  trace,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import type { SequenceState } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { readPickledStrings, readTorchFile } from '../pickle/read-pickle.ts'
import { awdLanguageModel, checkSameSizes } from './awd-lstm.ts'
import { transferVocabulary } from './transfer-vocabulary.ts'
import { exportAwd, type ImportedAwd, importAwd, stateDictOf } from './weight-names.ts'

const path = (file: string) => fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url))
const golden = JSON.parse(readFileSync(path('ulmfit.json'), 'utf8')).languageModel

async function imported(file: string, biases: 'two' | 'sum' = 'two'): Promise<ImportedAwd> {
  return importAwd(stateDictOf(await readTorchFile(path(file)), file), { where: file, biases })
}

function logitsOf({ parameters, sizes, vocabularySize }: ImportedAwd): NdArray {
  const model = awdLanguageModel(vocabularySize, sizes)
  const ids = ndArray('int32', [9, 2], Int32Array.from((golden.ids as number[][]).flat()))
  const state = model.initialState(2) as Parameters
  const { graph } = trace(
    (held, before, tokens) =>
      model.apply(held as TensorParameters, tokens, before as SequenceState, { mode: 'evaluate' }).logits,
    parameters,
    state,
    ids,
  )
  return interpret(graph, leavesOf<NdArray>([parameters, state, ids], isNdArray))[0]!
}

for (const biases of ['two', 'sum'] as const) {
  test(`logits of the scripts' weights equal PyTorch's within 1e-5, biases: ${biases}`, async () => {
    const model = await imported('fwd_wt103.h5', biases)
    expectClose(logitsOf(model), golden.logits, 1e-5)
    expect([model.style, model.hasDecoder, model.hasDecoderBias]).toEqual(['fastai-0.7', true, false])
  })

  test(`logits of fastai's weights equal PyTorch's within 1e-5, biases: ${biases}`, async () => {
    for (const file of ['lstm_wt103.pth', 'wt103-fwd.pth']) {
      const model = await imported(file, biases)
      expectClose(logitsOf(model), golden.logitsWithBias, 1e-5)
      expect([model.style, model.hasDecoderBias]).toEqual(['fastai-v1', true])
      expect(model.sizes).toEqual({ embedding: 4, hidden: 5, layers: 3 })
    }
  })
}

test('an encoder alone is a language model whose softmax has no bias', async () => {
  const model = await imported('fwd_wt103_enc.h5')
  expect(model.hasDecoder).toBe(false)
  expectClose(logitsOf(model), golden.logits, 1e-5)
})

test('the raw recurrent weights are taken, not the copy with some dropped', async () => {
  const model = await imported('wt103-fwd.pth')
  const cell = (model.parameters.rnn as Parameters)['0'] as { readonly recurrent: NdArray }
  expect(Array.from(cell.recurrent.data as Float32Array).filter(value => value === 0)).toEqual([])
  expect(model.keyMap['0.rnns.0.weight_hh_l0_raw']).toBe('rnn.0.recurrent')
})

test('what is exported is what was imported, under the names of either tool', async () => {
  for (const [file, style, bias] of [
    ['fwd_wt103.h5', 'fastai-0.7', false],
    ['wt103-fwd.pth', 'fastai-v1', true],
  ] as const) {
    const tensors = stateDictOf(await readTorchFile(path(file)), file)
    const model = importAwd(tensors, { where: file })
    const written = exportAwd(model.parameters, style)
    expect(Object.keys(written).sort()).toEqual([...tensors.keys()].sort())
    for (const [name, tensor] of tensors) {
      if (!/module\.weight_hh_l0$/.test(name)) expect(written[name], name).toEqual(tensor)
    }
    expect('1.decoder.bias' in written).toBe(bias)
    expect(importAwd(written, { where: 'again' }).parameters).toEqual(model.parameters)
  }
})

test('the vocabulary beside the weights is read', async () => {
  expect(await readPickledStrings(path('itos_wt103.pkl'))).toEqual(golden.words)
})

test('words of a new vocabulary keep their vector and bias, new ones get the mean of all', async () => {
  const { parameters } = await imported('wt103-fwd.pth')
  const to = ['new', 'w7', 'xxunk']
  const result = transferVocabulary(parameters, golden.words, to)
  expect([result.kept, result.fresh]).toEqual([2, 1])
  const [before, after] = [parameters, result.parameters].map(each => ({
    table: each.embedding as NdArray,
    bias: (each.softmax as { bias: NdArray }).bias,
  }))
  const row = (table: NdArray, index: number) =>
    Array.from(table.data as Float32Array).slice(4 * index, 4 * index + 4)
  expect(after!.table.shape).toEqual([3, 4])
  expect(row(after!.table, 1)).toEqual(row(before!.table, 7))
  expect(row(after!.table, 2)).toEqual(row(before!.table, 0))
  const mean = [0, 1, 2, 3].map(
    column =>
      golden.words.reduce((sum: number, _: string, i: number) => sum + row(before!.table, i)[column]!, 0) /
      13,
  )
  expectClose(row(after!.table, 0), mean, 1e-6)
  const biases = Array.from(before!.bias.data as Float32Array)
  expectClose(
    after!.bias.data[0] === undefined ? [] : [Number(after!.bias.data[0])],
    [biases.reduce((a, b) => a + b) / 13],
    1e-6,
  )
  expect(after!.bias.data[1]).toBe(biases[7])
})

test('weights that are not those of an AWD-LSTM, lack something or do not fit are named', async () => {
  const tensors = stateDictOf(await readTorchFile(path('wt103-fwd.pth')), 'x.pth')
  const changed = (change: (all: Map<string, NdArray>) => void) => {
    const all = new Map(tensors)
    change(all)
    return () => importAwd(all, { where: 'x.pth' })
  }
  const small = ndArray('float32', [2, 2], new Float32Array(4))
  expect(() => stateDictOf(new Map([['weights', 1]]), 'x.pth')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_WEIGHTS_UNKNOWN  the file holds no tensors by name
      expected a state dict, or a dictionary with one under 'model'
      in x.pth]
  `)
  expect(changed(all => all.delete('0.encoder.weight'))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_WEIGHTS_UNKNOWN  the tensors are not those of an AWD-LSTM
      expected 0.encoder.weight, 0.rnns.0.weight_hh_l0_raw, …
      found    0.encoder_dp.emb.weight, 0.rnns.0.weight_hh_l0_raw, 0.rnns.0.module.weight_ih_l0, 0.rnns.0.module.weight_hh_l0, 0.rnns.0.module.bias_ih_l0, 0.rnns.0.module.bias_hh_l0
      in x.pth]
  `)
  expect(changed(all => all.delete('0.rnns.1.module.bias_hh_l0'))).toThrow(
    /^ULMFIT_WEIGHTS_MISSING {2}the weights lack 0\.rnns\.1\.module\.bias_hh_l0/,
  )
  expect(changed(all => all.set('0.rnns.1.weight_hh_l0_raw', small))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_WEIGHTS_MISFIT  0.rnns.1.weight_hh_l0_raw does not fit the weights beside it
      expected (20, 5)
      found    (2, 2)
      in x.pth]
  `)
  expect(changed(all => all.set('1.decoder.weight', small))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_DECODER_UNTIED  the decoder has other weights than the encoder
      expected tied weights, as ULMFiT has them
      found    1.decoder.weight (2, 2), encoder.weight (13, 4)
      in x.pth]
  `)
  expect(() =>
    transferVocabulary(importAwd(tensors, { where: 'x' }).parameters, ['a'], ['a']),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_VOCABULARY_MISFIT  the vocabulary does not belong to the weights
      expected 13 words, one for each word vector
      found    1 words
      take the vocabulary from beside the weights: itos_wt103.pkl, or the .pkl in the same archive]
  `)
  const sizes = { embedding: 400, hidden: 1150, layers: 3 }
  expect(() =>
    checkSameSizes(sizes, { ...sizes, hidden: 1152 }, 'wt103-fwd.pth'),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_SIZES_DIFFER  the weights are of a model of other sizes
      expected embedding 400, hidden 1150, layers 3
      found    embedding 400, hidden 1152, layers 3
      in wt103-fwd.pth
      fastai has hidden 1152 since June 2019 and 1150 before: leave the sizes out to take those of the weights]
  `)
})
