/** What a checkpoint of a training run holds, and how a run goes on from one. */
import { ElmanError, isElmanError } from '../errors/elman-error.ts'
import type { JsonValue } from '../io/json.ts'
import { flattenParameters } from '../io/parameter-paths.ts'
import type { Parameters } from '../nn/layer.ts'
import type { ScheduleState } from '../optim/schedules/schedule.ts'
import type { Key } from '../random/keys.ts'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../run/checkpoint.ts'
import type { CheckpointFolder } from '../run/checkpoint-folders.ts'
import { truncateRun } from '../run/metrics.ts'
import type { Run } from '../run/run-folder.ts'
import { formatType, sameShape } from '../tensor/dtype.ts'
import { isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { leavesWithPaths, withLeaves } from '../transform/tree.ts'
import type { ProgressState } from './train-progress.ts'
import type { TrainState } from './train-step.ts'

/** The JSON part of a training checkpoint. */
export interface TrainCheckpointState {
  readonly progress: ProgressState
  /** The run's random key; that of a step is folded from it and the step's number. */
  readonly key: Key
  /** Where the data goes on. */
  readonly source: JsonValue
  /** What the learning-rate schedule remembers. */
  readonly schedule: ScheduleState
}

/** Saves a run; `keep` and `score` as of {@link saveCheckpoint}. */
export async function saveTrainCheckpoint(
  run: Run,
  state: TrainState,
  { progress, ...rest }: TrainCheckpointState,
  options: { readonly keep?: number; readonly score?: number },
): Promise<CheckpointFolder> {
  const arrays = {
    parameters: flattenParameters(state.parameters),
    optimizer: flattenParameters(state.optimizer),
    carried: flattenParameters(state.carried),
  }
  const content = { arrays, state: { progress, ...rest } as unknown as JsonValue }
  return saveCheckpoint(run, progress.step, content, options)
}

/**
 * Takes a run back to its newest whole checkpoint: later records and checkpoints are dropped. Before its metrics are
 * opened.
 *
 * @returns the checkpoint, or undefined when the run ended before its first
 */
export async function rewindRun(run: Run): Promise<Checkpoint | undefined> {
  try {
    const checkpoint = await loadCheckpoint(run)
    await truncateRun(run, checkpoint.step)
    return checkpoint
  } catch (error) {
    if (!isElmanError(error) || error.code !== 'CHECKPOINT_NONE') throw error
    await truncateRun(run, -1)
    return undefined
  }
}

/**
 * The arrays and counters of a checkpoint, arranged like those of a fresh run.
 *
 * @throws `CHECKPOINT_OTHER_MODEL` when it is of another model or optimiser
 */
export function restoreTrainState(
  checkpoint: Checkpoint,
  fresh: TrainState,
): { readonly state: TrainState; readonly saved: TrainCheckpointState } {
  const arrange = (part: keyof TrainState) =>
    arrangeArrays(fresh[part], checkpoint.arrays[part] ?? new Map(), `${checkpoint.path}, ${part}`)
  return {
    state: {
      parameters: arrange('parameters'),
      optimizer: arrange('optimizer'),
      carried: arrange('carried'),
    },
    saved: checkpoint.state as unknown as TrainCheckpointState,
  }
}

/**
 * Arrays by path in the arrangement of `like`.
 *
 * @throws `CHECKPOINT_OTHER_MODEL` when paths or types differ
 */
export function arrangeArrays(
  like: Parameters,
  arrays: ReadonlyMap<string, NdArray>,
  where: string,
): Parameters {
  const wanted = leavesWithPaths<NdArray>(like, isNdArray)
  const leaves = wanted.map(({ path, leaf }) => {
    const found = arrays.get(path)
    if (found?.dtype === leaf.dtype && sameShape(found.shape, leaf.shape)) return found
    throw otherModel(
      `${path} ${formatType(leaf)}`,
      found === undefined ? 'no such array' : formatType(found),
      where,
    )
  })
  const known = new Set(wanted.map(({ path }) => path))
  const extra = [...arrays.keys()].find(path => !known.has(path))
  if (extra !== undefined) throw otherModel(`no array ${extra}`, extra, where)
  return withLeaves(like, isNdArray, leaves) as Parameters
}

function otherModel(expected: string, found: string, where: string): ElmanError {
  return new ElmanError('CHECKPOINT_OTHER_MODEL', {
    message: 'the checkpoint is of another model or optimiser',
    expected,
    found,
    where,
    hint: 'resume with the config that the run began with',
  })
}
