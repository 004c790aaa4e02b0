/** One probe of a plan with all its seeds: trained, tested, certified where it can be, and its parameters kept. */
import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  type Backend,
  type ComponentReference,
  type ElmanContainer,
  LANGUAGE,
  writeFileAtomically,
} from '@elman/core'
import { baselineLadder } from '../baselines/index.ts'
import { certify } from '../certificates/certify.ts'
import type { Certificate } from '../certificates/format.ts'
import type { Encoding } from '../languages/encoding.ts'
import type { Language } from '../languages/language.ts'
import { encodeView } from '../languages/view.ts'
import { createRecogniser } from '../learners/compiled-recogniser.ts'
import type { ProbeRecord } from '../probe/record.ts'
import { type ProbeOutcome, runProbes } from '../probe/run-probe.ts'
import type { ProbePlan } from './plan.ts'
import { certificatePath, writeProbeParameters } from './results.ts'
import { bestMode, isSolved } from './scores.ts'
import type { ProbeJob } from './sweep.ts'

/** What a job needs. */
export interface JobOptions {
  readonly container: ElmanContainer
  readonly backend: Backend
  /** Where trained parameters go; nowhere unless given. */
  readonly directory?: string | undefined
  /** Told the training steps done, on average over the seeds. */
  readonly onStep?: ((step: number) => void) | undefined
}

/** The encoding of a probe. */
export async function encodingOf(
  { languageConfig, view }: Pick<ProbePlan, 'languageConfig' | 'view'>,
  container: ElmanContainer,
): Promise<Encoding> {
  const language = (await container.create(LANGUAGE, languageConfig as ComponentReference, {
    path: 'language',
  })) as Language
  return encodeView(language, view)
}

/** Runs a job. Records come in the order of the seeds. */
export async function runJob(job: ProbeJob, options: JobOptions): Promise<ProbeRecord[]> {
  const outcomes = await runJobOutcomes(job, options)
  return outcomes.map(({ record }) => record)
}

/** As {@link runJob}, with losses and trained networks. */
export async function runJobOutcomes(
  { probe, seeds, test }: ProbeJob,
  { container, backend, directory, onStep }: JobOptions,
): Promise<ProbeOutcome[]> {
  const encoding = await encodingOf(probe, container)
  let updates = 0
  const options = {
    ...{ backend, container, encoding, seeds, baselines: baselineLadder },
    ...{ learner: probe.learnerConfig as ComponentReference, recipe: probe.training },
    ...{ testStrings: test.strings, testMultiples: probe.multiples ?? test.multiples },
    onStep: (_: number, losses: ReadonlyMap<number, number>) => {
      updates += losses.size
      onStep?.(updates / seeds.length)
    },
  }
  const outcomes = await runProbes(options)
  const finished: ProbeOutcome[] = []
  for (const outcome of outcomes) {
    // The plan's name stands: a config may have another by itself.
    const name = `${probe.language}/${probe.view}/${probe.learner}/seed-${outcome.record.seed}`
    const record = { ...outcome.record, probe: name, learner: probe.learner }
    if (directory !== undefined && outcome.trained !== undefined) {
      await writeProbeParameters(directory, name, outcome.trained.parameters)
    }
    const certificate =
      probe.certify && isSolved(record) ? await certificateOf(outcome, record, encoding, backend) : undefined
    if (certificate === undefined) finished.push({ ...outcome, record })
    else finished.push({ ...outcome, record: await withCertificate(record, certificate, directory) })
  }
  return finished
}

/** Work of a certificate in a sweep; `elman certify` allows itself more. */
const SWEEP_CERTIFICATE = {
  exhaustive: { steps: 2 ** 16 },
  extraction: { suite: 10_000, epsilon: 0.005, delta: 0.005 },
} as const

/** The best certificate of a trained probe; undefined when it has no state that can be followed. */
async function certificateOf(
  { trained }: ProbeOutcome,
  record: ProbeRecord,
  encoding: Encoding,
  backend: Backend,
): Promise<Certificate | undefined> {
  if (trained?.learner.recurrence === undefined) return undefined
  const capacity = Math.max(...record.soft.map(({ length }) => length)) + 1
  const hard = bestMode(record) === 'hard'
  const recogniser = await createRecogniser(trained.learner, trained.parameters, encoding, backend, {
    hard,
    capacity,
  })
  try {
    const { learner, seed, configHash } = record
    const network = { learner, seed, configHash }
    const { language, view } = encoding
    const { certificate } = await certify({
      ...{ recogniser, language, view, network },
      ...SWEEP_CERTIFICATE,
    })
    return certificate
  } finally {
    await recogniser.dispose()
  }
}

async function withCertificate(
  record: ProbeRecord,
  { level, summary, ...more }: Certificate,
  directory: string | undefined,
): Promise<ProbeRecord> {
  if (directory === undefined) return { ...record, certificate: { level, summary } }
  const path = certificatePath(directory, record.probe)
  await mkdir(dirname(path), { recursive: true })
  await writeFileAtomically(path, `${JSON.stringify({ level, summary, ...more }, undefined, 1)}\n`)
  return { ...record, certificate: { level, summary, file: `certificates/${basename(path)}` } }
}
