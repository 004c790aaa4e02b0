import { elmanTanh, stackRnn } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { encodeView } from '../languages/index.ts'
import { parity } from '../languages/tasks/parity.ts'
import { type Learner, recurrentLearner } from '../learners/index.ts'
import { seedGroups, seedsTogether } from './seed-groups.ts'

const sizes = encodeView(parity, 'dense')
const elman = recurrentLearner({ cell: inputSize => elmanTanh({ inputSize, hidden: 32 }) })(sizes)
const stack = recurrentLearner({ cell: inputSize => stackRnn({ inputSize, hidden: 32 }) })(sizes)

test('small steps train together, large ones apart', () => {
  expect(seedsTogether({ learner: elman, batch: 4, time: 20 })).toBe(8)
  expect(seedsTogether({ learner: elman, batch: 32, time: 40 })).toBe(3)
  expect(seedsTogether({ learner: elman, batch: 64, time: 80 })).toBe(1)
})

test('a memory counts with all its cells', () => {
  expect(seedsTogether({ learner: stack, batch: 4, time: 20 })).toBe(8)
  expect(seedsTogether({ learner: stack, batch: 32, time: 40 })).toBe(2)
  expect(seedsTogether({ learner: stack, batch: 32, time: 80 })).toBe(1)
})

test('a learner that does not say how wide it is trains alone', () => {
  const { width, ...rest } = elman
  expect(seedsTogether({ learner: rest as Learner, batch: 1, time: 1 })).toBe(1)
})

test('groups keep the order of the seeds', () => {
  expect(seedGroups([5, 1, 2, 9, 3], 2)).toEqual([[5, 1], [2, 9], [3]])
})
