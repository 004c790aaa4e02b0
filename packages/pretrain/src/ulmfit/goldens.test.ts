/** Training and reading of a classifier against PyTorch in float64 (tools/goldens/ulmfit.py). */
import { readFileSync } from 'node:fs'
import {
  createTrainStep,
  flattenParameters,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { NO_DROPOUTS } from './awd-lstm.ts'
import { ulmfitClassifier } from './classifier.ts'
import { classifierObjective } from './classifier-objective.ts'
import { padDocuments, paddedLength } from './documents.ts'
import { classifierGroups, optimizerGroups, rateFactors, withFrozen } from './layer-groups.ts'
import { createPredictor } from './predict.ts'
import { optimizerOf, phaseOptimizer } from './training-config.ts'

type Golden = { readonly shape: number[]; readonly data: number[] }
type Tensors = { readonly [name: string]: Golden }

const golden = JSON.parse(readFileSync(new URL('./fixtures/ulmfit.json', import.meta.url), 'utf8')).classifier
const { vocabulary, embedding, hidden, layers, classes, head, bptt, keep, divisor, rate, betas } =
  golden.options
const documents: Int32Array[] = golden.documents.map((ids: number[]) => Int32Array.from(ids))

const classifier = ulmfitClassifier({
  ...{ vocabularySize: vocabulary, classes, dropouts: NO_DROPOUTS },
  sizes: { embedding, hidden, layers },
  head: { hidden: head, dropout: 0, hiddenDropout: 0 },
})

function array({ shape, data }: Golden): NdArray {
  return ndArray('float64', shape, Float64Array.from(data))
}

function transposed({ shape, data }: Golden): NdArray {
  const [rows, columns] = shape as [number, number]
  const flat = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!)
  return array({ shape: [columns, rows], data: flat })
}

function fromTorch(tensors: Tensors): Parameters {
  const layer = (index: number) => {
    const part = (name: string) => tensors[`encoder.rnns.${index}.${name}_l0`]!
    return {
      input: transposed(part('weight_ih')),
      recurrent: transposed(part('weight_hh')),
      bias: array(part('bias_ih')),
      recurrentBias: array(part('bias_hh')),
    }
  }
  const block = (index: number) => ({
    norm: {
      gain: array(tensors[`norms.${index}.weight`]!),
      bias: array(tensors[`norms.${index}.bias`]!),
      runningMean: array(tensors[`norms.${index}.running_mean`]!),
      runningVariance: array(tensors[`norms.${index}.running_var`]!),
    },
    linear: {
      weight: transposed(tensors[`linears.${index}.weight`]!),
      bias: array(tensors[`linears.${index}.bias`]!),
    },
  })
  return {
    encoder: {
      embedding: array(tensors['encoder.embedding.weight']!),
      rnn: Object.fromEntries(Array.from({ length: layers }, (_, index) => [String(index), layer(index)])),
    },
    head: { '0': block(0), '1': block(1) },
  }
}

function batch() {
  const time = paddedLength(Math.max(...documents.map(({ length }) => length)), bptt)
  const { ids, mask } = padDocuments(documents, documents.length, time)
  return {
    ids: ndArray('int32', [time, documents.length], ids),
    mask: ndArray('float64', [time, documents.length], Float64Array.from(mask)),
    label: ndArray('int32', [documents.length], Int32Array.from(golden.labels)),
  }
}

test('steps with groups unfrozen one after the other equal PyTorch: losses, norms, parameters', async () => {
  const groups = classifierGroups(layers)
  const factors = rateFactors({ type: 'divisor', divisor }, groups.length)
  const arrays = batch()
  const shape = { batch: documents.length, time: arrays.ids.shape[0]! }
  const objective = classifierObjective(classifier, { ...shape, bptt, keep, dtype: 'float64' })
  let parameters = fromTorch(golden.initialParameters)
  for (let start = 0; start < golden.steps.length; start += 2) {
    const unfrozen = golden.steps[start].unfrozen as number
    const rates = optimizerGroups(groups, unfrozen, factors)
    const optimizer = optimizerOf(phaseOptimizer.parse({ betas }), rate, rates)
    const initial = { parameters, optimizer: optimizer.init(parameters), carried: {} }
    const step = await createTrainStep(referenceBackend(), withFrozen(objective, rates), optimizer, initial)
    for (const [number, wanted] of golden.steps.slice(start, start + 2).entries()) {
      const source = { arrays, tokens: 1, startsEpoch: number === 0 }
      const report = await step.run([source], { key: random.key(1), step: number, rate })
      expectClose([report.loss, report.gradientNorm], [wanted.loss, wanted.gradientNorm], 1e-10)
    }
    const before = flattenParameters(parameters)
    parameters = step.state().parameters
    for (const [path, value] of flattenParameters(parameters)) {
      const frozen = groups.findIndex(patterns =>
        patterns.some(name => path.startsWith(name.replace('.**', '.'))),
      )
      if (frozen < groups.length - unfrozen) expect(value, path).toEqual(before.get(path))
      else expect(value, path).not.toEqual(before.get(path))
    }
  }
  const wanted = flattenParameters(fromTorch(golden.finalParameters))
  for (const [path, value] of flattenParameters(parameters)) expectClose(value, wanted.get(path)!, 1e-9)
})

test('probabilities equal PyTorch, which reads documents one by one, for each batch and chunk', async () => {
  const parameters = fromTorch(golden.finalParameters)
  const named = documents.map((ids, index) => ({ id: `d${index}`, ids }))
  for (const size of [1, 3, 8]) {
    for (const chunk of [3, bptt, 70]) {
      const predictor = createPredictor(referenceBackend(), classifier, {
        batch: size,
        bptt: chunk,
        keep,
        dtype: 'float64',
      })
      const predictions = await predictor.predict(parameters, named)
      expect(predictions.map(({ id }) => id)).toEqual(named.map(({ id }) => id))
      expectClose(
        predictions.flatMap(({ probabilities }) => probabilities),
        golden.probabilities.data,
        1e-10,
      )
    }
  }
})
