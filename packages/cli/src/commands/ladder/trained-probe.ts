/** A probe of a folder with its trained network, put together again. */
import { type Backend, type ElmanContainer, ElmanError, suggestion } from '@elman/core'
import {
  type CompiledRecogniser,
  createRecogniser,
  type Encoding,
  encodingOf,
  isCounted,
  type LadderResults,
  LEARNER,
  type Learner,
  newestRecords,
  type ProbePlan,
  type ProbeRecord,
  probeGroup,
  readProbeParameters,
} from '@elman/eval'

/** What a trained probe is. */
export interface TrainedProbe {
  readonly record: ProbeRecord
  readonly plan: ProbePlan
  readonly encoding: Encoding
  readonly learner: Learner
  recogniser(backend: Backend, hard: boolean, capacity: number): Promise<CompiledRecogniser>
}

/**
 * The record of a probe; a name without its seed means the first seed.
 *
 * @throws `LADDER_PROBE_UNKNOWN`
 */
export function findRecord({ records, directory }: LadderResults, name: string): ProbeRecord {
  const known = newestRecords(records)
  const found = known.find(({ probe }) => probe === name) ?? known.find(record => probeGroup(record) === name)
  if (found !== undefined) return found
  throw new ElmanError('LADDER_PROBE_UNKNOWN', {
    message: `there is no record of ${name}`,
    where: directory,
    hint: suggestion(
      name,
      known.slice(0, 40).map(({ probe }) => probe),
      'probes',
    ),
  })
}

/**
 * Puts a probe together from its record and parameters.
 *
 * @throws `LADDER_NO_PARAMETERS`, and what its plugins' configs throw
 */
export async function trainedProbe(
  { plan, directory }: LadderResults,
  record: ProbeRecord,
  container: ElmanContainer,
): Promise<TrainedProbe | undefined> {
  const own = plan.probes.find(probe => probeGroup(probe) === probeGroup(record))
  if (own === undefined) return undefined
  const encoding = await encodingOf(own, container)
  const product = await container.create(LEARNER, record.learnerConfig as { type: string })
  if (isCounted(product)) return undefined
  const learner = product({ inputs: encoding.inputs, outputs: encoding.outputs })
  if (learner.recurrence === undefined) return undefined
  const parameters = await readProbeParameters(directory, record.probe)
  return {
    ...{ record, plan: own, encoding, learner },
    recogniser: (backend, hard, capacity) =>
      createRecogniser(learner, parameters, encoding, backend, { hard, capacity }),
  }
}
