import type { MetricRecord } from '@elman/core'
import { expect, test } from 'vitest'
import { showProgress } from './progress.ts'
import { createTerminal } from './terminal.ts'

const train = (step: number): MetricRecord => ({
  ...{ kind: 'train', step, epoch: step / 100, tokens: 700 * step, loss: 5.12345, rate: 1, gradientNorm: 2 },
  ...{ tokensPerSecond: 12_345, seconds: step / 10 },
})
const evaluated: MetricRecord = {
  ...{ kind: 'evaluate', step: 100, epoch: 1, split: 'valid', loss: 4.5, perplexity: 90.017, unit: 'word' },
  ...{ tokens: 10, outOfVocabularyRate: 0, seconds: 11 },
}

function show(isTTY: boolean, flags: { quiet?: boolean } = {}): string {
  let text = ''
  let time = 0
  const stream = { isTTY, columns: 80, write: (part: string) => (text += part) }
  const terminal = createTerminal(flags, stream, stream, { NO_COLOR: '1' })
  const progress = showProgress(terminal, { epochs: 2, now: () => (time += 1000) })
  for (let step = 10; step <= 120; step += 10) progress.record(train(step))
  progress.record(evaluated)
  progress.record(train(130))
  progress.finish()
  return text
}

test('away from a terminal, lines are plain and have pauses', () => {
  expect(show(false)).toMatchInlineSnapshot(`
    "epoch 0.10/2  step 10  loss 5.123  12.3k tokens/s
    epoch 1.10/2  step 110  loss 5.123  12.3k tokens/s  9s left
    valid  epoch 1.00  loss 4.5  perplexity 90.02 per word
    "
  `)
})

test('on a terminal, one line is written over, and an evaluation gets a line of its own', () => {
  const text = show(true)
  expect(text.split('\n')).toHaveLength(3)
  expect(text.split('\r\x1b[2K').at(-1)).toBe('epoch 1.30/2  step 130  loss 5.123  12.3k tokens/s  7s left\n')
})

test('quiet says nothing', () => {
  expect(show(true, { quiet: true })).toBe('')
})
