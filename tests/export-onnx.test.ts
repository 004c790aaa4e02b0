/** An exported model, run by onnxruntime-node alone: no package of elman is imported here but to train it. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elman } from './run-elman.ts'
import { smallExperimentFolder } from './small-experiment.ts'

let folder = ''
beforeAll(async () => {
  folder = smallExperimentFolder()
  const trained = await elman(['run', '--name', 'small', '--backend', 'onnxruntime'], folder)
  expect(trained.code, trained.stderr).toBe(0)
  const exported = await elman(['export', 'runs/small', '--to', 'onnx'], folder)
  expect(exported.code, exported.stderr).toBe(0)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the file alone writes the same most likely text as elman generate', async () => {
  const session = await ort.InferenceSession.create(join(folder, 'runs/small/model.onnx'))
  const vocabulary = JSON.parse(readFileSync(join(folder, 'runs/small/model.vocabulary.json'), 'utf8'))
  const symbols = vocabulary.tokens as string[]
  const shapes = Object.fromEntries(
    session.inputMetadata.map(input => [input.name, input.isTensor ? input.shape.map(Number) : []]),
  )
  expect(session.inputNames[0]).toBe('token')
  let state = Object.fromEntries(
    session.inputNames
      .slice(1)
      .map(name => [
        name,
        new ort.Tensor('float32', new Float32Array(shapes[name]!.reduce((a, b) => a * b, 1)), shapes[name]!),
      ]),
  )
  let probabilities: Float32Array = new Float32Array()
  const read = async (symbol: string) => {
    const token = new ort.Tensor('int32', Int32Array.of(symbols.indexOf(symbol)), [1, 1])
    const results = await session.run({ token, ...state })
    probabilities = results.probabilities!.data as Float32Array
    state = Object.fromEntries(
      session.inputNames.slice(1).map(name => [name, results[name.replace('state.', 'next.')] as never]),
    )
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
  }
  for (const symbol of 'First') await read(symbol)
  let written = 'First'
  for (let i = 0; i < 40; i++) {
    const symbol = symbols[probabilities.indexOf(Math.max(...probabilities))]!
    written += symbol
    await read(symbol)
  }
  const ours = await elman(
    ['generate', 'runs/small', '--prompt', 'First', '--tokens', '40', '--temperature', '0'],
    folder,
  )
  expect(ours.stdout).toBe(`${written}\n`)
}, 60_000)

test('another format is refused by name', async () => {
  const { code, stderr } = await elman(['export', 'runs/small', '--to', 'pickle'], folder)
  expect(code).toBe(2)
  expect(stderr).toContain('CLI_EXPORT_FORMAT  models are not exported as "pickle"')
})
