import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContainer, referenceBackend } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRecogniser } from '../learners/compiled-recogniser.ts'
import { evaluation } from '../plugin.ts'
import { namedLearner } from './learner-names.ts'
import type { ProbePlan } from './plan.ts'
import { comparableRecord, parametersPath, readProbeParameters } from './results.ts'
import { encodingOf, runJob, runJobOutcomes } from './run-job.ts'
import { traceSize, traceStates } from './trace-states.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-job-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const container = createContainer([layersRecurrent, evaluation])
const backend = referenceBackend()
const learner = namedLearner('elman-tanh-4')
const probe: ProbePlan = {
  ...{ language: 'parity', languageConfig: 'parity', view: 'dense' },
  ...{ learner: learner.name, learnerConfig: learner.config, certify: true },
  training: { trainSize: 4, steps: 3, batch: 2, rate: 0.005, clip: 1 },
}
const job = { probe, seeds: [1, 2], test: { multiples: [1, 2], strings: 8 } }

test('a job gives a record for each seed, the same bytes again but for the time', async () => {
  const steps: number[] = []
  const records = await runJob(job, { container, backend, onStep: step => steps.push(step) })
  expect(records.map(({ probe: name }) => name)).toEqual([
    'parity/dense/elman-tanh-4/seed-1',
    'parity/dense/elman-tanh-4/seed-2',
  ])
  expect(steps.at(-1)).toBe(3)
  const again = await runJob(job, { container, backend })
  expect(again.map(comparableRecord)).toEqual(records.map(comparableRecord))
  expect(comparableRecord(records[0]!)).not.toBe(comparableRecord(records[1]!))
})

test('trained parameters are kept and give the same states again', async () => {
  const [outcome] = await runJobOutcomes({ ...job, seeds: [1] }, { container, backend, directory: folder })
  const { record, trained } = outcome!
  const kept = await readProbeParameters(folder, record.probe)
  const first = readFileSync(parametersPath(folder, record.probe))
  await runJob({ ...job, seeds: [1] }, { container, backend, directory: folder })
  expect(readFileSync(parametersPath(folder, record.probe)).equals(first)).toBe(true)
  const encoding = await encodingOf(probe, container)
  const size = traceSize(encoding, 4)
  const string = encoding.sample({ seed: 0, stream: 'trace', size, index: 0 })
  const traces = []
  for (const parameters of [trained!.parameters, kept]) {
    const recogniser = await createRecogniser(trained!.learner, parameters, encoding, backend)
    traces.push(await traceStates(recogniser, encoding, string, { probe: record.probe, hard: false }))
    await recogniser.dispose()
  }
  expect(traces[1]).toEqual(traces[0])
  expect(traces[0]).toMatchObject({ symbols: ['begin', ...Array.from(string.inputs.slice(1), String)] })
  expect(traces[0]!.parts).toMatchObject([{ name: 'h', size: 4 }])
  expect(traces[0]!.parts[0]!.values).toHaveLength(20)
  await expect(readProbeParameters(folder, 'no/dense/such-1/seed-1')).rejects.toThrowError(
    /^LADDER_NO_PARAMETERS/,
  )
})
