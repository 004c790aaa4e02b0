import { CELL, createContainer, evaluate, ndArray, random } from '@elman/core'
import { describeCell, expectClose } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { mgu } from './mgu.ts'

const cells = createContainer([plugin]).registry(CELL)

// shapes, gradients, determinism, batch independence, saving: what any registered cell must pass
for (const { descriptor } of cells.list()) describeCell(descriptor, { describe, test })

test('one step of the minimal gated unit is what its equations give by hand', () => {
  const one = (value: number) => ndArray('float64', [1, 1], Float64Array.of(value))
  const bias = (value: number) => ndArray('float64', [1], Float64Array.of(value))
  const parameters = { Wf: one(0.5), Uf: one(-1), bf: bias(0.1), Wh: one(2), Uh: one(0.3), bh: bias(-0.2) }
  const { output } = evaluate((p, h, x) => mgu(1, 1).step(p, { h }, x), parameters, one(0.4), one(0.7))
  const f = 1 / (1 + Math.exp(-(0.5 * 0.7 - 0.4 + 0.1)))
  const candidate = Math.tanh(2 * 0.7 + 0.3 * (f * 0.4) - 0.2)
  expectClose(output, { shape: [1, 1], data: [(1 - f) * 0.4 + f * candidate] }, 1e-14)
})

test('a gate that is shut keeps the state', () => {
  const cell = mgu(3, 4)
  const parameters = cell.init(random.key(7), 'float64')
  const shut = { ...parameters, bf: ndArray('float64', [4], new Float64Array(4).fill(-60)) }
  const h = ndArray('float64', [2, 4], random.uniform(random.key(8), 8, 'float64'))
  const x = ndArray('float64', [2, 3], random.uniform(random.key(9), 6, 'float64'))
  const { output } = evaluate((p, state, input) => cell.step(p, { h: state }, input), shut, h, x)
  expectClose(output, h, 1e-12)
  expect(output.shape).toEqual([2, 4])
})
