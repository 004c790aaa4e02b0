/** Saving and loading checkpoints: sets of arrays as safetensors files, everything else as JSON, all verified. */

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, isElmanError } from '../errors/elman-error.ts'
import { syncFolder, type WrittenFile, writeFileAtomically, writeNewFile } from '../io/atomic-file.ts'
import { fileError } from '../io/file-error.ts'
import { checkJson, type JsonValue } from '../io/json.ts'
import { readSafetensors } from '../io/safetensors-read.ts'
import { encodeSafetensors } from '../io/safetensors-write.ts'
import { sha256Of, sha256OfFile } from '../io/sha256.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import {
  type CheckpointFolder,
  checkpointsPath,
  completeCheckpoints,
  deleteCheckpoint,
  finishCheckpoint,
  startCheckpoint,
} from './checkpoint-folders.ts'
import { type Run, readRunJson } from './run-folder.ts'

/** Arrays by path, such as {@link flattenParameters} gives. */
export type ArrayRecord = ReadonlyMap<string, NdArray> | Readonly<Record<string, NdArray>>

/** What to save. */
export interface CheckpointContent {
  /** Sets of arrays, each a file: `parameters`, `optimizer`, … */
  readonly arrays: Readonly<Record<string, ArrayRecord>>
  /** All else that going on needs: schedule, keys, data position. */
  readonly state: JsonValue
}

/** How to keep checkpoints. */
export interface CheckpointOptions {
  /** How many of the newest to keep, besides the best; 3 unless given. */
  readonly keep?: number
  /** What the best is chosen by, the lowest winning; checkpoints without one are never the best. */
  readonly score?: number
}

/** A checkpoint that was read and found whole. */
export interface Checkpoint {
  readonly step: number
  readonly path: string
  readonly arrays: Readonly<Record<string, Map<string, NdArray>>>
  readonly state: JsonValue
  readonly score?: number
  /** Newer ones that are damaged and were passed over, with the reason. */
  readonly skipped: readonly { readonly step: number; readonly reason: string }[]
}

/** Content of `state.json`, without the hash of itself. */
interface Manifest {
  readonly format: 1
  readonly step: number
  readonly score?: number
  readonly files: Readonly<Record<string, WrittenFile>>
  readonly state: JsonValue
}

/**
 * Saves a checkpoint and deletes those that are not kept. Whenever the process dies, the folder holds the old ones or
 * the new one whole.
 *
 * @throws `CHECKPOINT_STEP_INVALID`, `CHECKPOINT_NAME_INVALID`, `JSON_NOT_PLAIN` for a state that is not data,
 * `FILE_UNWRITABLE`.
 */
export async function saveCheckpoint(
  run: Run,
  step: number,
  { arrays, state }: CheckpointContent,
  { keep = 3, score }: CheckpointOptions = {},
): Promise<CheckpointFolder> {
  checkJson(state, 'state')
  checkStep(step)
  for (const name of Object.keys(arrays)) checkName(name)
  try {
    const made = await startCheckpoint(run.path, step)
    try {
      await fillFolder(made, step, { arrays, state }, score)
      const finished = await finishCheckpoint(run.path, step, made)
      await pointTo(run, finished, keep)
      return finished
    } finally {
      await rm(made, { recursive: true, force: true })
    }
  } catch (error) {
    throw fileError('write', checkpointsPath(run.path), error)
  }
}

async function fillFolder(
  folder: string,
  step: number,
  { arrays, state }: CheckpointContent,
  score: number | undefined,
): Promise<void> {
  const files: Record<string, WrittenFile> = {}
  for (const [name, record] of Object.entries(arrays)) {
    const tensors: Iterable<[string, NdArray]> = record instanceof Map ? record : Object.entries(record)
    const file = `${name}.safetensors`
    files[file] = await writeNewFile(join(folder, file), encodeSafetensors(tensors))
  }
  const scored = score !== undefined && Number.isFinite(score) ? { score } : {}
  const manifest: Manifest = { format: 1, step, ...scored, files, state }
  const signed = { ...manifest, sha256: sha256Of(JSON.stringify(manifest)) }
  await writeNewFile(join(folder, 'state.json'), `${JSON.stringify(signed, null, 1)}\n`)
  await syncFolder(folder)
}

/** Writes latest.json and best.json and deletes what neither they nor `keep` hold. */
async function pointTo(run: Run, { step, folder }: CheckpointFolder, keep: number): Promise<void> {
  const root = checkpointsPath(run.path)
  const write = (file: string, value: object) =>
    writeFileAtomically(join(root, file), `${JSON.stringify(value)}\n`)
  await write('latest.json', { step, folder })
  const all = await completeCheckpoints(run.path)
  const before = await namedBest(run, all)
  const best = await findBest(
    before === undefined || before.step === step ? all : all.filter(it => it === before || it.step === step),
  )
  if (best === undefined) await rm(join(root, 'best.json'), { force: true })
  else await write('best.json', best)
  for (const old of all.slice(Math.max(1, keep)))
    if (old.step !== best?.step && old.step !== step) await deleteCheckpoint(old)
}

/** The checkpoint that best.json names, if it is still there. */
async function namedBest(
  run: { readonly path: string },
  all: readonly CheckpointFolder[],
): Promise<CheckpointFolder | undefined> {
  const pointer = await readRunJson({ path: checkpointsPath(run.path) }, 'best.json').catch(() => undefined)
  return all.find(({ step }) => step === (pointer as { readonly step?: unknown } | undefined)?.step)
}

/** The checkpoint of lowest score, the earliest of equals; damaged ones do not count. */
async function findBest(
  all: readonly CheckpointFolder[],
): Promise<{ step: number; folder: string; score: number } | undefined> {
  let best: { step: number; folder: string; score: number } | undefined
  for (const { step, folder, path } of all) {
    const manifest = await readManifest(path).catch(() => undefined)
    const score = manifest?.score
    if (score !== undefined && (best === undefined || score <= best.score)) best = { step, folder, score }
  }
  return best
}

/**
 * Loads a checkpoint: the newest that is whole, the best, or that of a step. Every byte is checked against the hash
 * that was noted when it was written.
 *
 * @throws `CHECKPOINT_NONE` when there is none such; `CHECKPOINT_DAMAGED` when the best or the one asked for is
 * damaged, or all are.
 */
export async function loadCheckpoint(
  run: { readonly path: string },
  which: 'latest' | 'best' | number = 'latest',
): Promise<Checkpoint> {
  const all = await completeCheckpoints(run.path)
  const wanted = which === 'latest' ? all : all.filter(({ step }) => step === which)
  if (which === 'best') wanted.push(...(await bestOf(run, all)))
  if (wanted.length === 0) throw none(run.path, which, all)
  const skipped: { step: number; reason: string }[] = []
  for (const folder of wanted) {
    try {
      return { ...(await readCheckpoint(folder.path)), skipped }
    } catch (error) {
      if (!isElmanError(error)) throw error
      skipped.push({ step: folder.step, reason: error.message })
    }
  }
  throw new ElmanError('CHECKPOINT_DAMAGED', {
    message: wanted.length === 1 ? `checkpoint ${wanted[0]!.step} is damaged` : 'all checkpoints are damaged',
    found: skipped.map(({ step, reason }) => `${step}: ${reason}`).join('\n'),
    where: checkpointsPath(run.path),
    hint: 'load another checkpoint, or start the run anew',
  })
}

/** The steps that have a checkpoint, oldest first. */
export async function checkpointSteps(run: { readonly path: string }): Promise<number[]> {
  return (await completeCheckpoints(run.path)).map(({ step }) => step).reverse()
}

/** Deletes the checkpoints after a step, so that a run that goes on from there has one past. */
export async function deleteCheckpointsAfter(run: Run, step: number): Promise<void> {
  const all = await completeCheckpoints(run.path)
  for (const folder of all) if (folder.step > step) await deleteCheckpoint(folder)
  const newest = all.find(folder => folder.step <= step)
  if (newest !== undefined) return pointTo(run, newest, all.length)
  for (const file of ['latest.json', 'best.json'])
    await rm(join(checkpointsPath(run.path), file), { force: true })
}

async function bestOf(
  run: { readonly path: string },
  all: readonly CheckpointFolder[],
): Promise<CheckpointFolder[]> {
  const best = (await namedBest(run, all)) ?? (await findBest(all))
  return all.filter(({ step }) => step === best?.step)
}

async function readCheckpoint(path: string): Promise<Omit<Checkpoint, 'skipped'>> {
  const manifest = await readManifest(path)
  const arrays: Record<string, Map<string, NdArray>> = {}
  for (const [file, expected] of Object.entries(manifest.files)) {
    const found = await sha256OfFile(join(path, file))
    if (found.sha256 !== expected.sha256) {
      const message = `${file} is not what was saved`
      throw damaged(
        join(path, file),
        message,
        `${expected.bytes} bytes, ${expected.sha256}`,
        `${found.bytes} bytes, ${found.sha256}`,
      )
    }
    arrays[file.replace(/\.safetensors$/, '')] = (await readSafetensors(join(path, file))).tensors
  }
  const { step, state, score } = manifest
  return { step, path, arrays, state, ...(score === undefined ? {} : { score }) }
}

async function readManifest(path: string): Promise<Manifest> {
  const file = join(path, 'state.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw fileError('read', file, error)
  }
  let content: Manifest & { readonly sha256: string }
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw damaged(file, 'it is not JSON', 'the JSON that was saved', (error as Error).message)
  }
  const { sha256, ...manifest } = { ...content }
  const found = sha256Of(JSON.stringify(manifest))
  if (sha256 !== found) throw damaged(file, 'it is not what was saved', String(sha256), found)
  return manifest
}

function damaged(file: string, message: string, expected: string, found: string): ElmanError {
  return new ElmanError('CHECKPOINT_FILE_DAMAGED', { message, expected, found, where: file })
}

function none(path: string, which: 'latest' | 'best' | number, all: readonly CheckpointFolder[]): ElmanError {
  const messages = {
    latest: 'the run has no checkpoint',
    best: 'no checkpoint of the run has a score to be the best by',
  }
  return new ElmanError('CHECKPOINT_NONE', {
    message: typeof which === 'number' ? `the run has no checkpoint of step ${which}` : messages[which],
    found: all.length === 0 ? 'none' : `checkpoints of steps ${all.map(({ step }) => step).join(', ')}`,
    where: checkpointsPath(path),
  })
}

function checkStep(step: number): void {
  if (Number.isSafeInteger(step) && step >= 0) return
  throw new ElmanError('CHECKPOINT_STEP_INVALID', {
    message: 'the step of a checkpoint must be a whole number, not negative',
    found: String(step),
  })
}

function checkName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) return
  throw new ElmanError('CHECKPOINT_NAME_INVALID', {
    message: `${JSON.stringify(name)} cannot name a set of arrays, which is a file of the checkpoint`,
    expected: 'letters, digits and dashes, a letter first',
  })
}
