import { type NdArray, random, referenceBackend } from '@elman/core'
import { expect, test } from 'vitest'
import type { LayerRows } from './layer-vectors.ts'
import { createLinearTrainer, predictClasses } from './linear-probe.ts'
import { featureScale, standardiseRows } from './standardise.ts'

const numbers = (array: unknown) => [...((array as NdArray).data as Float64Array)]

function rowsOf(values: readonly (readonly number[])[], name = 'layer 1'): LayerRows {
  return {
    name,
    rows: values.length,
    features: values[0]!.length,
    data: Float32Array.from(values.flat()),
  }
}

test('with one feature of ±1 the weights are those that a closed form gives', async () => {
  // Class 1 for 3 of 4 rows with x = 1 and 1 of 4 with x = −1: without a penalty the log odds are ±log 3, so the
  // difference of the two weights is log 3 and that of the biases 0.
  const layer = rowsOf([[1], [1], [1], [1], [-1], [-1], [-1], [-1]])
  const labels = Int32Array.of(1, 1, 1, 0, 1, 0, 0, 0)
  const trainer = await createLinearTrainer(referenceBackend(), { layers: [layer] }, 2, 'float64')
  const probe = await trainer.train(labels, { l2: 0, tolerance: 1e-9, maxSteps: 3000 })
  const [w0, w1] = numbers(probe.parameters.weight)
  const [b0, b1] = numbers(probe.parameters.bias)
  expect(probe.converged).toBe(true)
  expect(w1! - w0!).toBeCloseTo(Math.log(3), 7)
  expect(b1! - b0!).toBeCloseTo(0, 7)
  expect(probe.loss).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 9)
})

test('at the end the gradient is that of the penalised loss, and as small as was asked, from any start', async () => {
  const x = random.normal(random.key(5), 40 * 3, 'float64')
  const layer = { name: 'layer 1', rows: 40, features: 3, data: Float32Array.from(x) }
  const labels = Int32Array.from({ length: 40 }, (_, i) =>
    layer.data[3 * i]! + 0.5 * x[(7 * i) % 120]! > 0 ? i % 2 : 2,
  )
  const trainer = await createLinearTrainer(referenceBackend(), { layers: [layer] }, 3, 'float64')
  const options = { l2: 0.01, tolerance: 1e-7, maxSteps: 4000 }
  const probe = await trainer.train(labels, options)
  const strong = await trainer.train(labels, { ...options, l2: 1 })
  const again = await trainer.train(labels, { ...options, initial: strong })
  expect(probe.gradientNorm).toBeLessThanOrEqual(1e-7 * probe.firstGradientNorm)

  // The gradient by hand, in plain loops: Xᵀ(p − y) / n + λW.
  const [weight, bias] = [numbers(probe.parameters.weight), numbers(probe.parameters.bias)]
  const gradient = weight.map(value => 0.01 * value)
  for (let row = 0; row < 40; row++) {
    const logits = bias.map(
      (b, k) => b + [0, 1, 2].reduce((sum, f) => sum + layer.data[3 * row + f]! * weight[3 * f + k]!, 0),
    )
    const total = logits.reduce((sum, value) => sum + Math.exp(value), 0)
    for (let f = 0; f < 3; f++) {
      for (let k = 0; k < 3; k++) {
        const error = Math.exp(logits[k]!) / total - Number(labels[row] === k)
        gradient[3 * f + k]! += (layer.data[3 * row + f]! * error) / 40
      }
    }
  }
  expect(Math.hypot(...gradient)).toBeLessThan(1e-7)
  for (const [index, value] of numbers(again.parameters.weight).entries()) {
    expect(value).toBeCloseTo(weight[index]!, 5)
  }
})

test('the mix gives its weight to the layer that knows the class, and predicts by it', async () => {
  const noise = random.normal(random.key(8), 600 * 2, 'float64')
  const labels = Int32Array.from({ length: 300 }, (_, i) => i % 2)
  const knowing = { name: 'a', rows: 300, features: 2, data: Float32Array.from(noise.slice(0, 600)) }
  for (let row = 0; row < 300; row++) knowing.data[2 * row]! += labels[row] === 1 ? 3 : -3
  const blind = { name: 'b', rows: 300, features: 2, data: Float32Array.from(noise.slice(600)) }
  const layers = [blind, knowing, blind]
  const trainer = await createLinearTrainer(referenceBackend(), { layers }, 2)
  const probe = await trainer.train(labels, { l2: 1e-3, maxSteps: 300 })
  expect(probe.mix!.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
  expect(probe.mix!.shares[1]).toBeGreaterThan(0.8)
  const right = predictClasses(probe, { layers }).filter((kind, row) => kind === labels[row]).length
  expect(right).toBeGreaterThan(290)
})

test('a mix finds the shares by which classes were made out of layers', async () => {
  const [rows, features, classes] = [1500, 16, 8]
  const layerOf = (seed: number): LayerRows => ({
    ...{ name: `layer ${seed}`, rows, features },
    data: Float32Array.from(random.normal(random.key(seed), rows * features, 'float64')),
  })
  const layers = [layerOf(1), layerOf(2), layerOf(3)]
  const teacher = random.normal(random.key(77), features * classes, 'float64')
  const noise = random.normal(random.key(9), rows * classes, 'float64')
  // the best class by 0.8 of the first layer and 0.4 of the second
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const scores = Array.from({ length: classes }, (__, kind) => {
      let score = 2 * noise[row * classes + kind]!
      for (let i = row * features, f = kind; f < teacher.length; i++, f += classes)
        score += (0.8 * layers[0]!.data[i]! + 0.4 * layers[1]!.data[i]!) * teacher[f]!
      return score
    })
    return scores.indexOf(Math.max(...scores))
  })
  const trainer = await createLinearTrainer(referenceBackend(), { layers }, classes)
  const probe = await trainer.train(labels, { l2: 1e-4 })
  expect(probe.converged).toBe(true)
  const [first, second, third] = probe.mix!.shares
  expect(first).toBeCloseTo(2 / 3, 1)
  expect(second).toBeCloseTo(1 / 3, 1)
  expect(third).toBeLessThan(0.02)
})

test('a class that a row may not have is neither learnt for it nor predicted', async () => {
  const layer = rowsOf([[1], [1], [-1], [-1]])
  const allowed = Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1)
  const trainer = await createLinearTrainer(referenceBackend(), { layers: [layer], allowed }, 3)
  const probe = await trainer.train(Int32Array.of(0, 1, 2, 2), { l2: 0.1, maxSteps: 200 })
  const found = predictClasses(probe, { layers: [layer], allowed })
  expect([...found.slice(2)]).toEqual([2, 2])
  expect(Math.max(...found.slice(0, 2))).toBeLessThan(2)
})

test('standardised features have mean 0 and deviation 1; one that never changes stays 0', () => {
  const rows = rowsOf([
    [1, 5],
    [3, 5],
  ])
  expect([...standardiseRows(rows, featureScale(rows)).data]).toEqual([-1, 0, 1, 0])
})
