import type { TrainEvent } from '@elman/core'
import { expect, test } from 'vitest'
import { showProgress } from './progress.ts'
import { createTerminal } from './terminal.ts'

const step = (number: number): TrainEvent => ({
  ...{ kind: 'step', step: number, totalSteps: 200, epoch: number / 100, loss: 5.12345 },
  ...{ gradientNorm: 2, rate: 1, tokens: 700 * number },
})
const evaluated: TrainEvent = {
  kind: 'evaluate',
  step: 120,
  records: [
    {
      ...{
        kind: 'evaluate',
        step: 120,
        epoch: 1.2,
        split: 'valid',
        loss: 4.5,
        perplexity: 90.017,
        unit: 'word',
      },
      ...{ tokens: 10, outOfVocabularyRate: 0.0123, seconds: 11 },
    },
  ],
}

function show(isTTY: boolean, flags: { quiet?: boolean } = {}): string {
  let text = ''
  let time = 0
  const write = (part: string) => {
    text += part
  }
  const stream = { isTTY, columns: 80, write }
  const progress = showProgress(createTerminal(flags, stream, stream, { NO_COLOR: '1' }), {
    now: () => {
      time += 1000
      return time
    },
  })
  progress.event({ kind: 'start', step: 0, totalSteps: 200, stepsPerEpoch: 100 })
  for (let number = 10; number <= 120; number += 10) progress.event(step(number))
  progress.event(evaluated)
  progress.event(step(130))
  progress.finish()
  return text
}

test('away from a terminal, lines are plain and have pauses', () => {
  expect(show(false)).toMatchInlineSnapshot(`
    "200 steps, 100 in each pass over the data
    epoch 0.10  step 10/200  loss 5.123
    epoch 1.10  step 110/200  loss 5.123  7.0k tokens/s  9s left
    valid  loss 4.5  perplexity 90.02 per word  1.23 % unknown
    "
  `)
})

test('on a terminal, one line is written over, and an evaluation gets a line of its own', () => {
  const text = show(true)
  expect(text.split('\n')).toHaveLength(4)
  expect(text.split('\r\x1b[2K').at(-1)).toBe(
    'epoch 1.30  step 130/200  loss 5.123  7.0k tokens/s  7s left\n',
  )
})

test('quiet says nothing', () => {
  expect(show(true, { quiet: true })).toBe('')
})
