/** One probe of a plan with all its seeds: trained, tested, certified where it can be, and its parameters kept. */
import { type Backend, type ComponentReference, type ElmanContainer, LANGUAGE } from '@elman/core'
import { baselineLadder } from '../baselines/index.ts'
import type { Encoding } from '../languages/encoding.ts'
import { encodeView } from '../languages/view.ts'
import type { ProbeRecord } from '../probe/record.ts'
import { type ProbeOutcome, runProbes } from '../probe/run-probe.ts'
import type { ProbePlan } from './plan.ts'
import { writeProbeParameters } from './results.ts'
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
  const language = await container.create(LANGUAGE, languageConfig as ComponentReference, {
    path: 'language',
  })
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
    ...{ testStrings: test.strings, testMultiples: test.multiples },
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
    finished.push({ ...outcome, record })
  }
  return finished
}
