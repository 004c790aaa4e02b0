/** Every memory cell passes the checks of a cell, with the options that change its equations. */
import { CELL, createContainer } from '@elman/core'
import { describeCell } from '@elman/core/testing'
import { describe, test } from 'vitest'
import { layersRecurrent } from '../index.ts'

const container = createContainer([layersRecurrent])
const small = { hidden: 4, capacity: 3, cellSize: 2 }

const CONFIGS: readonly [string, string, { [option: string]: unknown }][] = [
  ['stack-rnn', 'stack-rnn', small],
  ['stack-rnn with a rectifier', 'stack-rnn', { ...small, controller: 'relu' }],
  ['stack-rnn, two stacks', 'stack-rnn', { ...small, stacks: 2 }],
  ['stack-rnn, one softmax', 'stack-rnn', { ...small, stacks: 2, actionSoftmax: 'together' }],
  ['stack-rnn of one cell', 'stack-rnn', { ...small, capacity: 1 }],
  ['stack-rnn, hard', 'stack-rnn', { ...small, hard: true }],
  ['stack-lstm', 'stack-lstm', small],
  ['stack-lstm, two stacks', 'stack-lstm', { ...small, stacks: 2 }],
]

describe.each(CONFIGS)('%s', (_, type, config) => {
  const { descriptor } = container.registry(CELL).find(type)!
  describeCell(descriptor, { describe, test, config })
})
