/** The model of examples/quickstart trained on TensorFlow.js (wasm) and on ONNX Runtime: the same numbers. */
import { backendOnnxRuntime, onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { backendTfjs, tfjsBackend } from '@elman/backend-tfjs'
import {
  adam,
  type Backend,
  corePlugin,
  createContainer,
  createTrainStep,
  isNdArray,
  leavesOf,
  MODEL,
  type NdArray,
  random,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import { languageModelObjective, pretrain, windowSource } from '@elman/pretrain'
import { createTrainingStream } from '@elman/text'
import { expect, test } from 'vitest'
import quickstart from '../examples/quickstart/elman.config.ts'

const VOCABULARY = 65
const { batch, bptt: time } = quickstart.train
const tokens = Int32Array.from(random.integersBelow(random.key(3), 3 * batch * time + batch, VOCABULARY))

/** Losses of some steps of the quickstart, with dropout added so that masks are drawn, and what they leave. */
async function steps(backend: Backend, count: number) {
  const container = createContainer([corePlugin, layersRecurrent, pretrain, backendOnnxRuntime, backendTfjs])
  const model = container.create(MODEL, { ...quickstart.model, dropout: { output: 0.2 } })(VOCABULARY)
  const objective = languageModelObjective(model, { batch, time })
  const optimizer = adam({ rate: 0.006, clip: 1 })
  const parameters = objective.init(random.key(1))
  const step = await createTrainStep(backend, objective, optimizer, {
    ...{ parameters, optimizer: optimizer.init(parameters), carried: objective.initialState() },
  })
  const source = windowSource(createTrainingStream(tokens, { batch, time }))
  const losses: number[] = []
  for (let at = 0; at < count; at++) {
    const call = { key: random.foldIn(random.key(2), at), step: at, rate: 0.006 }
    losses.push((await step.run([source.next()], call)).loss)
  }
  const leaves = leavesOf<NdArray>(step.state(), isNdArray)
  await step.dispose()
  return { losses, leaves }
}

test('three steps of the quickstart on TensorFlow.js leave what they leave on ONNX Runtime', async () => {
  const expected = await steps(onnxRuntimeBackend(), 3)
  const found = await steps(tfjsBackend({ device: 'wasm' }), 3)
  expectClose(found.losses, expected.losses, 2e-5)
  found.leaves.forEach((leaf, i) => {
    // Adam's first steps divide gradients by their own size: where one is nearly zero, its sign may differ.
    expectClose(leaf, expected.leaves[i]!, 2e-3)
  })
  expect(found.losses[2]).toBeLessThan(found.losses[0]!)
})
