/** BERT against `transformers`, in both precisions and both forms of GELU. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  evaluate,
  flattenParameters,
  type LayerContext,
  type NdArray,
  ndArray,
  type Parameters,
  type TensorBatch,
  type TensorParameters,
  valueAndGrad,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { newestName } from './hugging-face/weight-names.ts'
import { bertFromWeights, bertWeights, maskedObjective, readBertFolder, writeBertFolder } from './index.ts'

interface Golden {
  readonly name: string
  readonly config: { readonly hidden_size: number }
  readonly ids: number[][]
  readonly mask: number[][]
  readonly segments: number[][]
  readonly labels: number[][]
  readonly nextLabels: number[]
  readonly weights: { readonly [name: string]: GoldenArray }
  readonly states: readonly GoldenArray[]
  readonly pooled: GoldenArray
  readonly wordLogits: GoldenArray
  readonly nextLogits: GoldenArray
  readonly loss: number
  readonly gradients: { readonly [name: string]: GoldenArray }
}

const { cases } = JSON.parse(readFileSync(new URL('./fixtures/bert.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Golden[]
}
const context: LayerContext = { mode: 'evaluate' }
const TIME = 6
const BATCH = 2

const weightsOf = (weights: Golden['weights'], dtype: 'float32' | 'float64') =>
  new Map(
    Object.entries(weights).map(([name, { shape, data }]): [string, NdArray] => [
      name,
      ndArray(dtype, shape, dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data)),
    ]),
  )
const int = (shape: number[], data: number[]) => ndArray('int32', shape, Int32Array.from(data))
/** (row, time) to (time, row). */
const steps = (rows: number[][]) =>
  int(
    [TIME, BATCH],
    Array.from({ length: TIME * BATCH }, (_, i) => rows[i % BATCH]![Math.floor(i / BATCH)]!),
  )

describe.each(cases)('$name', golden => {
  test.each([
    ['float64', 1e-10],
    ['float32', 1e-5],
  ] as const)('in %s all states, scores, loss and gradients equal', (dtype, tolerance) => {
    const { model, parameters } = bertFromWeights(golden.config, weightsOf(golden.weights, dtype))
    const asked = golden.labels.flatMap((row, b) =>
      row.flatMap((target, t) => (target < 0 ? [] : [{ place: t * BATCH + b, target }])),
    )
    // Three places in rooms for four.
    const room = [...asked, { place: 0, target: 0 }]
    const batch = {
      ids: steps(golden.ids),
      segments: steps(golden.segments),
      mask: steps(golden.mask),
      places: int(
        [BATCH, 2],
        room.map(({ place }) => place),
      ),
      targets: int(
        [BATCH, 2],
        room.map(({ target }) => target),
      ),
      weights: ndArray(dtype, [BATCH, 2], (dtype === 'float64' ? Float64Array : Float32Array).of(1, 1, 1, 0)),
      next: int([BATCH], golden.nextLabels),
    }
    const objective = maskedObjective(model, { batch: BATCH, time: TIME, predictions: 2, dtype })
    const everywhere = int(
      [BATCH, TIME],
      Array.from({ length: 12 }, (_, i) => (i % TIME) * BATCH + Math.floor(i / TIME)),
    )
    const found = evaluate(
      (own: TensorParameters, arrays: TensorBatch, places: TensorBatch['ids']) => {
        const input = { ids: arrays.ids!, segments: arrays.segments!, mask: arrays.mask! }
        const output = model.encoder.apply(own, input, context)
        const [loss, gradients] = valueAndGrad(
          (inner: TensorParameters) => objective.loss(inner, {}, arrays, context).loss,
        )(own)
        return {
          states: output.states,
          pooled: output.pooled,
          wordLogits: model.wordLogits(own, output.last, places!, context),
          nextLogits: model.nextLogits(own, output, context),
          ...{ loss, gradients },
        }
      },
      parameters,
      batch,
      everywhere,
    ) as unknown as { [name: string]: NdArray } & { states: NdArray[]; gradients: Parameters }

    const real = (width: number, row: number, t: number) => (golden.mask[row]![t] === 1 ? width : 0)
    for (const [layer, expected] of golden.states.entries()) {
      const width = expected.shape[2]!
      const [ours, theirs] = [[], []] as [number[], number[]]
      for (let row = 0; row < BATCH; row++)
        for (let t = 0; t < TIME; t++)
          for (let i = 0; i < real(width, row, t); i++) {
            ours.push(Number(found.states[layer]!.data[(t * BATCH + row) * width + i]))
            theirs.push(expected.data[(row * TIME + t) * width + i]!)
          }
      expectClose(ours, theirs, tolerance)
    }
    const vocabulary = golden.wordLogits.shape[2]!
    const visible = (data: ArrayLike<unknown>) =>
      Array.from(data, Number).filter((_, i) => {
        const at = Math.floor(i / vocabulary)
        return golden.mask[Math.floor(at / TIME)]![at % TIME] === 1
      })
    expectClose(visible(found.wordLogits!.data), visible(golden.wordLogits.data), tolerance)
    expectClose(found.pooled!, golden.pooled, tolerance)
    expectClose(found.nextLogits!, golden.nextLogits, tolerance)
    expectClose([Number(found.loss!.data[0])], [golden.loss], tolerance)
    const gradients = bertWeights(model, found.gradients)
    expect([...gradients.keys()].sort()).toEqual(Object.keys(golden.gradients).sort())
    for (const [name, gradient] of gradients) expectClose(gradient, golden.gradients[name]!, tolerance)
  })
})

test('older names, a missing prefix, numbers of positions and a stored decoder give the same model', () => {
  const { config, weights } = cases[0]!
  const today = weightsOf(weights, 'float32')
  const older = new Map<string, NdArray>()
  for (const [name, array] of today) {
    const bare = name.replace(/^bert\./, '')
    older.set(
      bare.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
      array,
    )
  }
  older.set('embeddings.position_ids', ndArray('int64', [1, 2], BigInt64Array.of(0n, 1n)))
  older.set('cls.predictions.decoder.weight', today.get('bert.embeddings.word_embeddings.weight')!)
  const [a, b] = [bertFromWeights(config, today), bertFromWeights(config, older)]
  expect(b.parameters).toEqual(a.parameters)
  expect([b.drawn, b.unused]).toEqual([[], []])
  expect(newestName('bert.embeddings.position_ids')).toBeUndefined()
})

test('a folder that was written reads back as the same model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elman-bert-'))
  try {
    const { config, weights } = cases[1]!
    const { model, parameters } = bertFromWeights(config, weightsOf(weights, 'float32'))
    await writeBertFolder(folder, model, parameters)
    const back = await readBertFolder(folder)
    expect(back.model.config).toEqual(model.config)
    expect(flattenParameters(back.parameters as never)).toEqual(flattenParameters(parameters as never))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
