import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeEnvironment } from './environment.ts'
import type { MetricRecord } from './metric-record.ts'
import { metricsPath, openMetrics, readMetrics, truncateRun } from './metrics.ts'
import { createRun, type Run } from './run-folder.ts'

let root = ''
let run: Run
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'elman-metrics-'))
  const backend = { name: 'reference', version: '1', threads: 1, device: 'cpu' }
  run = await createRun(root, {
    name: 'a',
    config: {},
    environment: describeEnvironment(backend, { now: new Date(1_700_000_000_000) }),
  })
})
afterEach(() => {
  run.close()
  rmSync(root, { recursive: true })
})

const train = (step: number, loss = 5): MetricRecord => ({
  ...{ kind: 'train', step, epoch: step / 100, tokens: 700 * step, loss, rate: 0.1, gradientNorm: 2 },
  ...{ gradientNorms: { 'rnn.0.recurrent': 1.5 }, tokensPerSecond: 9000, seconds: step / 10 },
})
const others: MetricRecord[] = [
  { kind: 'baseline', name: '5-gram', split: 'test', loss: 5, perplexity: 148.4, tokens: 100, seconds: 1 },
  {
    ...{
      kind: 'evaluate',
      step: 20,
      epoch: 1,
      split: 'valid',
      loss: 4,
      perplexity: 54.6,
      bitsPerCharacter: 1.2,
    },
    ...{ unit: 'word', tokens: 99, outOfVocabularyRate: 0.02, seconds: 0.3, state: 'static' },
  },
  { kind: 'sample', step: 20, epoch: 1, prompt: 'NaN', text: 'the\n„cat“', temperature: 0.8, seed: 1 },
  { kind: 'time', step: 20, parts: { data: 1, step: 2, evaluate: 3, checkpoint: 4, log: 0.5 } },
  { kind: 'event', step: 30, name: 'finish', message: 'Infinity' },
]

function write(records: readonly MetricRecord[]): void {
  const metrics = openMetrics(run)
  for (const record of records) metrics.write(record)
  metrics.sync()
  metrics.close()
}

const eventFiles = () => readdirSync(run.path).filter(name => name.includes('tfevents'))
const events = () => readFileSync(join(run.path, eventFiles()[0]!)).toString('latin1')

test('records of every kind are read as they were written, over two openings', () => {
  expect(readMetrics(run)).toEqual([])
  const records = [train(10), ...others]
  write(records.slice(0, 3))
  write(records.slice(3))
  expect(readMetrics(run)).toEqual(records)
})

test('numbers that are not finite come back, and texts that look like them stay texts', () => {
  const records = [train(1, Number.NaN), train(2, -Infinity), ...others]
  write(records)
  expect(readFileSync(metricsPath(run), 'utf8').split('\n')[0]).toContain('"loss":"NaN"')
  expect(readMetrics(run)).toEqual(records)
})

test('a run taken back to a step has the records of one that never went further', async () => {
  write([others[0]!, ...[5, 10, 15, 20, 25].map(step => train(step)), ...others.slice(1)])
  appendFileSync(metricsPath(run), '{"kind":"train","st')
  await truncateRun(run, 15)
  expect(readMetrics(run)).toEqual([others[0]!, ...[5, 10, 15].map(step => train(step))])
})

test('a torn last line is cut off and told', () => {
  write([train(1)])
  appendFileSync(metricsPath(run), '{"kind":"tr')
  const metrics = openMetrics(run)
  metrics.write(train(2))
  metrics.close()
  expect(metrics.torn).toEqual({ bytes: 11, text: '{"kind":"tr' })
  expect(readMetrics(run)).toEqual([train(1), train(2)])
})

test('TensorBoard gets one file that tells what the metrics tell, also after going back', async () => {
  write([train(5), ...others, train(25)])
  for (const tag of [
    'train/loss',
    'train/tokensPerSecond',
    'gradientNorms/rnn.0.recurrent',
    'valid/perplexity',
  ]) {
    expect(events()).toContain(tag)
  }
  const whole = events()
  write([])
  expect(events()).toBe(whole)
  await truncateRun(run, 5)
  write([])
  expect(eventFiles()).toHaveLength(1)
  expect(events()).not.toContain('valid/perplexity')
})

test('a record with a field of another type is refused on writing and on reading, with its place', () => {
  const wrong = { ...train(3), rate: '0.1' } as unknown as MetricRecord
  expect(() => write([train(1), wrong])).toThrow('RUN_METRICS_INVALID')
  expect(readMetrics(run)).toEqual([train(1)])
  writeFileSync(
    metricsPath(run),
    '{"kind":"event","step":1,"name":"start","message":""}\n{"kind":"event","step":2}\n',
  )
  const message = (() => {
    try {
      return readMetrics(run)
    } catch (error) {
      return (error as Error).message.replace(metricsPath(run), 'FILE')
    }
  })()
  expect(message).toMatchInlineSnapshot(`
    "RUN_METRICS_INVALID  field name of kind event is missing or of another type
      expected text
      in FILE, record 2"
  `)
  writeFileSync(metricsPath(run), '{"kind":"toString"}\n')
  expect(() => readMetrics(run)).toThrow('a record has an unknown kind')
})
