/** Every registered cell on ONNX Runtime: outputs and gradients of the reference backend, and its step exported. */
import { exportOnnx, onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  CELL,
  createContainer,
  interpret,
  isNdArray,
  leavesOf,
  type NdArray,
  optimize,
  type Tensor,
  trace,
} from '@elman/core'
import { type CellExample, cellChecks, expectClose } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import stranger from '../examples/plugin-cell/src/index.ts'

const backend = onnxRuntimeBackend()
const cells = createContainer([layersRecurrent, stranger]).registry(CELL)

/** One step of the cell as a file of standard operators, run by the runtime alone. */
async function exportCheck(
  cell: { step: (...args: never[]) => { state: unknown; output: unknown } },
  example: CellExample,
): Promise<void> {
  const { parameters, state: initial, xs } = example
  const x: NdArray = {
    dtype: 'float32',
    shape: xs.shape.slice(1),
    data: (xs.data as Float32Array).slice(0, xs.data.length / xs.shape[0]!),
  }
  const args = [parameters, initial, x] as const
  const { graph } = trace(
    (p: never, state: never, input: never) => {
      const { state: next, output } = cell.step(p, state, input)
      return { output: output as Tensor, next: next as Record<string, Tensor> }
    },
    ...args,
  )
  const arrays = leavesOf<NdArray>(args, isNdArray)
  const expected = interpret(optimize(graph), arrays)
  const inputNames = arrays.map((_, i) => `in.${i}`)
  const outputNames = expected.map((_, i) => `out.${i}`)
  const session = await ort.InferenceSession.create(exportOnnx(graph, { inputNames, outputNames }))
  const feeds = Object.fromEntries(
    arrays.map((array, i) => [
      inputNames[i]!,
      new ort.Tensor('float32', array.data as Float32Array, [...array.shape]),
    ]),
  )
  const results = await session.run(feeds)
  expected.forEach((one, i) => {
    expectClose({ ...one, data: results[outputNames[i]!]!.data as Float32Array }, one, 1e-5)
  })
}

// The plugin under examples/ is swept with the built-ins: to these checks it is one more cell.
for (const { name, descriptor } of cells.list()) {
  describe(`cell ${name}`, () => {
    const checks = cellChecks(descriptor, { backends: [backend], exportCheck: exportCheck as never })
    const own = checks.filter(check => /onnxruntime|exported/.test(check.name))
    for (const check of own) test(check.name, check.run)
    test('has both precisions and the export checked', () => expect(own).toHaveLength(3))
  })
}
