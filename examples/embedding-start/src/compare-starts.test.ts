/** The example on a few lines of its text: that it runs, and what its starts begin and end with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendOnnxRuntime, decodeModel, exportOnnx } from '@elman/backend-onnxruntime'
import {
  corePlugin,
  createContainer,
  flattenParameters,
  interpret,
  loadCheckpoint,
  type NdArray,
  ndArray,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { readWordVectors } from '@elman/embeddings'
import { layersRecurrent } from '@elman/layers-recurrent'
import { loadModel, pretrain, traceStepGraph } from '@elman/pretrain'
import { bundledFolder } from '@elman/text'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareStarts, comparisonTable, type Perplexities } from './compare-starts.ts'
import { makeVectors } from './vectors.ts'

const container = createContainer([corePlugin, layersRecurrent, pretrain, backendOnnxRuntime])
let directory = ''
let perplexities: Perplexities
const lines: string[] = []
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'embedding-start-'))
  const whole = readFileSync(join(bundledFolder('wiki-sample'), 'wiki.train.tokens'), 'utf8')
  const text = join(directory, 'text.txt')
  writeFileSync(text, whole.slice(0, 40_000))
  const vectors = await makeVectors(directory, { text, dimensions: 8, epochs: 2 })
  const experiment = {
    corpus: { type: 'text-files', file: text, vocabulary: { minimumCount: 3 } },
    model: { type: 'recurrent-lm', embedding: 8, cell: { type: 'lstm', hidden: 8 } },
    train: { epochs: 1, batch: 8, bptt: 16, keep: 5, optimizer: { type: 'adam', rate: 0.01, clip: 1 } },
    evaluate: { batch: 2, time: 32, warmUp: 32 },
    sample: false,
    backend: 'onnxruntime',
  }
  const report = (line: string) => void lines.push(line)
  perplexities = await compareStarts({ experiment, vectors, seeds: [1, 2], directory, report })
}, 60_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const tableAt = async (run: string, which: 'latest' | number = 'latest') =>
  (await loadCheckpoint({ path: join(directory, run) }, which)).arrays.parameters!.get('embedding')!

test('every start has a perplexity for each seed, and a row in the table', () => {
  for (const values of Object.values(perplexities)) {
    expect(values.length).toBe(2)
    for (const value of values) expect(value).toBeLessThan(400)
  }
  const [, , ...rows] = comparisonTable(perplexities).split('\n')
  expect(rows.map(row => row.split('|')[1]!.trim())).toEqual([
    'drawn at random, tuned',
    'word vectors, tuned',
    'word vectors, frozen',
    'shuffled vectors, tuned',
  ])
  expect(lines[1]).toMatch(
    /^vectors from .*, tuned: \d+ of \d+ words have vectors \(\d\d\.\d % of the text\)/,
  )
})

test('the vectors are where each start says: in the table from the beginning, to the end where frozen', async () => {
  const { vectors } = await readWordVectors(join(directory, 'vectors.safetensors'))
  const { vocabulary } = await loadModel(join(directory, 'tuned-1'), container)
  const rowOf = ({ data }: NdArray, id: number) => (data as Float32Array).slice(id * 8, id * 8 + 8)
  const tables = await Promise.all(
    [
      ['tuned-1', 0],
      ['frozen-1', 0],
      ['shuffled-1', 0],
      ['drawn-1', 0],
    ].map(([run, step]) => tableAt(run as string, step as number)),
  )
  const id = vocabulary.idOf('the')!
  const [tuned, frozen, shuffled, drawn] = tables.map(table => rowOf(table, id))
  expect(tuned).toEqual(vectors.get('the'))
  expect(frozen).toEqual(tuned)
  expect(shuffled).not.toEqual(tuned)
  expect(drawn).not.toEqual(tuned)
  expect(await tableAt('frozen-1')).toEqual(tables[1])
  expect(await tableAt('tuned-1')).not.toEqual(tables[0])
})

test('the frozen model exports to ONNX with its table, and the file alone gives the same probabilities', async () => {
  rmSync(join(directory, 'vectors.safetensors'))
  const { model, parameters, vocabulary } = await loadModel(join(directory, 'frozen-1'), container)
  const { graph, inputNames, outputNames, initialState } = traceStepGraph(model, parameters)
  const weights = flattenParameters(parameters)
  const bytes = exportOnnx(graph, { inputNames, outputNames, weights })
  const table = decodeModel(bytes).graph.initializers.find(({ name }) => name === 'embedding')
  expect(table?.shape.map(Number)).toEqual([vocabulary.size, 8])

  const session = await ort.InferenceSession.create(bytes)
  const token = Int32Array.of(vocabulary.idOf('the')!)
  const feeds = [{ shape: [1, 1], data: token } as const, ...initialState]
  const results = await session.run(
    Object.fromEntries(
      feeds.map(({ shape, data }, i) => [
        inputNames[i]!,
        new ort.Tensor(i === 0 ? 'int32' : 'float32', data as Float32Array, [...shape]),
      ]),
    ),
  )
  const [expected] = interpret(graph, [ndArray('int32', [1, 1], token), ...initialState])
  expectClose(
    ndArray('float32', [1, vocabulary.size], results.probabilities!.data as Float32Array),
    expected!,
    1e-6,
  )
})
