/** An exported language model in int8: near in perplexity, a quarter of the size, and readable by both runtimes. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { createSession, exportOnnx, onnxRuntimeBackend, quantizeOnnx } from '@elman/backend-onnxruntime'
import { adam, flattenParameters, type Parameters, random, train } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import {
  compareExported,
  type LanguageModel,
  languageModel,
  languageModelObjective,
  traceStepGraph,
  windowSource,
} from '@elman/pretrain'
import { createTrainingStream, loadCorpus, startToken } from '@elman/text'
import { beforeAll, expect, test } from 'vitest'

const corpus = await loadCorpus({ type: 'tiny-shakespeare', unit: 'byte' }, { baseDirectory: process.cwd() })
const { vocabulary, splits } = corpus
const ids = splits.valid!.ids.subarray(0, 3000)
const first = startToken(vocabulary)
const options = { graphOptimizationLevel: 'all' } as const

const modelOf = (tied: boolean): LanguageModel =>
  languageModel({
    ...{ vocabularySize: vocabulary.size, embedding: 64, tied },
    cells: [lstm({ inputSize: 64, hidden: 64 })],
  })

/** A model that has read a little Shakespeare, as a file. */
async function trainedFile(tied: boolean): Promise<Uint8Array> {
  const model = modelOf(tied)
  const { parameters } = await train({
    ...{ backend: onnxRuntimeBackend(), objective: languageModelObjective(model, { batch: 16, time: 32 }) },
    source: windowSource(createTrainingStream(splits.train.ids, { batch: 16, time: 32 })),
    ...{ optimizer: adam({ rate: 0.005, clip: 1 }), steps: 200, key: random.key(1) },
  })
  return fileOf(model, parameters)
}

function fileOf(model: LanguageModel, parameters: Parameters): Uint8Array {
  const { graph, inputNames, outputNames } = traceStepGraph(model, parameters)
  return exportOnnx(graph, { inputNames, outputNames, weights: flattenParameters(parameters) })
}

const files = new Map<boolean, Uint8Array>()
beforeAll(async () => {
  for (const tied of [false, true]) files.set(tied, await trainedFile(tied))
}, 120_000)

test.each([false, true])(
  'int8 costs little perplexity and leaves a third of the file at most (tied: %s)',
  async tied => {
    const file = files.get(tied)!
    const { bytes, report } = quantizeOnnx(file)
    const [before, after] = [await createSession(file, options), await createSession(bytes, options)]
    const comparison = await compareExported(
      { model: before, bytes: file.length },
      { model: after, bytes: bytes.length },
      ids,
      { first },
    )
    await before.release()
    await after.release()
    expect(comparison.before.perplexity).toBeLessThan(15)
    expect(Math.abs(comparison.perplexityChange)).toBeLessThan(0.02)
    expect(comparison.sizeRatio).toBeGreaterThan(3)
    expect(report.kept).toEqual([])
  },
)

test('onnxruntime-web gives the probabilities of onnxruntime-node', async () => {
  const { bytes } = quantizeOnnx(files.get(true)!)
  const session = await createSession(bytes, options)
  const require = createRequire(import.meta.url)
  const ort: typeof import('onnxruntime-web') = await import(
    pathToFileURL(require.resolve('onnxruntime-web')).href
  )
  ort.env.wasm.numThreads = 1
  const web = await ort.InferenceSession.create(bytes)
  const [token, ...states] = session.inputs
  let ours = states.map(({ shape }) => new Float32Array((shape as number[]).reduce((a, b) => a * b, 1)))
  let theirs = ours
  let worst = 0
  for (const id of ids.subarray(0, 50)) {
    const input = Int32Array.of(id)
    const arrays = ours.map((data, i) => ({
      dtype: 'float32' as const,
      shape: states[i]!.shape as number[],
      data,
    }))
    const [probabilities, ...next] = await session.run([
      { dtype: 'int32', shape: [1, 1], data: input },
      ...arrays,
    ])
    const feeds = Object.fromEntries(
      states.map(({ name, shape }, i) => [name, new ort.Tensor('float32', theirs[i]!, shape as number[])]),
    )
    const results = await web.run({ [token!.name]: new ort.Tensor('int32', input, [1, 1]), ...feeds })
    ours = next.map(({ data }) => data as Float32Array<ArrayBuffer>)
    theirs = states.map(
      ({ name }) => results[name.replace('state.', 'next.')]!.data as Float32Array<ArrayBuffer>,
    )
    const other = results.probabilities!.data as Float32Array
    probabilities!.data.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(Number(value) - other[i]!))
    })
  }
  await session.release()
  await web.release()
  expect(worst).toBeLessThan(0.02)
})
