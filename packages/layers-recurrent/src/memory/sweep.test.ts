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
  ['superposition-stack', 'superposition-stack', { hidden: 4, capacity: 4, stacks: 3 }],
  [
    'superposition-stack, two actions',
    'superposition-stack',
    { hidden: 4, capacity: 3, stacks: 2, noop: false },
  ],
  ['superposition-stack, recurrent', 'superposition-stack', { ...small, stacks: 2, recurrent: true }],
  ['superposition-stack, shallow', 'superposition-stack', { hidden: 4, capacity: 2, stacks: 2, depth: 3 }],
  ['queue-rnn', 'queue-rnn', small],
  ['queue-rnn of an LSTM', 'queue-rnn', { ...small, controller: 'lstm' }],
  ['queue-rnn with a rectifier', 'queue-rnn', { ...small, controller: 'relu' }],
  ['queue-rnn of one cell', 'queue-rnn', { ...small, capacity: 1 }],
  ['queue-rnn, hard', 'queue-rnn', { ...small, hard: true }],
  ['tape-rnn', 'tape-rnn', small],
  ['tape-rnn with jumps', 'tape-rnn', { ...small, jump: 2 }],
  ['tape-rnn with jumps beyond its ends', 'tape-rnn', { ...small, capacity: 1, jump: 4 }],
  ['tape-rnn of an LSTM and an MLP', 'tape-rnn', { ...small, controller: 'lstm', valueLayers: [3, 5] }],
  ['tape-rnn, hard', 'tape-rnn', { ...small, jump: 2, hard: true }],
  ['diagonal', 'diagonal', { hidden: 4 }],
  ['diagonal of both signs', 'diagonal', { hidden: 4, eigenvalues: 'minus-one-one' }],
  ['diagonal without a gate', 'diagonal', { hidden: 4, eigenvalues: 'minus-one-one', outputGate: false }],
]

describe.each(CONFIGS)('%s', (_, type, config) => {
  const { descriptor } = container.registry(CELL).find(type)!
  describeCell(descriptor, { describe, test, config })
})
